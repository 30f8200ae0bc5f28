// What is looked at once more before anything is written, so that no single answer leads a write astray.
import { describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import type { PassRequest } from '../../src/reconcile/setup.ts';
import { exitCodeOfReport, type Report } from '../../src/reconcile/report.ts';
import { SecretBox } from '../../src/secret/box.ts';
import type { MemoryTarget } from '../../src/target/memory.ts';
import type { Application, Care, ListedSecret, Target } from '../../src/target/target.ts';
import { createWorld, explicit, mapping, type World, type WorldChanges } from './world.ts';

const { signal: never } = new AbortController();
const down = new VoxsyncError('target-unreachable', 'down');

const outcomesOf = ({ outcomes }: Report) =>
  outcomes.map(({ change, result, problem }) => [change.kind, change.name, result, problem?.code]);

/** A target whose listings are changed by what it holds at the time. */
interface Liar {
  secrets: (rows: readonly ListedSecret[], care: Care) => readonly ListedSecret[];
  applications: (rows: readonly Application[]) => readonly Application[];
  /** Whether cheap listings say of themselves that they may be missing something. */
  isWhole: boolean;
  /** How each listing was asked for. */
  readonly cares: Care[];
}

async function worldWith(changes: WorldChanges = {}): Promise<{ world: World; liar: Liar }> {
  const lies: Liar = { secrets: (rows) => rows, applications: (rows) => rows, isWhole: true, cares: [] };
  const target = (memory: MemoryTarget): Target => ({
    ...memory,
    list: async (id, care, signal) => {
      lies.cares.push(care);
      const { rows } = await memory.list(id, care, signal);
      return { rows: lies.secrets(rows, care), isWhole: lies.isWhole || care === 'whole' };
    },
    applications: async (care, signal) => {
      const { rows, isWhole } = await memory.applications(care, signal);
      return { rows: lies.applications(rows), isWhole };
    },
  });
  const world = await createWorld({ target, ...changes });
  world.secrets.set('a', 'one').set('b', 'one');
  await world.run();
  await world.add('STRANGER', 'theirs', 'made by hand');
  return { world, liar: lies };
}

/** A pass over new values, with something that happens between the plan and the writes. */
async function rotate(world: World, between: () => unknown, request: Partial<PassRequest> = {}) {
  const pending: unknown[] = [];
  world.secrets.set('a', 'two').set('b', 'two').set('c', 'two');
  const report = await world.run({ onPlan: () => void pending.push(between()), ...request });
  await Promise.all(pending);
  return report;
}

const ids = (rows: readonly ListedSecret[], name: string) => rows.find((row) => row.name === name)?.id ?? 0;

describe('an update', () => {
  it.each<[string, (world: World) => Promise<void>]>([
    ['has another description now', (world) => world.edit('A', { description: 'of another owner now' })],
    [
      'was deleted',
      async ({ target }) => {
        const { rows } = await target.list(1, 'whole', never);
        await target.remove(1, [ids(rows, 'A')], never);
      },
    ],
    [
      'was made anew under its name',
      async (world) => {
        const { rows } = await world.target.list(1, 'whole', never);
        await world.target.remove(1, [ids(rows, 'A')], never);
        await world.add('A', 'theirs');
      },
    ],
  ])('leaves a secret alone that %s, and the others go on', async (_, happen) => {
    const { world } = await worldWith();
    const report = await rotate(world, () => happen(world));
    expect(outcomesOf(report)).toContainEqual(['update', 'A', 'failed', 'secret-changed']);
    expect(exitCodeOfReport(report)).toBe(3);
    const { A, ...others } = await world.values();
    expect([undefined, 'one', 'theirs']).toContain(A);
    expect(others).toEqual({ B: 'two', C: 'two', STRANGER: 'theirs' });
  });

  it.each(['A', 'B', 'STRANGER'])('does not follow one listing that gives it the id of %s', async (other) => {
    const { world, liar } = await worldWith();
    liar.secrets = (rows) => {
      const [mine, theirs] = [ids(rows, other === 'A' ? 'B' : 'A'), ids(rows, other)];
      return rows.map((row) => {
        if (row.id === mine) return { ...row, id: theirs };
        return row.id === theirs ? { ...row, id: mine } : row;
      });
    };
    const report = await rotate(world, () => {
      liar.secrets = (rows) => rows;
    });
    expect(outcomesOf(report).filter(([, , , code]) => code === 'secret-changed').length).toBeGreaterThan(0);
    expect(await world.values()).toMatchObject({ STRANGER: 'theirs', C: 'two' });
    await world.run();
    expect(await world.values()).toEqual({ A: 'two', B: 'two', C: 'two', STRANGER: 'theirs' });
  });

  it('is not made where the look fails, and what is new is created all the same', async () => {
    const { world, liar } = await worldWith();
    const report = await rotate(world, () => {
      liar.secrets = () => {
        throw down;
      };
    });
    expect(outcomesOf(report)).toEqual([
      ['create', 'C', 'failed', 'target-unreachable'],
      ['update', 'A', 'failed', 'target-unreachable'],
      ['update', 'B', 'failed', 'target-unreachable'],
    ]);
    expect(await world.values()).toEqual({ A: 'one', B: 'one', C: 'two', STRANGER: 'theirs' });
  });

  it('waits for the next pass when this one is stopped while it looks', async () => {
    const stop = new AbortController();
    const { world, liar } = await worldWith();
    const report = await rotate(
      world,
      () => {
        liar.secrets = (rows) => {
          stop.abort();
          return rows;
        };
      },
      { stopping: stop.signal },
    );
    expect(outcomesOf(report).filter(([kind]) => kind === 'update')).toEqual([
      ['update', 'A', 'waiting', undefined],
      ['update', 'B', 'waiting', undefined],
    ]);
    expect(await world.values()).toMatchObject({ A: 'one', B: 'one' });
  });

  it('costs one listing more, however many there are; creates cost none', async () => {
    const { world } = await worldWith();
    const before = world.target.counts.list;
    world.secrets.set('c', 'two').set('d', 'two');
    await world.run();
    const between = world.target.counts.list;
    world.secrets.set('a', 'two').set('b', 'two');
    await world.run();
    expect([between - before, world.target.counts.list - between]).toEqual([2, 3]);
  });
});

describe('the look before a change in place', () => {
  const withoutA = (rows: readonly ListedSecret[], care: Care) =>
    care === 'whole' ? rows : rows.filter(({ name }) => name !== 'A');

  it('is cheap, and whole only where the cheap one may hide what is changed', async () => {
    const { world, liar } = await worldWith();
    liar.isWhole = false;
    liar.cares.length = 0;
    world.secrets.set('a', 'two').set('b', 'two');
    expect(outcomesOf(await world.run()).map(([, , result]) => result)).toEqual(['done', 'done']);
    expect(liar.cares).toEqual(['cheap', 'cheap', 'cheap']);

    liar.cares.length = 0;
    world.secrets.set('a', 'three').set('b', 'three');
    const hidingOnce = () => {
      liar.secrets = (rows, care) => {
        if (care === 'whole') liar.secrets = (all) => all;
        return withoutA(rows, care);
      };
    };
    const report = await world.run({ onPlan: hidingOnce });
    expect(outcomesOf(report).map(([, , result]) => result)).toEqual(['done', 'done']);
    expect(liar.cares).toEqual(['cheap', 'cheap', 'whole', 'cheap']);
  });

  it.each(['cheap', 'whole'])(
    'fails nothing that has not begun when the %s one is cut off',
    async (cutAt) => {
      const [stop, cut] = [new AbortController(), new AbortController()];
      const { world, liar } = await worldWith();
      liar.isWhole = false;
      const cutting = () => {
        liar.secrets = (rows, care) => {
          if (care !== cutAt) return withoutA(rows, care);
          stop.abort();
          cut.abort();
          throw cut.signal.reason;
        };
      };
      world.secrets.set('a', 'two').delete('b');
      world.configure([mapping({ secrets: [explicit('A', 'a')] })]);
      const told: unknown[] = [];
      const report = await world.run({
        onPlan: cutting,
        stopping: stop.signal,
        aborting: cut.signal,
        onOutcome: (outcome) => told.push(outcome),
      });
      expect(report.isInterrupted).toBe(true);
      expect(outcomesOf(report)).toEqual([
        ['update', 'A', 'waiting', undefined],
        ['delete', 'B', 'waiting', undefined],
      ]);
      expect(told).toEqual([]);
      expect(await world.values()).toEqual({ A: 'one', B: 'one', STRANGER: 'theirs' });
    },
  );
});

describe('an application', () => {
  const swapped = (rows: readonly Application[]) => {
    const [first, second] = rows;
    if (first === undefined || second === undefined) return rows;
    return [
      { ...first, id: second.id },
      { ...second, id: first.id },
    ];
  };

  it('is not written to where one answer alone gives it its id', async () => {
    const { world, liar } = await worldWith();
    await world.target.create(2, 'THEIRS', { value: new SecretBox('theirs'), description: '' }, never);
    liar.applications = swapped;
    const report = await rotate(world, () => {
      liar.applications = (rows) => rows;
    });
    expect(new Set(outcomesOf(report).map(([, , result, code]) => `${result} ${code}`))).toEqual(
      new Set(['failed target-inconsistent']),
    );
    expect(report.outcomes[0]?.problem?.message).toContain('application 2 was app.');
    expect(exitCodeOfReport(report)).toBe(6);
    expect(await world.values(2)).toEqual({ THEIRS: 'theirs' });
    await world.run();
    expect(await world.values()).toEqual({ A: 'two', B: 'two', C: 'two', STRANGER: 'theirs' });
  });

  it('is not written to where two have its name', async () => {
    const { world, liar } = await worldWith();
    const report = await rotate(world, () => {
      liar.applications = (rows) => rows.map((row) => ({ ...row, name: rows[0]?.name ?? '' }));
    });
    expect(outcomesOf(report)).toContainEqual(['create', 'C', 'failed', 'target-inconsistent']);
    expect(await world.values()).toEqual({ A: 'one', B: 'one', STRANGER: 'theirs' });
  });

  it('is not written to where it cannot be looked up', async () => {
    const { world, liar } = await worldWith();
    const report = await rotate(world, () => {
      liar.applications = () => {
        throw down;
      };
    });
    expect(outcomesOf(report)).toContainEqual(['create', 'C', 'failed', 'target-unreachable']);
    expect(world.target.counts.update).toBe(0);
  });

  it('fails nothing that has not begun when the look is cut off', async () => {
    const [stop, cut] = [new AbortController(), new AbortController()];
    const { world, liar } = await worldWith();
    const between = () => {
      liar.applications = () => {
        stop.abort();
        cut.abort();
        throw cut.signal.reason;
      };
    };
    const report = await rotate(world, between, { stopping: stop.signal, aborting: cut.signal });
    expect(new Set(outcomesOf(report).map(([, , result]) => result))).toEqual(new Set(['waiting']));
    expect(await world.values()).toEqual({ A: 'one', B: 'one', STRANGER: 'theirs' });
  });

  it('is looked up once for all 1,000 of an account, and not at all where nothing is written', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `${index < 100 ? 'busy' : 'idle'}-${index}`);
    const applications = new Map(names.map((name, index) => [index + 1, name]));
    const { world, liar } = await worldWith({
      applications,
      mappings: [
        mapping({ applications: ['*'], secrets: [explicit('ALL', 'a')] }),
        mapping({ place: 'mappings[1]', applications: ['busy-*'], secrets: [explicit('BUSY', 'b')] }),
      ],
    });
    const callsOf = async () => {
      const before = { ...world.target.counts };
      await world.run();
      const { applications: looks, list, update } = world.target.counts;
      return { looks: looks - before.applications, list: list - before.list, update: update - before.update };
    };
    expect(await callsOf()).toEqual({ looks: 1, list: 1000, update: 0 });
    world.secrets.set('b', 'two');
    // Each that changes is listed once more before, and once after.
    expect(await callsOf()).toEqual({ looks: 2, list: 1000 + 100 + 100, update: 100 });
    expect(new Set(liar.cares)).toEqual(new Set(['cheap']));
    expect(await callsOf()).toEqual({ looks: 1, list: 1000, update: 0 });
  });
});

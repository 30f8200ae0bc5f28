// What a pass decides from a listing that may be missing something, and what it looks at again before it deletes.
import { describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { exitCodeOfReport } from '../../src/reconcile/report.ts';
import { SecretBox } from '../../src/secret/box.ts';
import type { MemoryTarget } from '../../src/target/memory.ts';
import type { Care, Target } from '../../src/target/target.ts';
import { createWorld, decisionsOf, explicit, mapping } from './world.ts';

/** A target whose cheap listing leaves out what `hides` says, and admits that it may; and how often it was listed whole. */
function forgetful(hides: (name: string) => boolean) {
  const counts = { whole: 0 };
  const target = (memory: MemoryTarget): Target => ({
    ...memory,
    async list(applicationId: number, care: Care, signal: AbortSignal) {
      const { rows } = await memory.list(applicationId, care, signal);
      if (care === 'whole') counts.whole += 1;
      return care === 'whole'
        ? { rows, isWhole: true }
        : { rows: rows.filter(({ name }) => !hides(name)), isWhole: false };
    },
  });
  return { counts, target };
}

const { signal: never } = new AbortController();
const nothing = () => false;
const codesOf = (report: Awaited<ReturnType<Awaited<ReturnType<typeof createWorld>>['run']>>) =>
  report.outcomes.map(({ change, result, problem }) => [change.name, result, problem?.code]);

describe('a listing that may be missing something', () => {
  it('is enough while nothing hangs on what it does not show', async () => {
    const { counts, target } = forgetful(nothing);
    const world = await createWorld({ target });
    world.secrets.set('a', 'one');
    await world.run();
    expect(counts.whole).toBe(1);
    world.secrets.set('a', 'two');
    await world.run();
    await world.run();
    expect(counts.whole).toBe(1);
    expect(await world.values()).toEqual({ A: 'two' });
  });

  it('is read whole before anything is created, so that what it hid is found', async () => {
    let hidden = '';
    const world = await createWorld({ target: forgetful((name) => name === hidden).target });
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    hidden = 'B';
    const report = await world.run();
    expect(decisionsOf(report)).toEqual(['none A in-sync', 'none B in-sync']);
    expect(report.outcomes).toEqual([]);
    expect(world.target.counts.create).toBe(2);
  });

  it('is read whole before anything is pruned, and before a delete is believed', async () => {
    const { counts, target } = forgetful(nothing);
    const world = await createWorld({ target });
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    counts.whole = 0;
    world.secrets.delete('b');
    expect(codesOf(await world.run())).toEqual([['B', 'done', undefined]]);
    expect(counts.whole).toBe(2);
  });

  it('is read whole before a write counts as lost', async () => {
    const world = await createWorld({ target: forgetful((name) => name === 'A').target });
    world.secrets.set('a', 'one');
    const report = await world.run();
    expect(codesOf(report)).toEqual([['A', 'done', undefined]]);
    expect(exitCodeOfReport(report)).toBe(0);
  });

  it('that cannot be read whole leaves its application alone', async () => {
    const world = await createWorld({
      target: (memory) => ({
        ...memory,
        list: async (id, care, signal) => {
          if (care === 'whole') throw new Error('x');
          return { ...(await memory.list(id, care, signal)), isWhole: false };
        },
      }),
    });
    world.secrets.set('a', 'one');
    const report = await world.run();
    expect(report.outcomes).toEqual([]);
    expect(report.failures).toMatchObject([{ application: 'app', problem: { code: 'unexpected' } }]);
  });
});

describe('a delete', () => {
  const mappings = (names: readonly string[]) => [
    mapping({ secrets: names.map((name) => explicit(name, 'a')) }),
  ];

  /** A world in which `A` and `C` are to be deleted, and `between` happens to `A` after the plan was made. */
  async function reportWith(between: (target: MemoryTarget, id: number) => unknown) {
    const world = await createWorld({ mappings: mappings(['A', 'B', 'C']) });
    world.secrets.set('a', 'one');
    await world.run();
    world.setup = { ...world.setup, mappings: mappings(['B']) };
    const report = await world.run({
      onPlan: ({ evidence }) => {
        const found = evidence[0]?.actual.find(({ name }) => name === 'A');
        between(world.target, found?.id ?? 0);
      },
    });
    return { world, report };
  }

  it('leaves a secret alone that somebody changed after the plan was made', async () => {
    const { world, report } = await reportWith((target, id) =>
      target.update(1, { id, description: '' }, { description: 'of another owner now' }, never),
    );
    expect(codesOf(report)).toEqual([
      ['C', 'done', undefined],
      ['A', 'failed', 'secret-changed'],
    ]);
    expect(await world.values()).toEqual({ A: 'one', B: 'one' });
    expect(exitCodeOfReport(report)).toBe(3);
  });

  it('leaves a secret alone that was deleted and made anew under the same name', async () => {
    const { world, report } = await reportWith((target, id) => {
      const value = new SecretBox('theirs');
      return [target.remove(1, [id], never), target.create(1, 'A', { value, description: '' }, never)];
    });
    expect(codesOf(report)).toContainEqual(['A', 'failed', 'secret-changed']);
    expect(await world.values()).toEqual({ A: 'theirs', B: 'one' });
  });

  it('does not happen when the second look fails', async () => {
    let isDown = false;
    const world = await createWorld({
      mappings: mappings(['A', 'B']),
      target: (memory) => ({
        ...memory,
        list: (id, care, signal) =>
          isDown
            ? Promise.reject(new VoxsyncError('target-unreachable', 'down'))
            : memory.list(id, care, signal),
      }),
    });
    world.secrets.set('a', 'one');
    await world.run();
    world.setup = { ...world.setup, mappings: mappings(['B']) };
    const report = await world.run({ onPlan: () => void (isDown = true) });
    expect(codesOf(report)).toEqual([['A', 'failed', 'target-unreachable']]);
    expect(await world.values()).toEqual({ A: 'one', B: 'one' });
    expect(world.target.counts.remove).toBe(0);
  });
});

describe('creates that are refused', () => {
  it('are told as taken names when the listing shows them, for one listing in all', async () => {
    const refused = new VoxsyncError('secret-refused', 'Voximplant answered AddSecret with error 101');
    const world = await createWorld({
      target: (memory) => ({ ...memory, create: () => Promise.reject(refused) }),
    });
    for (const secret of ['a', 'b', 'c']) world.secrets.set(secret, 'one');
    const report = await world.run({
      onPlan: () => void world.target.create(1, 'B', { value: new SecretBox('x'), description: '' }, never),
    });
    expect(codesOf(report)).toEqual([
      ['A', 'failed', 'secret-refused'],
      ['B', 'failed', 'name-taken'],
      ['C', 'failed', 'secret-refused'],
    ]);
    expect(world.target.counts.list).toBe(2);
  });
});

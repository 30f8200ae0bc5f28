// The look after the writes: what it believes, what it finds out, and what it must not take for its own.
import { describe, expect, it } from 'vitest';
import { exitCodeOfReport } from '../../src/reconcile/report.ts';
import { deriveAccountKeys } from '../../src/secret/keys.ts';
import type { MemoryTarget } from '../../src/target/memory.ts';
import type { Target } from '../../src/target/target.ts';
import { createWorld, decisionsOf, explicit, mapping, type World } from './world.ts';

const wanting = (changes: Parameters<typeof explicit>[2] = {}) => [
  mapping({ secrets: [explicit('A', 'a', changes)] }),
];

/** A target whose writes to existing secrets answer, and do nothing, once it is told to. */
function idle() {
  const state = { isIdle: false };
  const target = (memory: MemoryTarget): Target => ({
    ...memory,
    update: async (...call) => (state.isIdle ? undefined : memory.update(...call)),
  });
  return { state, target };
}

describe('a write without effect', () => {
  it.each<[string, (world: World) => Promise<unknown> | void]>([
    ['a new value', (world) => void world.secrets.set('a', 'two')],
    ['a value brought back', (world) => world.edit('A', { value: 'by hand' })],
    ['another text', (world) => world.configure(wanting({ description: 'another text' }))],
    [
      'another origin',
      (world) => world.configure(wanting({ inputs: { value: { source: 'local', secret: 'b' } } })),
    ],
    ['a mark before a delete', (world) => world.configure([mapping({ secrets: [explicit('B', 'b')] })])],
  ])('is found and told in every pass: %s', async (_, change) => {
    const { state, target } = idle();
    const world = await createWorld({ target, mappings: wanting(), rules: { graceSeconds: 600 } });
    world.secrets.set('a', 'one').set('b', 'one');
    await world.run();
    world.now += 60;
    await change(world);
    state.isIdle = true;
    for (let count = 0; count < 2; count += 1) {
      world.now += 60;
      const report = await world.run();
      expect(report.outcomes.filter(({ change: { name } }) => name === 'A')).toMatchObject([
        { result: 'failed', problem: { code: 'write-unconfirmed' } },
      ]);
      expect(exitCodeOfReport(report)).toBe(3);
    }
    state.isIdle = false;
    world.now += 60;
    expect(exitCodeOfReport(await world.run())).toBe(0);
  });

  it('that was to bring a value back does not hide the change from the passes that follow', async () => {
    const { state, target } = idle();
    const world = await createWorld({ target, mappings: wanting() });
    world.secrets.set('a', 'one');
    await world.run();
    world.now += 60;
    await world.edit('A', { value: 'by hand' });
    state.isIdle = true;
    await world.run();
    state.isIdle = false;
    expect(decisionsOf(await world.run())).toEqual(['update A drifted']);
    expect(await world.values()).toEqual({ A: 'one' });
  });
});

describe('a change by hand', () => {
  it('between our write and the look is found by the next pass', async () => {
    const world: World = await createWorld({
      mappings: wanting(),
      target: (memory) => ({
        ...memory,
        create: async (...call) => {
          await memory.create(...call);
          world.now += 10;
          await world.edit('A', { value: 'by hand' });
        },
      }),
    });
    world.secrets.set('a', 'one');
    await world.run();
    expect(decisionsOf(await world.run())).toEqual(['update A drifted']);
    expect(await world.values()).toEqual({ A: 'one' });
  });

  it('of the text behind the marker is no failure of our write', async () => {
    const world: World = await createWorld({
      mappings: wanting(),
      target: (memory) => ({
        ...memory,
        create: async (...call) => {
          await memory.create(...call);
          const { description } = await world.find('A');
          await world.edit('A', { description: `${description} and more` });
        },
      }),
    });
    world.secrets.set('a', 'one');
    expect(exitCodeOfReport(await world.run())).toBe(0);
    expect(decisionsOf(await world.run())).toEqual(['update A description-changed']);
  });
});

describe('the look before a delete', () => {
  it('is made whole where it does not show what is to be deleted', async () => {
    let isForgetful = false;
    const world = await createWorld({
      mappings: [mapping({ secrets: [explicit('A', 'a'), explicit('B', 'b')] })],
      target: (memory) => ({
        ...memory,
        list: async (application, care, signal) => {
          const { rows } = await memory.list(application, care, signal);
          if (care === 'whole' || !isForgetful) return { rows, isWhole: care === 'whole' };
          return { rows: rows.filter(({ name }) => name !== 'A'), isWhole: false };
        },
      }),
    });
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    world.configure([mapping({ secrets: [explicit('B', 'b')] })]);
    const report = await world.run({ onPlan: () => void (isForgetful = true) });
    expect(report.outcomes).toMatchObject([{ change: { kind: 'delete', name: 'A' }, result: 'done' }]);
    expect(await world.values()).toEqual({ B: 'two' });
  });
});

describe('two secrets of one name, were Voximplant ever to have them', () => {
  it('are told apart by id: ours is changed, and it is the one that is looked for', async () => {
    let theirs: readonly [number, string] | undefined;
    const world = await createWorld({
      mappings: wanting(),
      target: (memory) => ({
        ...memory,
        list: async (...call) => {
          const listed = await memory.list(...call);
          if (theirs === undefined) return listed;
          const [id, name] = theirs;
          const stranger = { id, name, description: 'theirs', modifiedAt: world.now };
          return { ...listed, rows: id < 100 ? [stranger, ...listed.rows] : [...listed.rows, stranger] };
        },
      }),
    });
    world.secrets.set('a', 'one');
    await world.run();
    for (const id of [1, 1000]) {
      theirs = [id, 'A'];
      world.secrets.set('a', `value ${id}`);
      const report = await world.run();
      expect(decisionsOf(report)).toEqual(['update A source-changed']);
      expect(exitCodeOfReport(report)).toBe(0);
      expect(await world.values()).toEqual({ A: `value ${id}` });
    }
  });
});

describe('a new private key', () => {
  it('is found in markers that were not rewritten, though values and revisions are the same', async () => {
    const { state, target } = idle();
    const world = await createWorld({ target, mappings: wanting() });
    world.secrets.set('a', 'one');
    await world.run();
    const keys = { ...deriveAccountKeys(Buffer.from('memory')), tag: 'new' };
    const rekeyed = Object.assign(target(world.target), { keys });
    world.setup = { ...world.setup, targets: new Map([['main', rekeyed]]) };
    state.isIdle = true;
    world.now += 60;
    expect(exitCodeOfReport(await world.run())).toBe(3);
  });
});

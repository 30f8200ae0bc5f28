// What counts as absent and what does not: every kind of doubt holds what is there, and only the words of an authority take it away.
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import { VoxsyncError } from '../../src/errors.ts';
import { exitCodeOfReport } from '../../src/reconcile/report.ts';
import { createMemorySource } from '../../src/sources/memory.ts';
import type { Discovery, Reading, Source } from '../../src/sources/source.ts';
import { createWorld, decisionsOf, discovery, explicit, mapping } from './world.ts';

const denied = new VoxsyncError('source-refused', 'local: no permission', { hint: 'grant it' });
const unresolved = { state: 'unresolved', error: denied } as const;

describe('absence', () => {
  it('by the source is pruned after the grace, and cleared when the secret comes back', async () => {
    const world = await createWorld({ rules: { graceSeconds: 600 } });
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    world.secrets.delete('a');
    expect(decisionsOf(await world.run())).toContain('update A prune-grace');
    world.now += 599;
    expect(decisionsOf(await world.run())).toContain('hold A prune-grace');
    world.secrets.set('a', 'one');
    expect(decisionsOf(await world.run())).toContain('update A description-changed');
    world.secrets.delete('a');
    await world.run();
    world.now += 600;
    expect(decisionsOf(await world.run())).toContain('delete A no-longer-desired');
    expect(await world.values()).toEqual({ B: 'two' });
  });

  it('is not taken from a source that does not answer', async () => {
    let isBroken = false;
    const breakable = (memory: Source): Source => ({
      ...memory,
      observe: async (references, signal) =>
        isBroken ? references.map(() => unresolved) : memory.observe(references, signal),
      discover: async (query, signal) => (isBroken ? unresolved : memory.discover(query, signal)),
    });
    const world = await createWorld({ source: breakable });
    world.secrets.set('a', 'one');
    await world.run();
    isBroken = true;
    const report = await world.run();
    expect(await world.values()).toEqual({ A: 'one' });
    expect(decisionsOf(report)).toContain('hold A absence-unproven');
    expect(exitCodeOfReport(report)).toBe(4);
  });

  it('is not decided while another source of the same mapping does not answer', async () => {
    const secrets = [{ ...explicit('OTHER', ''), inputs: { value: { source: 'other', secret: 'x' } } }];
    const world = await createWorld({ mappings: [mapping({ secrets, discoveries: [discovery()] })] });
    const silent: Source = {
      ...createMemorySource(new Map()),
      observe: async (references) => references.map(() => unresolved),
    };
    world.setup = { ...world.setup, sources: new Map([...world.setup.sources, ['other', silent]]) };
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    world.secrets.delete('a');
    expect(decisionsOf(await world.run())).toEqual([
      'hold A absence-unproven',
      'none B in-sync',
      'hold OTHER source-unavailable',
    ]);
    expect(await world.values()).toEqual({ A: 'one', B: 'two' });
  });

  it('is not decided while a secret that is there cannot be named: it may be the one', async () => {
    const world = await createWorld();
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    world.secrets.delete('a');
    world.secrets.set('1-starts-with-a-digit', 'one');
    expect(decisionsOf(await world.run())).toContain('hold A absence-unproven');
    world.secrets.delete('1-starts-with-a-digit');
    expect(decisionsOf(await world.run())).toContain('delete A no-longer-desired');
  });

  it('that a listing shows is asked for by name before anything is deleted', async () => {
    let proof: 'absent' | 'present' = 'present';
    const lagging = (memory: Source): Source => ({
      ...memory,
      discover: async (query, signal) => {
        const listing = await memory.discover(query, signal);
        return listing.state === 'listed' && world.secrets.size === 0
          ? { ...listing, gone: ['a'], isAuthoritative: false }
          : listing;
      },
      observe: async (references, signal) =>
        proof === 'absent'
          ? references.map(() => ({ state: 'absent', proof: 'asked' }) as const)
          : memory.observe(references, signal).then((all) => all.map(() => unresolved)),
    });
    const world = await createWorld({ source: lagging });
    world.secrets.set('a', 'one');
    await world.run();
    world.secrets.clear();
    expect(decisionsOf(await world.run())).toEqual(['hold A source-unavailable']);
    proof = 'absent';
    world.setup = { ...world.setup };
    expect(decisionsOf(await world.run({ acknowledged: '' }))).toEqual(['hold A guard-refused']);
    const { plan } = await world.run({ isDryRun: true });
    expect(decisionsOf(await world.run({ acknowledged: plan.id }))).toEqual(['delete A no-longer-desired']);
    expect(await world.values()).toEqual({});
  });

  it('of a name that moved creates the new one first, and keeps the old one while the new one fails', async () => {
    let isRefused = true;
    const world = await createWorld({
      mappings: [mapping({ secrets: [explicit('OLD', 'a'), explicit('STAYS', 'a')] })],
      target: (memory) => ({
        ...memory,
        create: async (id, name, contents, signal) => {
          if (isRefused && name === 'NEW') throw new VoxsyncError('secret-refused', 'no');
          await memory.create(id, name, contents, signal);
        },
      }),
    });
    world.secrets.set('a', 'one');
    await world.run();
    world.setup = {
      ...world.setup,
      mappings: [mapping({ secrets: [explicit('NEW', 'a'), explicit('STAYS', 'a')] })],
    };
    expect(exitCodeOfReport(await world.run())).toBe(3);
    expect(await world.values()).toEqual({ OLD: 'one', STAYS: 'one' });
    isRefused = false;
    await world.run();
    expect(await world.values()).toEqual({ NEW: 'one', STAYS: 'one' });
  });
});

/** A source that says what `answers` makes of its answers, once it is told to. */
function doubtful(answers: {
  readonly discovery?: (found: Discovery) => Discovery;
  readonly reading?: (one: Reading, index: number) => Reading;
}) {
  const state = { isDoubtful: false };
  const { discovery: discover = (found) => found, reading = (one) => one } = answers;
  const source = (memory: Source): Source => ({
    ...memory,
    discover: async (query, signal) => {
      const found = await memory.discover(query, signal);
      return state.isDoubtful ? discover(found) : found;
    },
    observe: async (references, signal) => {
      const observed = await memory.read(references, signal);
      return state.isDoubtful ? observed.map(reading) : observed;
    },
  });
  return { state, source };
}

const failing = (code: ErrorCode): Reading & Discovery => ({
  state: 'unresolved',
  error: new VoxsyncError(code, 'local: no answer'),
});
const showing =
  (keep: (index: number) => boolean) =>
  (found: Discovery): Discovery =>
    found.state === 'listed'
      ? { ...found, found: found.found.filter((_, index) => keep(index)), isAuthoritative: false }
      : found;

describe('a doubt', () => {
  it.each<[string, Parameters<typeof doubtful>[0]]>([
    ['an empty listing', { discovery: showing(() => false) }],
    ['a shorter listing', { discovery: showing((index) => index > 0) }],
    ['a refused listing', { discovery: () => failing('source-refused') }],
    ['a listing that timed out', { discovery: () => failing('source-unreachable') }],
    ['a throttled listing', { discovery: () => failing('source-throttled') }],
    ['a listing that is none', { discovery: () => failing('source-answer-invalid') }],
  ])('about a discovery holds all that it once found: %s', async (_, answers) => {
    const { state, source } = doubtful(answers);
    const world = await createWorld({ source });
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    state.isDoubtful = true;
    for (let count = 0; count < 3; count += 1) {
      const { outcomes, plan } = await world.run({ acknowledged: 'whatever' });
      expect(outcomes).toEqual([]);
      expect(plan.applications[0]?.standing.map(({ kind, reason }) => `${kind} ${reason}`)).toContain(
        'hold absence-unproven',
      );
      world.now += 100_000;
    }
    expect(await world.values()).toEqual({ A: 'one', B: 'two' });
    state.isDoubtful = false;
    expect(decisionsOf(await world.run())).toEqual(['none A in-sync', 'none B in-sync']);
  });

  it.each<[string, ErrorCode, number]>([
    ['AccessDenied', 'source-refused', 4],
    ['a timeout', 'source-unreachable', 6],
    ['throttling', 'source-throttled', 6],
    ['an answer that is none', 'source-answer-invalid', 3],
    ['a source that is broken', 'source-invalid', 3],
    ['a version that is not there', 'secret-not-found', 3],
  ])('about one named secret holds that one, and no other: %s', async (_, code, exitCode) => {
    const { state, source } = doubtful({
      reading: (one, index) => (index === 0 ? failing(code) : one),
    });
    const world = await createWorld({
      source,
      mappings: [mapping({ secrets: [explicit('A', 'a'), explicit('B', 'b')] })],
    });
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    state.isDoubtful = true;
    world.secrets.delete('a');
    world.secrets.set('b', 'three');
    for (const written of [['update B source-changed'], ['none B in-sync']]) {
      const report = await world.run();
      expect(decisionsOf(report).toSorted()).toEqual(['hold A source-unavailable', ...written]);
      expect(exitCodeOfReport(report)).toBe(exitCode);
      world.now += 100_000;
    }
    expect(await world.values()).toEqual({ A: 'one', B: 'three' });
  });

  it('about a value alone leaves the discoveries of its mapping in doubt as well', async () => {
    const { state, source } = doubtful({});
    const closed = (memory: Source): Source => ({
      ...source(memory),
      read: async (references, signal) =>
        state.isDoubtful ? references.map(() => unresolved) : memory.read(references, signal),
    });
    const world = await createWorld({ source: closed });
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    state.isDoubtful = true;
    world.secrets.delete('a');
    world.secrets.set('b', 'three');
    expect(decisionsOf(await world.run())).toEqual(['hold A absence-unproven', 'hold B source-unavailable']);
    state.isDoubtful = false;
    expect(decisionsOf(await world.run())).toEqual(
      ['update B source-changed', 'delete A no-longer-desired'].toSorted(),
    );
  });
});

describe('what has no name yet', () => {
  it('is told with its own error, also where two of it look alike', async () => {
    const silent: Source = {
      ...createMemorySource(new Map()),
      discover: async () => failing('source-refused'),
    };
    const discoveries = [discovery(), discovery({ source: 'other' })];
    const world = await createWorld({ mappings: [mapping({ discoveries })], source: () => silent });
    world.setup = { ...world.setup, sources: new Map([...world.setup.sources, ['other', silent]]) };
    const report = await world.run();
    expect(decisionsOf(report)).toEqual(['hold * source-unavailable', 'hold * source-unavailable']);
    expect(exitCodeOfReport(report)).toBe(4);
  });

  it('claims no name that another mapping wants', async () => {
    const discoveries = [discovery({ name: '{{ metadata.nothing }}' })];
    const world = await createWorld({
      mappings: [mapping({ secrets: [explicit('key', 'key')], discoveries })],
    });
    world.secrets.set('key', 'one');
    const report = await world.run();
    expect(decisionsOf(report)).toEqual(['create key missing', 'hold key invalid']);
    expect(await world.values()).toEqual({ key: 'one' });
  });
});

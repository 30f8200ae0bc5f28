// What a listing shows as deleted is asked for by name, and only an answer that says so takes anything away.
import { describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import type { Source } from '../../src/sources/source.ts';
import type { WorldChanges } from './world.ts';
import { createWorld, decisionsOf, discovery, explicit, mapping } from './world.ts';

const error = new VoxsyncError('source-refused', 'local: not allowed');
const unresolved = { state: 'unresolved', error } as const;
const first = discovery();
const second = discovery({ query: { prefix: '', tags: {} }, name: 'second-{{ path }}' });

/** A source whose listings show what `gone` says as deleted; which names it refuses to tell of, and which it was asked for. */
async function openWorld(changes: WorldChanges = {}) {
  const says = { gone: [] as string[], refused: [] as string[], asked: [] as string[], isLagging: false };
  const source = (memory: Source): Source => ({
    ...memory,
    discover: async (query, signal) => {
      const listing = await memory.discover(query, signal);
      if (listing.state === 'unresolved') return listing;
      const gone = says.isLagging && query.tags !== undefined ? [] : says.gone;
      const found = listing.found.filter(({ secret }) => !says.gone.includes(secret));
      return { ...listing, found, gone, isAuthoritative: false };
    },
    observe: async (references, signal) => {
      const observed = await memory.observe(references, signal);
      says.asked.push(...references.map(({ secret }) => secret));
      return observed.map((one, index) =>
        says.refused.includes(references[index]?.secret ?? '') ? unresolved : one,
      );
    },
  });
  const world = await createWorld({ mappings: [mapping({ discoveries: [first] })], ...changes, source });
  world.secrets.set('a', 'one').set('b', 'two');
  await world.run();
  says.asked = [];
  return { world, says };
}

describe('a source secret that a listing shows as deleted', () => {
  it('and that is there when it is asked for takes nothing away', async () => {
    const { world, says } = await openWorld();
    says.gone = ['a'];
    expect(decisionsOf(await world.run())).toEqual(['hold A absence-unproven', 'none B in-sync']);
    expect(says.asked).toEqual(['a']);
  });

  it('is asked for only where an application holds something of it', async () => {
    const { world, says } = await openWorld();
    says.gone = ['a', 'never-written'];
    says.refused = ['never-written'];
    world.secrets.delete('a');
    expect(decisionsOf(await world.run())).toEqual(['delete A no-longer-desired', 'none B in-sync']);
    expect(says.asked).toEqual(['a']);
  });

  it('is nothing to us where what is left of it is another owner’s', async () => {
    const { world, says } = await openWorld({ rules: { owner: 'them' } });
    says.gone = ['a', 'b'];
    says.refused = ['a', 'b'];
    world.configure(world.setup.mappings, { owner: 'us' });
    expect(decisionsOf(await world.run())).toEqual(['none A not-ours', 'none B not-ours']);
    expect(says.asked).toEqual([]);
  });

  it('and that cannot be asked for keeps all that its discovery once gave', async () => {
    const { world, says } = await openWorld();
    says.gone = ['a', 'b'];
    says.refused = ['a'];
    world.secrets.clear();
    expect(decisionsOf(await world.run())).toEqual(['hold A source-unavailable', 'hold B absence-unproven']);
  });

  it('and that cannot be asked for holds no name that something else wants', async () => {
    const { world, says } = await openWorld();
    says.gone = ['a'];
    says.refused = ['a'];
    const secrets = [explicit('A', 'b')];
    world.configure([mapping({ discoveries: [discovery({ exclude: ['b'] })], secrets })]);
    expect(decisionsOf(await world.run())).toEqual(['update A source-changed', 'hold B absence-unproven']);
    expect(await world.values()).toEqual({ A: 'two', B: 'two' });
  });

  it('and that cannot be asked for is told also where something nameless looks like it', async () => {
    const { world, says } = await openWorld();
    says.gone = ['a'];
    says.refused = ['a'];
    world.secrets.delete('b');
    world.secrets.set('A', 'of no name');
    const nameless = discovery({ query: { prefix: 'A' }, name: '{{ metadata.nothing }}' });
    world.configure([
      mapping({ discoveries: [discovery({ exclude: ['A'] })] }),
      mapping({ place: 'mappings[1]', discoveries: [nameless] }),
    ]);
    expect(decisionsOf(await world.run()).toSorted()).toEqual([
      'hold A invalid',
      'hold A source-unavailable',
      'hold B absence-unproven',
    ]);
  });

  it('proves it for the discoveries that show it, and for no other', async () => {
    const { world, says } = await openWorld({ mappings: [mapping({ discoveries: [first, second] })] });
    says.gone = ['a'];
    says.isLagging = true;
    world.secrets.delete('a');
    expect(decisionsOf(await world.run())).toEqual([
      'delete A no-longer-desired',
      'none B in-sync',
      'hold SECOND_A absence-unproven',
      'none SECOND_B in-sync',
    ]);
  });

  it('takes nothing away while another source secret of its mapping cannot be read', async () => {
    const { world, says } = await openWorld();
    says.gone = ['a'];
    says.refused = ['c'];
    world.secrets.delete('a');
    world.configure([mapping({ discoveries: [first], secrets: [explicit('C', 'c')] })]);
    expect(decisionsOf(await world.run())).toEqual([
      'hold A absence-unproven',
      'none B in-sync',
      'hold C source-unavailable',
    ]);
  });
});

describe('a secret that is wrong, and not unreadable', () => {
  it.each([
    ['its description is too long', explicit('BAD', 'bad', { description: 'x'.repeat(300) }), 'value'],
    ['its value is empty', explicit('BAD', 'bad'), ''],
  ])('leaves the discoveries of its mapping alone: %s', async (_, bad, value) => {
    const world = await createWorld();
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    world.secrets.delete('a');
    world.secrets.set('bad', value);
    world.configure([mapping({ discoveries: [discovery({ exclude: ['bad'] })], secrets: [bad] })]);
    expect(decisionsOf(await world.run())).toEqual([
      'delete A no-longer-desired',
      'none B in-sync',
      'hold BAD invalid',
    ]);
  });
});

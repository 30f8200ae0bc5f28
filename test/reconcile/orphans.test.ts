// Orphans of sources that cannot prove an absence, and the search over many applications.
import { describe, expect, it } from 'vitest';
import { prepareOrphans } from '../../src/reconcile/orphan-changes.ts';
import { searchOrphans } from '../../src/reconcile/orphans.ts';
import { finishPass } from '../../src/reconcile/pass.ts';
import type { PassRequest } from '../../src/reconcile/setup.ts';
import { SecretBox } from '../../src/secret/box.ts';
import { formatDescription } from '../../src/secret/marker.ts';
import { createMemoryTarget } from '../../src/target/memory.ts';
import { marker } from '../plan/builders.ts';
import type { Source } from '../../src/sources/source.ts';
import type { World, WorldChanges } from './world.ts';
import { createWorld } from './world.ts';

const { signal } = new AbortController();
const request: PassRequest = { isDryRun: false, stopping: signal, aborting: signal };

/** A listing that shows what there is, and proves nothing of what it does not show. */
const proofless = (memory: Source): Source => ({
  ...memory,
  discover: async (query, stop) => {
    const listing = await memory.discover(query, stop);
    return listing.state === 'listed' ? { ...listing, isAuthoritative: false } : listing;
  },
});

async function worldWithOrphan(changes: WorldChanges = {}): Promise<World> {
  const world = await createWorld({ source: proofless, ...changes });
  world.secrets.set('a', 'one').set('b', 'two');
  await world.run();
  world.secrets.delete('a');
  return world;
}

async function orphansIn(world: World): Promise<readonly string[]> {
  const { looks } = await searchOrphans(world.setup, request);
  return looks.flatMap(({ found }) => found.orphans.map(({ name, reason }) => `${name} ${reason}`));
}

describe('a discovered secret that left without a trace', () => {
  it('stays in every pass, is listed, and is deleted by name', async () => {
    const world = await worldWithOrphan();
    await world.run();
    expect(await world.values()).toEqual({ A: 'one', B: 'two' });
    expect(await orphansIn(world)).toEqual(['A absence-unproven']);
    const wish = { act: 'delete', names: new Set(['A']) } as const;
    const report = await finishPass(await prepareOrphans(world.setup, request, wish), world.setup, request);
    expect(report.outcomes).toMatchObject([{ result: 'done', change: { kind: 'delete', name: 'A' } }]);
    expect(await world.values()).toEqual({ B: 'two' });
    expect(world.target.counts.readValue).toBe(0);
  });
});

describe('the search', () => {
  it('looks into accounts that no mapping names', async () => {
    const world = await createWorld();
    const other = createMemoryTarget({ applications: new Map([[7, 'left']]) });
    const description = formatDescription(marker({ owner: 'us' }), 'text');
    await other.create(7, 'OLD', { value: new SecretBox('x'), description }, signal);
    world.setup = {
      ...world.setup,
      targets: new Map([
        ['main', world.target],
        ['other', other],
      ]),
    };
    const { looks } = await searchOrphans(world.setup, request);
    const found = looks.flatMap(({ found: { place, orphans } }) =>
      orphans.map(({ name, detail }) => [place.account, place.application, name, detail]),
    );
    expect(found).toEqual([['other', 'left', 'OLD', 'no mapping names the application']]);
  });

  it('lists a few applications at a time', async () => {
    const applications = Array.from({ length: 20 }, (_, index) => ({
      id: index + 1,
      name: `app-${index}.example`,
      shortName: `app-${index}`,
    }));
    let [under, most] = [0, 0];
    const world = await createWorld({
      target: (memory) => ({
        ...memory,
        concurrency: 3,
        applications: async () => ({ rows: applications, isWhole: true }),
        list: async () => {
          under += 1;
          most = Math.max(most, under);
          await new Promise((resolve) => setImmediate(resolve));
          under -= 1;
          return { rows: [], isWhole: true };
        },
      }),
    });
    const { looks } = await searchOrphans(world.setup, request);
    expect([looks.length, most]).toEqual([20, 3]);
  });

  it('ends at once when it is interrupted', async () => {
    const world = await worldWithOrphan();
    const stopping = AbortSignal.abort(new DOMException('interrupted', 'AbortError'));
    await expect(searchOrphans(world.setup, { ...request, stopping })).rejects.toThrow('interrupted');
  });
});

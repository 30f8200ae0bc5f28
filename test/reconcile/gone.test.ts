// A discovered secret that the listing still shows, while its own answer says that it is gone: a listing may lag.
import { describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { exitCodeOfReport } from '../../src/reconcile/report.ts';
import type { Source } from '../../src/sources/source.ts';
import { createWorld, decisionsOf, discovery, explicit, mapping } from './world.ts';

/** The listing shows `a`, whatever there is; its version is what the test says. */
async function worldThatShows(version: { id: string }, mappings = [mapping({ discoveries: [discovery()] })]) {
  const source = (memory: Source): Source => ({
    ...memory,
    discover: async () => ({
      state: 'listed',
      found: [{ secret: 'a', version: { id: version.id, label: version.id } }],
      gone: [],
      isAuthoritative: false,
    }),
  });
  return createWorld({ mappings, source });
}

describe('a discovered secret that the listing shows as deleted', () => {
  it('and that cannot be asked for by name stays, with the error that says why', async () => {
    let isDeleted = false;
    const error = new VoxsyncError('source-refused', 'local: not allowed');
    const source = (memory: Source): Source => ({
      ...memory,
      discover: async (query, signal) => {
        const listing = await memory.discover(query, signal);
        if (!isDeleted || listing.state === 'unresolved') return listing;
        return { ...listing, found: [], gone: ['a', 'never-written'], isAuthoritative: false };
      },
      observe: async (references) => references.map(() => ({ state: 'unresolved', error })),
    });
    const world = await createWorld({ mappings: [mapping({ discoveries: [discovery()] })], source });
    world.secrets.set('a', 'one');
    await world.run();
    isDeleted = true;
    const report = await world.run();
    expect([decisionsOf(report), exitCodeOfReport(report)]).toEqual([['hold A source-unavailable'], 4]);
    expect(report.plan.applications[0]?.standing[0]).toMatchObject({
      problem: { message: 'local: not allowed' },
      from: { place: 'mappings[0].discover[0]', references: [{ source: 'local', secret: 'a' }] },
    });
  });
});

describe('a discovered secret that turns out to be gone when its value is read', () => {
  it('is pruned as one that the listing shows as deleted, and is no error', async () => {
    const version = { id: '1' };
    const world = await worldThatShows(version, [
      mapping({ secrets: [explicit('STAYS', 'b')], discoveries: [discovery()] }),
    ]);
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    world.secrets.delete('a');
    version.id = '2';
    const report = await world.run();
    expect(decisionsOf(report)).toEqual(['delete A no-longer-desired', 'none STAYS in-sync']);
    expect(exitCodeOfReport(report)).toBe(0);
  });

  it('and was never written is nobody’s business', async () => {
    const world = await worldThatShows({ id: '1' });
    const report = await world.run();
    expect([decisionsOf(report), exitCodeOfReport(report)]).toEqual([[], 0]);
  });

  it('stays while another discovery cannot be read: that one may want its name', async () => {
    const version = { id: '1' };
    const other = discovery({ source: 'other' });
    const world = await worldThatShows(version, [
      mapping({ discoveries: [discovery()] }),
      mapping({ discoveries: [other] }),
    ]);
    const [memory] = world.setup.sources.values();
    const error = new VoxsyncError('source-unreachable', 'other: no answer');
    const silent: Source = { ...memory!, discover: async () => ({ state: 'unresolved', error }) };
    world.setup = { ...world.setup, sources: new Map([...world.setup.sources, ['other', silent]]) };
    world.secrets.set('a', 'one');
    await world.run();
    world.secrets.clear();
    version.id = '2';
    expect(decisionsOf(await world.run())).toContain('hold A absence-unproven');
    expect(await world.values()).toEqual({ A: 'one' });
  });

  it('is an error where a mapping names it as well', async () => {
    const world = await worldThatShows({ id: '1' }, [
      mapping({ secrets: [explicit('NAMED', 'a')], discoveries: [discovery()] }),
    ]);
    const report = await world.run();
    expect([decisionsOf(report), exitCodeOfReport(report)]).toEqual([['hold NAMED source-missing'], 3]);
  });
});

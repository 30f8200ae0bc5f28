// What one failing part of a mapping means for the discoveries beside it.
import { describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { collectDesired } from '../../src/reconcile/collect.ts';
import { SharedExpansions } from '../../src/reconcile/shared.ts';
import { Readings } from '../../src/reconcile/readings.ts';
import { loadTemplates } from '../../src/reconcile/template.ts';
import { createMemorySource } from '../../src/sources/memory.ts';
import type { Source } from '../../src/sources/source.ts';
import { createMemoryTarget } from '../../src/target/memory.ts';
import { createWorld, decisionsOf, discovery, explicit, mapping } from './world.ts';

const { signal } = new AbortController();
const memory = createMemorySource(new Map([['a', 'one']]));
const target = createMemoryTarget({ applications: new Map([[1, 'app']]), now: () => 0 });
const application = { id: 1, name: 'app.account.voximplant.com', shortName: 'app' };

/** Whether each of two discoveries of one mapping, and one of another mapping, counts as read; the first one's source fails. */
async function resolvedBeside(code: 'source-unreachable' | 'config-invalid') {
  const error = new VoxsyncError(code, 'closed: no listing');
  const closed: Source = { ...memory, discover: async () => ({ state: 'unresolved', error }) };
  const sources = new Map([
    ['local', memory],
    ['closed', closed],
  ]);
  const site = {
    place: { account: 'main', applicationId: 1, application: 'app' },
    target,
    application,
    mappings: [
      mapping({ discoveries: [discovery({ source: 'closed' }), discovery()] }),
      mapping({ place: 'mappings[1]', discoveries: [discovery({ query: { prefix: 'b' } })] }),
    ],
  };
  const templates = await loadTemplates(['{{ path }}']);
  const readings = new Readings(sources, signal);
  const desired = await collectDesired([site], {
    owner: 'us',
    readings,
    templates,
    shared: new SharedExpansions(),
  });
  return desired.get(site)?.state.scopes.map(({ isResolved }) => isResolved);
}

describe('a listing that fails', () => {
  it.each(['source-unreachable', 'config-invalid'] as const)(
    'for %s leaves nothing of its mapping proven, and other mappings alone',
    async (code) => {
      expect(await resolvedBeside(code)).toEqual([false, false, true]);
    },
  );
});

describe('a source that does not answer for one secret', () => {
  it.each(['source-refused', 'secret-invalid', 'config-invalid'] as const)(
    'with %s leaves nothing of its mapping proven',
    async (code) => {
      const error = new VoxsyncError(code, 'local: no answer');
      const source = (memory: Source): Source => ({
        ...memory,
        observe: async (references) => references.map(() => ({ state: 'unresolved', error })),
      });
      const world = await createWorld({ mappings: [mapping({ discoveries: [discovery()] })], source });
      world.secrets.set('a', 'one').set('c', 'two');
      await world.run();
      world.secrets.delete('a');
      world.configure([mapping({ secrets: [explicit('OTHER', 'other')], discoveries: [discovery()] })]);
      expect(decisionsOf(await world.run())).toEqual([
        'hold A absence-unproven',
        'none C in-sync',
        'hold OTHER source-unavailable',
      ]);
    },
  );
});

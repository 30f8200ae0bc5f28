// What a source tells beside a secret, in the templates of its name and description.
import { expect, test } from 'vitest';
import type { Source } from '../../src/sources/source.ts';
import { createWorld, decisionsOf, discovery, mapping } from './world.ts';

const use = discovery({ name: '{{ metadata.name }}', description: 'Ask {{ metadata.team }}' });

test('names and describes secrets, follows changes, and holds what lacks it', async () => {
  const notes: Record<string, Record<string, string>> = {
    a: { name: 'crm/key', team: 'sales' },
    b: { team: 'voice' },
  };
  const noting = (memory: Source): Source => ({
    ...memory,
    discover: async (query, signal) => {
      const listing = await memory.discover(query, signal);
      if (listing.state === 'unresolved') return listing;
      const found = listing.found.map((one) => ({ ...one, metadata: notes[one.secret] }));
      return { ...listing, found };
    },
  });
  const world = await createWorld({ source: noting, mappings: [mapping({ discoveries: [use] })] });
  world.secrets.set('a', 'one').set('b', 'two').set('c', 'three');
  const report = await world.run();
  expect(await world.values()).toEqual({ CRM_KEY: 'one' });
  const problems = report.plan.applications.flatMap(({ standing }) =>
    standing.map(({ name, problem }) => [name, problem?.message]),
  );
  expect(problems).toEqual([
    ['b', 'mappings[0].discover[0].name: the template uses metadata.name, which is not defined here'],
    ['c', 'mappings[0].discover[0].name: the template uses metadata.name, which is not defined here'],
  ]);
  notes['a'] = { name: 'crm/key', team: 'support' };
  expect(decisionsOf(await world.run())).toContain('update CRM_KEY description-changed');
  notes['a'] = { name: 'constructor', team: '{{ path }}' };
  await world.run();
  expect(await world.values()).toMatchObject({ CONSTRUCTOR: 'one' });
});

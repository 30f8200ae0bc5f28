// Discoveries that mean the same for every application: worked out once, begun early, and told from the others.
import { describe, expect, it } from 'vitest';
import { isShared } from '../../src/reconcile/shared.ts';
import { loadTemplates, type Templates } from '../../src/reconcile/template.ts';
import { createWorld, discovery, letOthersGoFirst, mapping, type WorldChanges } from './world.ts';

describe('a discovery is shared', () => {
  it.each([
    ['with templates that do without the application', {}, true],
    ['with fields that the config lists', { fields: ['a', 'b'] }, true],
    ['but not with a name of the application', { name: '{{ application }}_{{ path }}' }, false],
    ['nor with a description of it', { description: 'for {{ application | upcase }}' }, false],
    ['nor with a variable whose name is put together', { description: '{{ [which] }}' }, false],
    ['nor with all fields, of which the application may know some', { fields: 'all' }, false],
  ] as const)('%s', (_, changes, expected) => {
    expect(isShared(discovery(changes))).toBe(expected);
  });
});

/** A world with one mapping for both applications, and the texts that were rendered in it. */
async function worldOf(name: string, changes: WorldChanges = {}) {
  const rendered: unknown[] = [];
  const found = discovery({ name });
  const world = await createWorld({
    mappings: [mapping({ applications: ['app', 'appendix'], discoveries: [found] })],
    ...changes,
  });
  const engine = await loadTemplates([name]);
  const templates: Templates = {
    ...engine,
    renderText(template, variables, place) {
      if (place.endsWith('.name')) rendered.push(variables['path']);
      return engine.renderText(template, variables, place);
    },
  };
  world.setup = { ...world.setup, templates };
  world.secrets.set('a', 'one').set('b', 'two');
  return { world, rendered };
}

it('is worked out once for all applications', async () => {
  const { world, rendered } = await worldOf('{{ path }}');
  await world.run();
  expect(rendered).toEqual(['a', 'b']);
  expect(await world.values(1)).toEqual({ A: 'one', B: 'two' });
  expect(await world.values(2)).toEqual({ A: 'one', B: 'two' });
});

it('is worked out anew in every pass', async () => {
  const { world } = await worldOf('{{ path }}');
  await world.run();
  world.secrets.delete('a');
  world.secrets.set('c', 'three');
  await world.run();
  expect(await world.values(2)).toEqual({ B: 'two', C: 'three' });
});

it('is worked out for each application where it depends on it', async () => {
  const { world, rendered } = await worldOf('{{ application }}_{{ path }}');
  await world.run();
  expect(rendered).toHaveLength(4);
  expect(await world.values(1)).toEqual({ APP_A: 'one', APP_B: 'two' });
  expect(await world.values(2)).toEqual({ APPENDIX_A: 'one', APPENDIX_B: 'two' });
});

/** Which of source and account was asked first, with an account that answers after everything else. */
async function askedBefore(request: Parameters<Awaited<ReturnType<typeof createWorld>>['run']>[0]) {
  const order: string[] = [];
  const { world } = await worldOf('{{ path }}', {
    source: (memory) => ({
      ...memory,
      discover: async (query, signal) => {
        order.push('source');
        return memory.discover(query, signal);
      },
    }),
    target: (memory) => ({
      ...memory,
      applications: async (care, signal) => {
        await letOthersGoFirst();
        order.push('account');
        return memory.applications(care, signal);
      },
    }),
  });
  await world.run({ isDryRun: true, ...request });
  return order;
}

it('is begun while the account is asked for its applications', async () => {
  expect(await askedBefore({})).toEqual(['source', 'account']);
});

it('is not begun before anybody knows whether it is needed, where only some applications are', async () => {
  expect(await askedBefore({ only: ['app'] })).toEqual(['account', 'source']);
  expect(await askedBefore({ shard: { index: 0, count: 1 } })).toEqual(['account', 'source']);
});

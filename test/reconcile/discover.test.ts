// Which found secrets a discovery takes, what they are called and where they are told to come from.
import { describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import type { Source } from '../../src/sources/source.ts';
import { createWorld, decisionsOf, discovery, explicit, mapping } from './world.ts';

type Changes = Parameters<typeof discovery>[0];
const discovering = (changes: Changes) => [mapping({ discoveries: [discovery(changes)] })];

/** The names that a discovery gives to secrets with these paths. */
async function namesOf(paths: readonly string[], changes: Changes): Promise<readonly string[]> {
  const world = await createWorld({ mappings: discovering(changes) });
  for (const path of paths) world.secrets.set(path, 'value');
  await world.run();
  return Object.keys(await world.values()).toSorted();
}

describe('a glob', () => {
  const paths = ['prod/crm/key', 'prod/internal/key', 'stage/crm', '.hidden/key', 'x/#note', 'x/!odd'];

  it.each<[string, string, readonly string[]]>([
    ['without a slash is held against every part of a path', 'crm', ['PROD_CRM_KEY', 'STAGE_CRM']],
    ['without a slash matches a whole part', 'cr', []],
    ['with a slash is held against the whole path', 'prod/*/key', ['PROD_CRM_KEY', 'PROD_INTERNAL_KEY']],
    ['with a slash does not match within a path', 'crm/key', []],
    ['with two asterisks goes any number of parts down', 'prod/**', ['PROD_CRM_KEY', 'PROD_INTERNAL_KEY']],
    ['sees parts that start with a dot', '*hidden', ['HIDDEN_KEY']],
    ['that starts with a hash is no comment', '#*', ['X_NOTE']],
    ['that starts with an exclamation mark is no negation', '!odd', ['X_ODD']],
  ])('%s', async (_, glob, names) => {
    expect(await namesOf(paths, { include: [glob] })).toEqual(names);
    const left = (await namesOf(paths, {})).filter((name) => !names.includes(name));
    expect(await namesOf(paths, { exclude: [glob] })).toEqual(left);
  });

  it('is one of several: any lets in, and any keeps out, which counts more', async () => {
    expect(await namesOf(paths, { include: ['crm', 'internal'], exclude: ['stage', 'nothing'] })).toEqual([
      'PROD_CRM_KEY',
      'PROD_INTERNAL_KEY',
    ]);
  });
});

describe('a found secret', () => {
  it('that is kept out from now on is proven to be wanted no more', async () => {
    const world = await createWorld();
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    world.configure(discovering({ exclude: ['a'] }));
    expect(decisionsOf(await world.run())).toEqual(['delete A no-longer-desired', 'none B in-sync']);
  });

  it('may use application, source, path, field and the name made of them', async () => {
    const world = await createWorld({
      mappings: discovering({
        fields: ['key'],
        name: '{{ application }}/{{ source }}/{{ path }}/{{ field }}',
        description: '{{ name }}  of {{ path }} {{ field }}',
      }),
    });
    world.secrets.set('crm', '{"key":"one","other":"two"}');
    await world.run();
    expect(await world.values()).toEqual({ APP_LOCAL_CRM_KEY: 'one' });
    const { described } = await world.find('APP_LOCAL_CRM_KEY');
    expect(described.text).toBe('APP_LOCAL_CRM_KEY of crm key');
  });

  it('without a field has an empty one, and its whole value', async () => {
    const world = await createWorld({ mappings: discovering({ name: '{{ path }}-{{ field }}' }) });
    world.secrets.set('crm', '{"key":"one"}');
    await world.run();
    expect(await world.values()).toEqual({ CRM: '{"key":"one"}' });
  });

  it('whose value has no fields is told by its path, and the place of its discovery', async () => {
    const world = await createWorld({ mappings: discovering({ fields: 'all' }) });
    world.secrets.set('crm', 'no JSON');
    const { plan } = await world.run();
    expect(plan.applications[0]?.standing).toMatchObject([
      {
        kind: 'hold',
        name: 'crm',
        problem: { message: expect.stringContaining('crm') },
        from: { place: 'mappings[0].discover[0]', references: [{ source: 'local', secret: 'crm' }] },
      },
    ]);
  });

  it('whose name cannot be made is told with the place of the template', async () => {
    const world = await createWorld({ mappings: discovering({ name: '{{ metadata.nothing }}' }) });
    world.secrets.set('crm', 'one');
    const { plan } = await world.run();
    expect(plan.applications[0]?.standing).toMatchObject([
      {
        kind: 'hold',
        reason: 'invalid',
        name: 'crm',
        from: { place: 'mappings[0].discover[0]', references: [{ source: 'local', secret: 'crm' }] },
      },
    ]);
    expect(plan.applications[0]?.standing[0]?.problem?.message).toContain('mappings[0].discover[0].name');
  });

  it('whose value has no fields claims no name', async () => {
    const discoveries = [discovery({ fields: 'all' })];
    const world = await createWorld({
      mappings: [mapping({ secrets: [explicit('crm', 'crm')], discoveries })],
    });
    world.secrets.set('crm', 'no JSON');
    expect(decisionsOf(await world.run())).toEqual(['create crm missing', 'hold crm invalid']);
  });

  it('whose fields the source could not tell leaves the other discoveries of its mapping in doubt', async () => {
    let isBroken = false;
    const error = new VoxsyncError('secret-invalid', 'local: not understood');
    const source = (memory: Source): Source => ({
      ...memory,
      read: async (references, signal) =>
        isBroken ? references.map(() => ({ state: 'unresolved', error })) : memory.read(references, signal),
    });
    const named = discovery({ fields: 'all', query: { prefix: 'crm' }, name: '{{ path }}_{{ field }}' });
    const beside = discovery({ query: { prefix: 'b' } });
    const world = await createWorld({ source, mappings: [mapping({ discoveries: [named, beside] })] });
    world.secrets.set('crm', '{"key":"one"}').set('b', 'two').set('b2', 'three');
    await world.run();
    isBroken = true;
    world.secrets.set('crm', '{"key":"two"}').delete('b2');
    expect(decisionsOf(await world.run())).toEqual([
      'none B in-sync',
      'hold B2 absence-unproven',
      'hold CRM_KEY absence-unproven',
      'hold crm source-unavailable',
    ]);
  });

  it('of which one field cannot be named proves nothing of its fields that are gone: it may be one of them', async () => {
    const world = await createWorld({
      mappings: discovering({ fields: 'all', name: '{{ path }}_{{ field }}' }),
    });
    world.secrets.set('api', '{"key":"k","old":"o"}');
    await world.run();
    world.secrets.set('api', `{"key":"k","${'x'.repeat(64)}":"o"}`);
    expect(decisionsOf(await world.run())).toContain('hold API_OLD absence-unproven');
    expect(await world.values()).toEqual({ API_KEY: 'k', API_OLD: 'o' });
  });

  it('gets another description without its value being read', async () => {
    const counts = { read: 0 };
    const source = (memory: Source): Source => ({
      ...memory,
      read: async (references, signal) => {
        counts.read += references.length;
        return memory.read(references, signal);
      },
    });
    for (const fields of [undefined, ['key']]) {
      const world = await createWorld({ source, mappings: discovering({ fields }) });
      world.secrets.set('crm', '{"key":"one"}');
      await world.run();
      counts.read = 0;
      world.configure(discovering({ fields, description: 'another' }));
      expect(decisionsOf(await world.run())).toEqual(['update CRM description-changed']);
      expect(counts.read).toBe(0);
    }
  });

  it('whose name is outside the grammar is told with that name, and what to do', async () => {
    const world = await createWorld();
    world.secrets.set('1st', 'one');
    const { plan } = await world.run();
    expect(plan.applications[0]?.standing[0]).toMatchObject({
      kind: 'hold',
      reason: 'invalid',
      name: '1ST',
      problem: {
        code: 'secret-invalid',
        message: 'mappings[0].discover[0]: the name "1ST" must start with a letter',
        hint: 'Names match ^[A-Za-z][A-Za-z0-9_]{0,63}$; shorten or change the `name` template.',
      },
    });
  });

  it('whose description cannot be made is told with the place of that', async () => {
    const world = await createWorld({ mappings: discovering({ description: '{{ metadata.nothing }}' }) });
    world.secrets.set('crm', 'one');
    const { plan } = await world.run();
    expect(plan.applications[0]?.standing[0]?.problem?.message).toContain(
      'mappings[0].discover[0].description',
    );
  });
});

describe('a discovery that cannot be read', () => {
  it('is one held entry that says where it looked, and why it saw nothing', async () => {
    const error = new VoxsyncError('source-refused', 'local: no permission', { hint: 'grant it' });
    const closed = (memory: Source): Source => ({
      ...memory,
      discover: async () => ({ state: 'unresolved', error }),
    });
    const world = await createWorld({
      source: closed,
      mappings: discovering({ query: { prefix: 'prod/' } }),
    });
    const { plan } = await world.run();
    expect(plan.applications[0]?.standing).toEqual([
      {
        kind: 'hold',
        name: 'prod/*',
        reason: 'source-unavailable',
        problem: { code: 'source-refused', message: 'local: no permission', hint: 'grant it' },
        from: {
          place: 'mappings[0].discover[0]',
          references: [{ source: 'local', secret: 'prod/*' }],
          versions: [],
        },
      },
    ]);
  });
});

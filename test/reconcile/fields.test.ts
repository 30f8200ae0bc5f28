// `fields: all`: the names of fields stand inside the value, and yet an unchanged pass reads none.
import { describe, expect, it } from 'vitest';
import { Sightings } from '../../src/reconcile/sightings.ts';
import type { Source } from '../../src/sources/source.ts';
import type { World } from './world.ts';
import { createWorld, decisionsOf, discovery, mapping } from './world.ts';

const fanned = (changes: Parameters<typeof discovery>[0] = {}) =>
  discovery({ fields: 'all', name: '{{ path }}_{{ field }}', description: 'of {{ path }}', ...changes });

/** A world with one discovery, and how many secrets its source was asked to read. */
async function openWorld(changes: Parameters<typeof createWorld>[0] = {}) {
  const counts = { read: 0 };
  const counting = (memory: Source): Source => ({
    ...memory,
    read: async (references, signal) => {
      counts.read += references.length;
      return memory.read(references, signal);
    },
  });
  const world = await createWorld({
    mappings: [mapping({ discoveries: [fanned()] })],
    source: counting,
    ...changes,
  });
  world.secrets.set('db', '{"user":"me","password":"secret"}').set('api', '{"key":"k"}');
  await world.run();
  expect(await world.values()).toEqual({ DB_USER: 'me', DB_PASSWORD: 'secret', API_KEY: 'k' });
  counts.read = 0;
  return { world, counts };
}

/** A pass of a process that remembers nothing. */
async function runAnew(world: World) {
  world.now += 60;
  world.setup = { ...world.setup, sightings: new Sightings() };
  return decisionsOf(await world.run());
}

const allInSync = ['none API_KEY in-sync', 'none DB_PASSWORD in-sync', 'none DB_USER in-sync'];

describe('all the fields of a secret', () => {
  it('are read once, and not again while nothing changes', async () => {
    const { world, counts } = await openWorld();
    expect(await runAnew(world)).toEqual(allInSync);
    expect(counts.read).toBe(0);
    expect(world.target.counts.readValue).toBe(0);
  });

  it('are read again where the secret has another version, and nowhere else', async () => {
    const { world, counts } = await openWorld();
    world.secrets.set('db', '{"user":"me","host":"h"}');
    expect(await runAnew(world)).toEqual([
      'create DB_HOST missing',
      'delete DB_PASSWORD no-longer-desired',
      'update DB_USER description-changed',
      'none API_KEY in-sync',
    ]);
    expect(counts.read).toBe(1);
    expect(await world.values()).toEqual({ DB_USER: 'me', DB_HOST: 'h', API_KEY: 'k' });
    expect(await runAnew(world)).toHaveLength(3);
    expect(counts.read).toBe(1);
  });

  it.each([
    ['was deleted by hand', async (world: World) => world.drop('DB_USER'), 'create DB_USER missing'],
    [
      'got another text by hand',
      async (world: World) => world.edit('DB_USER', { description: await world.described('DB_USER', ' x') }),
      'update DB_USER description-changed',
    ],
    [
      'got another value by hand',
      async (world: World) => world.edit('DB_USER', { value: 'x' }),
      'update DB_USER drifted',
    ],
  ])('come back when one %s', async (_, change, decision) => {
    const { world } = await openWorld();
    world.now += 60;
    await change(world);
    expect(await runAnew(world)).toContain(decision);
    expect(await world.values()).toEqual({ DB_USER: 'me', DB_PASSWORD: 'secret', API_KEY: 'k' });
    expect(await runAnew(world)).toEqual(allInSync);
  });

  it('follow another name or description template', async () => {
    const { world } = await openWorld();
    const use = (changes: Parameters<typeof fanned>[0]) =>
      (world.setup = { ...world.setup, mappings: [mapping({ discoveries: [fanned(changes)] })] });
    use({ description: 'from {{ path }}' });
    expect(await runAnew(world)).toContain('update DB_USER description-changed');
    use({ name: '{{ field }}', description: 'from {{ path }}' });
    await runAnew(world);
    expect(await world.values()).toEqual({ USER: 'me', PASSWORD: 'secret', KEY: 'k' });
  });

  it('are read in every pass where one of them cannot be named, or where every value is to be compared', async () => {
    const { world, counts } = await openWorld();
    world.secrets.set('api', '{"key":"k","":"nameless"}');
    await runAnew(world);
    counts.read = 0;
    expect(await runAnew(world)).toHaveLength(4);
    expect(counts.read).toBe(0);
    const other = await openWorld({
      mappings: [mapping({ discoveries: [fanned()] })],
      rules: { drift: 'values' },
    });
    await runAnew(other.world);
    expect(other.world.target.counts.readValue).toBe(3);
  });

  it('of one secret under two names are both kept', async () => {
    const { world } = await openWorld();
    const twice = [fanned(), fanned({ name: 'second_{{ path }}_{{ field }}' })];
    world.setup = { ...world.setup, mappings: [mapping({ discoveries: twice })] };
    await runAnew(world);
    const values = await world.values();
    expect(Object.keys(values)).toHaveLength(6);
    expect(new Set((await runAnew(world)).map((text) => text.split(' ')[2]))).toEqual(new Set(['in-sync']));
  });
});

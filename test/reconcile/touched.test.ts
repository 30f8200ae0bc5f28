// Secrets that somebody touched in Voximplant without changing their values: read once, and not again.
import { describe, expect, it } from 'vitest';
import { Sightings } from '../../src/reconcile/sightings.ts';
import { createWorld, decisionsOf } from './world.ts';

describe('a pass', () => {
  it('reads a secret that was touched once, and not again while nobody touches it', async () => {
    const world = await createWorld();
    world.secrets.set('a', 'one');
    await world.run();
    world.now += 60;
    await world.edit('A', { value: 'one' });
    await world.run();
    await world.run();
    expect(world.target.counts.readValue).toBe(1);
    expect(world.target.counts.update).toBe(1);
  });

  it('renews the time of a secret that was touched, so that no later process reads it again', async () => {
    const world = await createWorld();
    world.secrets.set('a', 'one');
    await world.run();
    world.now += 60;
    await world.edit('A', { value: 'one' });
    const start = () => (world.setup = { ...world.setup, sightings: new Sightings() });
    start();
    expect(decisionsOf(await world.run())).toEqual(['update A description-changed']);
    start();
    expect(decisionsOf(await world.run())).toEqual(['none A in-sync']);
    expect(world.target.counts.readValue).toBe(1);
  });
});

// A write that has not looked at the value must not hide that somebody changed it before.
import { describe, expect, it } from 'vitest';
import { Sightings } from '../../src/reconcile/sightings.ts';
import type { World } from './world.ts';
import { createWorld, decisionsOf, explicit, mapping } from './world.ts';

const wanting = (...names: readonly string[]) => [
  mapping({ secrets: names.map((name) => explicit(name, name.toLowerCase())) }),
];

/** Changed by hand, then marked for deletion, then wanted again. */
async function changedThenMarked(): Promise<World> {
  const world = await createWorld({ mappings: wanting('A', 'B'), rules: { graceSeconds: 3600 } });
  world.secrets.set('a', 'right').set('b', 'kept');
  await world.run();
  world.now += 60;
  await world.edit('A', { value: 'changed by hand' });
  world.setup = { ...world.setup, mappings: wanting('B') };
  world.now += 60;
  expect(decisionsOf(await world.run())).toContain('update A prune-grace');
  world.setup = { ...world.setup, mappings: wanting('A', 'B') };
  return world;
}

describe('the mark before a delete', () => {
  it('does not hide a change from the same process', async () => {
    const world = await changedThenMarked();
    expect(decisionsOf(await world.run())).toContain('update A drifted');
    expect(await world.values()).toEqual({ A: 'right', B: 'kept' });
  });

  it('does not hide a change from a new process', async () => {
    const world = await changedThenMarked();
    world.setup = { ...world.setup, sightings: new Sightings() };
    expect(decisionsOf(await world.run())).toContain('update A drifted');
    expect(await world.values()).toEqual({ A: 'right', B: 'kept' });
  });

  it('costs no read where nobody changed anything', async () => {
    const world = await createWorld({ mappings: wanting('A', 'B'), rules: { graceSeconds: 3600 } });
    world.secrets.set('a', 'right').set('b', 'kept');
    await world.run();
    world.setup = { ...world.setup, mappings: wanting('B'), sightings: new Sightings() };
    world.now += 60;
    await world.run();
    world.setup = { ...world.setup, mappings: wanting('A', 'B'), sightings: new Sightings() };
    expect(decisionsOf(await world.run())).toContain('update A description-changed');
    expect(world.target.counts.readValue).toBe(0);
  });
});

// The grace is counted by clocks that may differ, jump or be set back, and by a config that may change: what then becomes of it.
import { describe, expect, it } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { exitCodeOfReport } from '../../src/reconcile/report.ts';
import { SecretBox } from '../../src/secret/box.ts';
import { openVoximplantTarget } from '../../src/target/voximplant/target.ts';
import type { World } from './world.ts';
import { createWorld, decisionsOf, explicit, mapping } from './world.ts';

const wanting = (...names: readonly string[]) => [
  mapping({ secrets: names.map((name) => explicit(name, name.toLowerCase())) }),
];

/** A world in which `A` was first seen to be unwanted `sinceSeconds` ago. */
async function markedWorld(sinceSeconds: number): Promise<World> {
  const world = await createWorld({ mappings: wanting('A', 'B'), rules: { graceSeconds: 600 } });
  world.secrets.set('a', 'one').set('b', 'two');
  await world.run();
  world.configure(wanting('B'));
  await world.run();
  world.now += sinceSeconds;
  return world;
}

const ofA = async (world: World) =>
  decisionsOf(await world.run()).find((decision) => decision.includes(' A '));
async function noteOf(world: World): Promise<number> {
  const { described } = await world.find('A');
  return described.ownership === 'marked' ? described.marker.absentSince : -1;
}

describe('a grace that changes in the config', () => {
  it('counts from the first sight all the same: a shorter one ends sooner', async () => {
    const world = await markedWorld(300);
    world.configure(wanting('B'), { graceSeconds: 301 });
    expect(await ofA(world)).toBe('hold A prune-grace');
    world.configure(wanting('B'), { graceSeconds: 300 });
    expect(await ofA(world)).toBe('delete A no-longer-desired');
  });

  it('a longer one ends later', async () => {
    const world = await markedWorld(600);
    world.configure(wanting('B'), { graceSeconds: 3600 });
    expect(await ofA(world)).toBe('hold A prune-grace');
    world.now += 2999;
    expect(await ofA(world)).toBe('hold A prune-grace');
    world.now += 1;
    expect(await ofA(world)).toBe('delete A no-longer-desired');
  });

  it('none at all deletes what waits', async () => {
    const world = await markedWorld(1);
    world.configure(wanting('B'), { graceSeconds: 0 });
    expect(await ofA(world)).toBe('delete A no-longer-desired');
  });
});

describe('a clock', () => {
  it('that was ahead when an absence was noted does not keep the secret for ever: the grace starts anew', async () => {
    const world = await markedWorld(0);
    const noted = await noteOf(world);
    world.now -= 86_400 * 365;
    expect(await ofA(world)).toBe('update A prune-grace');
    expect(await noteOf(world)).toBe(noted - 86_400 * 365);
    world.now += 599;
    expect(await ofA(world)).toBe('hold A prune-grace');
    world.now += 1;
    expect(await ofA(world)).toBe('delete A no-longer-desired');
  });

  it('that is set back never makes the wait shorter', async () => {
    const world = await markedWorld(500);
    world.now -= 501;
    expect(await ofA(world)).toBe('update A prune-grace');
    world.now += 599;
    expect(await ofA(world)).toBe('hold A prune-grace');
  });

  it('that differs from another machine’s by some seconds costs one write, and no more', async () => {
    const world = await markedWorld(0);
    const kinds: (string | undefined)[] = [];
    for (const skew of [-7, 7, -7, 7, -7]) {
      world.now += skew;
      world.restart();
      kinds.push(await ofA(world));
      world.now += 60 - skew;
    }
    expect(kinds).toEqual([
      'update A prune-grace',
      'hold A prune-grace',
      'hold A prune-grace',
      'hold A prune-grace',
      'hold A prune-grace',
    ]);
  });

  it('that jumps ahead deletes nothing in the pass that first sees an absence', async () => {
    const world = await createWorld({ mappings: wanting('A', 'B'), rules: { graceSeconds: 600 } });
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    world.configure(wanting('B'));
    world.now += 86_400 * 365 * 100;
    expect(await ofA(world)).toBe('update A prune-grace');
    expect(await world.values()).toEqual({ A: 'one', B: 'two' });
  });

  it('that is ahead by more than some seconds cannot delete at all: Voximplant takes no token from the future', async () => {
    const world = await markedWorld(0);
    const late = () => new Date(Date.now() - 60_000);
    const emulator = await startEmulator({ applications: [{ name: 'app', id: 1 }], clock: late });
    const credentials = new SecretBox(JSON.stringify(emulator.credentials));
    const target = await openVoximplantTarget({ id: 'main', credentials, endpoint: emulator.url });
    world.setup = { ...world.setup, targets: new Map([['main', target]]) };
    const report = await world.run();
    await target.close();
    await emulator.close();
    expect(exitCodeOfReport(report)).toBe(5);
    expect(report.plan.applications).toEqual([]);
    expect(report.failures).toMatchObject([{ problem: { code: 'target-refused' } }]);
  });
});

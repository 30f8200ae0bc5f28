// Values of the application: read only where they decide, and what happens where one cannot be read.
import { describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { exitCodeOfReport } from '../../src/reconcile/report.ts';
import type { MemoryTarget } from '../../src/target/memory.ts';
import { createWorld, decisionsOf } from './world.ts';

/** A world with two secrets; what happens when the value of `A` is read. */
async function openWorld(readingA: () => Promise<never>) {
  const names = new Map<number, string>();
  const target = (memory: MemoryTarget) => ({
    ...memory,
    readValue: async (applicationId: number, id: number, signal: AbortSignal) =>
      names.get(id) === 'A' ? readingA() : memory.readValue(applicationId, id, signal),
  });
  const world = await createWorld({ target, rules: { drift: 'values' } });
  world.secrets.set('a', 'one').set('b', 'two');
  await world.run();
  for (const name of ['A', 'B']) names.set((await world.find(name)).id, name);
  await world.edit('B', { value: 'by hand' });
  return world;
}

describe('a value in Voximplant that must be known and cannot be read', () => {
  it.each([
    ['refused', new VoxsyncError('target-unreachable', 'no answer', { hint: 'wait' }), 'target-unreachable'],
    ['broken', new Error('x'), 'unexpected'],
  ])('holds its own secret, and no other: %s', async (_, error, code) => {
    const world = await openWorld(() => Promise.reject(error));
    const report = await world.run();
    expect(decisionsOf(report)).toEqual(['update B drifted', 'hold A target-unavailable']);
    expect(report.plan.applications[0]?.standing[0]).toMatchObject({ name: 'A', problem: { code } });
    expect(exitCodeOfReport(report)).not.toBe(0);
    expect(await world.values()).toEqual({ A: 'one', B: 'two' });
  });

  it('because the pass is cut short ends the pass', async () => {
    const aborting = new AbortController();
    const world = await openWorld(() => {
      aborting.abort(new Error('cut short'));
      return Promise.reject(aborting.signal.reason);
    });
    await expect(world.run({ stopping: aborting.signal, aborting: aborting.signal })).rejects.toThrow(
      'cut short',
    );
    expect(await world.values()).toEqual({ A: 'one', B: 'by hand' });
  });
});

describe('values in Voximplant', () => {
  it('are read where somebody touched a secret, and not beside it', async () => {
    const world = await createWorld();
    world.secrets.set('a', 'one').set('b', 'two').set('c', 'three');
    await world.run();
    world.now += 60;
    await world.edit('B', { value: 'by hand' });
    world.restart();
    expect(decisionsOf(await world.run())).toContain('update B drifted');
    expect(world.target.counts.readValue).toBe(1);
  });
});

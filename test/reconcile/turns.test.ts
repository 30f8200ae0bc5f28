// Small work in turns: in order, and with everybody else's work in between.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mapInTurns } from '../../src/reconcile/turns.ts';

/** A piece of work of a millisecond that nothing can interrupt. */
function work(value: number): number {
  const endsAt = performance.now() + 1;
  while (performance.now() < endsAt);
  return value * 2;
}

/** How many turns others got while this went on. */
async function othersDuring(promise: Promise<unknown>): Promise<number> {
  const others = { turns: 0, isWaiting: true };
  void promise.finally(() => (others.isWaiting = false)).catch(() => {});
  while (others.isWaiting) {
    await nextTurn();
    others.turns += 1;
  }
  return others.turns;
}

it('gives the results in the order of the values', async () => {
  expect(await mapInTurns(new Set([3, 1, 2]), (value) => value * 2)).toEqual([6, 2, 4]);
  expect(await mapInTurns([], work)).toEqual([]);
});

it('lets others have a turn every few pieces', async () => {
  const values = Array.from({ length: 40 }, (_, index) => index);
  expect(await othersDuring(mapInTurns(values, work))).toBeGreaterThan(4);
});

it('begins with a turn of the others', async () => {
  const order: string[] = [];
  setImmediate(() => order.push('other'));
  await mapInTurns(['own'], (value) => order.push(value));
  expect(order).toEqual(['other', 'own']);
});

it('throws what a piece throws, and works on no other', async () => {
  const seen: number[] = [];
  const failing = mapInTurns([1, 2, 3], (value) => {
    seen.push(value);
    if (value === 2) throw new Error('two');
  });
  await expect(failing).rejects.toThrow('two');
  expect(seen).toEqual([1, 2]);
});

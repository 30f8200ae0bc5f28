// Much small work without a wait in it, done in turns, so that answers and signals are seen to meanwhile.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Long beside what it costs to wait for a turn, short beside a call. */
const turnMs = 4;

/**
 * Calls that were just made get out before the work that follows. That takes two turns: a connection that was used before
 * is looked at for one, whether the server has closed it, and written to in the next.
 */
export async function letCallsOut(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/**
 * `Array.map`, with a turn for everybody else every few milliseconds, and one before it begins: calls that were just made
 * get out first.
 */
export async function mapInTurns<T, R>(values: Iterable<T>, work: (value: T) => R): Promise<readonly R[]> {
  const results: R[] = [];
  let endsAt = 0;
  for (const value of values) {
    if (performance.now() > endsAt) {
      await letCallsOut();
      endsAt = performance.now() + turnMs;
    }
    results.push(work(value));
  }
  return results;
}

// How many repetitions an account may have: each draws a token, so that many secrets that keep failing cannot multiply the calls of a pass.
import type { RetryBudget } from '../../../retry.ts';

/** A new pass of a long-lived process finds some again, whatever the last one used up. */
const refilledPerSecond = 1;

/** A full budget of so many repetitions. `now` is in milliseconds. */
export function createRetryBudget(
  capacity: number,
  now: () => number = () => performance.now(),
): RetryBudget {
  let tokens = capacity;
  let countedAt = now();

  function add(count: number): void {
    tokens = Math.min(capacity, tokens + count);
  }

  return {
    take() {
      const at = now();
      add(((at - countedAt) / 1000) * refilledPerSecond);
      countedAt = at;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    giveBack: add,
  };
}

// When a token is renewed: at two thirds of its lease, a little earlier by chance, so that many instances do not come at once.

const longestTimerMs = 2 ** 31 - 1;

/** In milliseconds; never more than a timer holds. `chance` is between 0 and 1. */
export function renewalDelayMs(leaseMs: number, chance: number = Math.random()): number {
  const jitter = 1 - 0.1 * chance;
  return Math.min(Math.floor(((leaseMs * 2) / 3) * jitter), longestTimerMs);
}

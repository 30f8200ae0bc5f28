import { describe, expect, it } from 'vitest';
import { startLoop } from '../../src/reconcile/schedule.ts';

/** A pass that can be waited for. */
function countingPass(stopAfter: number) {
  const stop = new AbortController();
  const starts: number[] = [];
  let underWay = 0;
  let most = 0;
  const pass = async () => {
    starts.push(Date.now());
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    if (starts.length >= stopAfter) stop.abort();
  };
  return { pass, signal: stop.signal, starts, most: () => most, stop };
}

describe('the loop', () => {
  it.each([
    ['an interval', { everyMs: 20, jitterMs: 0 }],
    ['an interval with jitter', { everyMs: 10, jitterMs: 10 }],
    ['cron', { cron: '* * * * * *', timezone: 'Etc/UTC', jitterMs: 0 }],
  ])('of %s starts at once, goes on, never overlaps, and ends by its signal', async (_, schedule) => {
    const { pass, signal, starts, most } = countingPass(3);
    const loop = startLoop(schedule, pass, signal);
    expect(starts).toHaveLength(1);
    expect(loop.isAlive()).toBe(true);
    await loop.ended;
    expect(starts).toHaveLength(3);
    expect(most()).toBe(1);
  });

  it('waiting for its next tick ends by its signal too', async () => {
    for (const schedule of [
      { everyMs: 3_600_000, jitterMs: 0 },
      { cron: '0 0 1 1 *', timezone: 'Etc/UTC', jitterMs: 0 },
    ]) {
      const stop = new AbortController();
      const loop = startLoop(schedule, async () => void setImmediate(() => stop.abort()), stop.signal);
      await loop.ended;
      expect(stop.signal.aborted).toBe(true);
    }
  });
});

// What the limiter learns from refusals and successes, in times that the test gives.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Allowance } from '../../src/target/voximplant/pace/allowance.ts';
import { halved, limitOf, raised, type Limit } from '../../src/target/voximplant/pace/limit.ts';

const { assert, property, array, constantFrom, integer, option, record } = fc;

/** Applies it until nothing changes any more, or for so many times. */
function repeat(limit: Limit, times: number): Limit {
  return Array.from({ length: times }).reduce<Limit>(raised, limit);
}

describe('a limit', () => {
  test('stays between one and its ceiling, whatever happens', () => {
    const step = constantFrom(halved, raised);
    assert(
      property(integer({ min: 1, max: 64 }), array(step, { maxLength: 300 }), (ceiling, steps) => {
        for (let [limit, at] = [limitOf(ceiling), 0]; at < steps.length; at += 1) {
          limit = steps[at]!(limit);
          expect(limit.current).toBeGreaterThanOrEqual(1);
          expect(limit.current).toBeLessThanOrEqual(ceiling);
        }
      }),
    );
  });

  test('recovers to its ceiling while calls succeed', () => {
    assert(
      property(integer({ min: 1, max: 64 }), integer({ min: 1, max: 8 }), (ceiling, refusals) => {
        const low = Array.from({ length: refusals }).reduce<Limit>(halved, limitOf(ceiling));
        // A round for each level, and ten for the one that was refused last.
        expect(repeat(low, 12 * ceiling * ceiling).current).toBe(ceiling);
      }),
    );
  });

  test('rises by one after as many successes as it stands at', () => {
    const low = halved(limitOf(8));
    expect(low.current).toBe(4);
    expect([3, 4, 8, 9].map((successes) => repeat(low, successes).current)).toEqual([4, 5, 5, 6]);
  });

  test('takes ten times as long to try what was refused', () => {
    const low = halved({ ...halved(limitOf(8)), current: 4 });
    expect(low.current).toBe(2);
    const below = repeat(low, 2);
    expect(below.current).toBe(3);
    expect([29, 30].map((successes) => repeat(below, successes).current)).toEqual([3, 4]);
    expect(repeat(below, 34).current).toBe(5);
  });

  test('below one is kept whole', () => {
    const slow = halved(limitOf(0.5));
    expect([slow.current, raised(slow).current]).toEqual([0.5, 0.5]);
    expect([halved(limitOf(1.5)).current, repeat(halved(limitOf(1.5)), 10).current]).toEqual([1, 1.5]);
  });
});

const started = (allowance: Allowance, count: number, nowMs = 0) =>
  Array.from({ length: count }, () => allowance.start(nowMs));

describe('an allowance', () => {
  test('halves once for calls that were under way together', () => {
    assert(
      property(
        integer({ min: 1, max: 64 }),
        integer({ min: 1, max: 64 }),
        constantFrom('concurrency' as const, 'rate' as const),
        (concurrency, burst, congestion) => {
          const allowance = new Allowance({ concurrency, requestsPerSecond: 100 });
          const calls = started(allowance, burst);
          const halvings = calls.filter((call) => allowance.refuse(call, congestion, 1));
          expect(halvings).toEqual([calls[0]]);
          const half = congestion === 'rate' ? allowance.rate : allowance.concurrency;
          expect(half).toBe(congestion === 'rate' ? 50 : Math.max(1, Math.floor(concurrency / 2)));
          // The first one at the new pace says something new.
          expect(allowance.refuse(allowance.start(2), congestion, 3)).toBe(true);
        },
      ),
    );
  });

  test('does not rise by the successes of calls sent at the old pace', () => {
    const allowance = new Allowance({ concurrency: 8 });
    const [first, ...others] = started(allowance, 8);
    allowance.refuse(first!, 'concurrency', 1);
    for (const call of others) allowance.succeed(call, 2);
    expect(allowance.concurrency).toBe(4);
    for (const call of started(allowance, 4)) allowance.succeed(call, 3);
    expect(allowance.concurrency).toBe(5);
  });

  test('stays within the config, and gets back there, whatever happened before', () => {
    const event = record({
      kind: constantFrom('start', 'succeed', 'concurrency', 'rate'),
      afterMs: integer({ min: 0, max: 3000 }),
    });
    const settings = record({
      concurrency: integer({ min: 1, max: 64 }),
      requestsPerSecond: option(integer({ min: 1, max: 200 }), { nil: undefined }),
    });
    assert(
      property(settings, array(event, { maxLength: 200 }), (limits, events) => {
        const allowance = new Allowance(limits);
        let nowMs = 0;
        for (const { kind, afterMs } of events) {
          nowMs += afterMs;
          const call = allowance.start(nowMs);
          if (kind === 'succeed') allowance.succeed(call, nowMs);
          if (kind === 'concurrency' || kind === 'rate') allowance.refuse(call, kind, nowMs);
          expectWithin(allowance, limits);
        }
        for (let calls = 0; calls < 60_000 && allowance.isReduced; calls += 1) {
          nowMs += 100;
          allowance.succeed(allowance.start(nowMs), nowMs);
        }
        expect([allowance.concurrency, allowance.rate]).toEqual([
          limits.concurrency,
          limits.requestsPerSecond,
        ]);
      }),
      { numRuns: 50 },
    );
  });

  function expectWithin(
    allowance: Allowance,
    limits: { concurrency: number; requestsPerSecond: number | undefined },
  ): void {
    expect(allowance.concurrency).toBeGreaterThanOrEqual(1);
    expect(allowance.concurrency).toBeLessThanOrEqual(limits.concurrency);
    expect(allowance.rate ?? 1).toBeGreaterThanOrEqual(1);
    expect(allowance.rate ?? 1).toBeLessThanOrEqual(limits.requestsPerSecond ?? Infinity);
  }
});

describe('a rate', () => {
  test('is half of what was used when the account first refused one', () => {
    const allowance = new Allowance({ concurrency: 8 });
    for (let call = 0; call < 50; call += 1) allowance.start(call);
    expect(allowance.rate).toBeUndefined();
    allowance.refuse(allowance.start(50), 'rate', 50);
    expect(allowance.rate).toBe(25);
    expect(allowance.concurrency).toBe(8);
  });

  test('and one round of calls where little was used', () => {
    const allowance = new Allowance({ concurrency: 8 });
    allowance.refuse(allowance.start(0), 'rate', 0);
    expect(allowance.rate).toBe(8);
  });

  test('goes away when it is far above what is used', () => {
    const allowance = new Allowance({ concurrency: 2 });
    allowance.refuse(allowance.start(0), 'rate', 0);
    let nowMs = 0;
    const rates = Array.from({ length: 4 }, () => {
      nowMs += 2000;
      allowance.succeed(allowance.start(nowMs), nowMs);
      return allowance.rate;
    });
    expect(rates).toEqual([2, undefined, undefined, undefined]);
  });

  test('stays while it is used up', () => {
    const allowance = new Allowance({ concurrency: 8 });
    allowance.refuse(allowance.start(0), 'rate', 0);
    for (let call = 0; call < 200; call += 1) {
      const nowMs = allowance.startsNextAt;
      allowance.succeed(allowance.start(Math.max(nowMs, 0)), Math.max(nowMs, 0));
    }
    expect(allowance.rate).toBeGreaterThan(8);
    expect(allowance.isReduced).toBe(true);
  });

  test('spaces the starts, and makes up for a timer that was late', () => {
    const allowance = new Allowance({ concurrency: 8, requestsPerSecond: 50 });
    const starts = [0, 20, 43, 60, 200].map((nowMs) => {
      allowance.start(nowMs);
      return allowance.startsNextAt;
    });
    expect(starts).toEqual([20, 40, 60, 80, 220]);
  });

  test('rests for as long as it is told, and never shorter than it was told before', () => {
    const allowance = new Allowance({ concurrency: 8 });
    expect(allowance.startsNextAt).toBe(-Infinity);
    allowance.rest(500, 1000);
    allowance.rest(100, 1000);
    expect(allowance.startsNextAt).toBe(1500);
  });
});

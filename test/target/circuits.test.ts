// When calls of an account, or of one of its applications, are no longer sent: in times that the test gives.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VoxsyncError, type ErrorCode, type ErrorDetails } from '../../src/errors.ts';
import { createRetryBudget } from '../../src/target/voximplant/pace/budget.ts';
import { Circuits } from '../../src/target/voximplant/pace/circuits.ts';
import { verdictOn, type Verdict } from '../../src/target/voximplant/pace/verdict.ts';

const needed = 6;
const down = new VoxsyncError('target-unreachable', 'AddSecret did not reach Voximplant: ECONNREFUSED');

/** Circuits, and calls made one after the other. */
function openRun(circuits = new Circuits(needed)) {
  let calls = 0;
  const admits = (applicationId: number | undefined, nowMs: number) =>
    circuits.refusal(applicationId, nowMs) === undefined;
  const begin = (applicationId: number | undefined) => {
    calls += 1;
    circuits.start(calls, applicationId);
    return calls;
  };
  const finish = (call: number, applicationId: number | undefined, verdict: Verdict, nowMs: number) =>
    circuits.end({ call, applicationId, verdict, thrown: verdict === 'fails' ? down : undefined }, nowMs);
  /** Sends a call if it may be sent; tells whether it was. */
  const call = (applicationId: number | undefined, verdict: Verdict, nowMs = 0) => {
    if (!admits(applicationId, nowMs)) return false;
    finish(begin(applicationId), applicationId, verdict, nowMs);
    return true;
  };
  const fail = (applications: readonly (number | undefined)[], nowMs = 0) =>
    applications.filter((applicationId) => call(applicationId, 'fails', nowMs)).length;
  return { circuits, admits, begin, finish, call, fail };
}

const [a, b, c] = [1, 2, 3];
const everyone = [a, b, a, b, a, b];

describe('the account', () => {
  test('stops after failures in a row of more than one application', () => {
    const { circuits, fail, admits } = openRun();
    expect(fail([...everyone, a, b, c, undefined])).toBe(needed);
    expect(circuits.isAccountOpen).toBe(true);
    expect([a, b, c, undefined].map((applicationId) => admits(applicationId, 0))).toEqual(
      Array.from({ length: 4 }, () => false),
    );
  });

  test('stops after failures of calls about no application', () => {
    const { circuits, fail } = openRun();
    fail(Array.from({ length: needed }, () => undefined));
    expect(circuits.isAccountOpen).toBe(true);
  });

  test('stops after half as many failures that have gone on for long', () => {
    const { circuits, fail } = openRun();
    expect([fail([a, b], 0), fail([a], 19_999), circuits.isAccountOpen]).toEqual([2, 1, false]);
    expect([fail([b], 20_000), circuits.isAccountOpen]).toEqual([1, true]);
    const other = openRun();
    expect([other.fail([a], 0), other.fail([b], 20_000), other.circuits.isAccountOpen]).toEqual([
      1,
      1,
      false,
    ]);
    for (const applicationId of [a, b]) other.call(applicationId, 'works', 20_000);
    expect(other.fail([a, b, a, b, a], 30_000)).toBe(5);
    expect(other.circuits.isAccountOpen).toBe(false);
  });

  test.each(['works', 'unclear'] as const)('a call that %s in between', (verdict) => {
    const { circuits, fail, call } = openRun();
    fail(everyone.slice(1));
    call(c, verdict);
    fail([a]);
    // A success starts the count anew; what is unclear neither counts nor clears.
    expect(circuits.isAccountOpen).toBe(verdict === 'unclear');
  });

  test('tells the last failure as its own, and that nothing was sent', () => {
    const { circuits, fail } = openRun();
    fail(everyone);
    const { code, message, isRetryable, isOutcomeUnknown, hint, retryAfterMs } = circuits.failure!;
    expect(message).toBe(`not asked: the last 6 calls to the account failed: ${down.message}`);
    expect({ code, isRetryable, hint }).toEqual({
      code: down.code,
      isRetryable: down.isRetryable,
      hint: down.hint,
    });
    expect([isOutcomeUnknown, retryAfterMs]).toEqual([false, undefined]);
  });

  test('lets one call through after a pause, which doubles up to ten seconds', () => {
    const { fail, admits } = openRun();
    fail(everyone);
    let nowMs = 0;
    const pauses = Array.from({ length: 6 }, () => {
      const openedAt = nowMs;
      while (!admits(c, nowMs)) nowMs += 500;
      fail([c], nowMs);
      return nowMs - openedAt;
    });
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  test('lets no second one through until the first has ended', () => {
    const { fail, admits, begin, finish } = openRun();
    fail(everyone);
    const probe = begin(c);
    expect(admits(b, 60_000)).toBe(false);
    // An aborted call tells nothing: the same pause once more.
    finish(probe, c, 'unclear', 60_000);
    expect([admits(b, 60_999), admits(b, 61_000)]).toEqual([false, true]);
  });

  test('goes on at the first success, in all its applications', () => {
    const { circuits, fail, call, admits } = openRun();
    fail([...Array.from({ length: needed }, () => a), b]);
    expect(circuits.isAccountOpen).toBe(true);
    expect(call(c, 'works', 1000)).toBe(true);
    expect([a, b, c, undefined].map((applicationId) => admits(applicationId, 1000))).toEqual(
      Array.from({ length: 4 }, () => true),
    );
    expect(circuits.failure).toBeUndefined();
  });

  test('also when that success was sent before it stopped', () => {
    const { circuits, fail, begin, finish } = openRun();
    const early = begin(c);
    fail(everyone);
    finish(early, c, 'works', 0);
    expect(circuits.isAccountOpen).toBe(false);
  });

  test('failures that were sent before it stopped do not lengthen the pause', () => {
    const { fail, begin, finish, admits } = openRun();
    const early = begin(c);
    fail(everyone);
    finish(early, c, 'fails', 900);
    expect(admits(b, 1000)).toBe(true);
  });

  test('pauses for as long as the answer asks, ten seconds at most', () => {
    const pauseAfter = (retryAfterMs: number) => {
      const { circuits, admits } = openRun(new Circuits(1));
      const thrown = new VoxsyncError('target-throttled', 'later', { retryAfterMs });
      circuits.end({ call: 1, applicationId: undefined, verdict: 'fails', thrown }, 0);
      return [999, 1000, 2999, 3000, 9999, 10_000].find((nowMs) => admits(a, nowMs));
    };
    expect([0, 3000, 3_600_000].map(pauseAfter)).toEqual([1000, 3000, 10_000]);
  });
});

describe('an application', () => {
  test('that fails alone stops alone', () => {
    const { circuits, fail, call, admits } = openRun();
    expect(fail(Array.from({ length: 200 }, () => a))).toBe(needed);
    expect(circuits.failure?.message).toContain('not asked: the last 6 calls to application 1 failed');
    expect([admits(b, 0), admits(undefined, 0), circuits.isAccountOpen]).toEqual([true, true, false]);
    expect(call(b, 'works')).toBe(true);
    // What works elsewhere says nothing about it; its own success does.
    expect(admits(a, 0)).toBe(false);
    expect(call(a, 'works', 1000)).toBe(true);
    expect([admits(a, 1000), circuits.failure]).toEqual([true, undefined]);
  });

  test('that fails does not stop the others, however often they work in between', () => {
    const { circuits, fail, call } = openRun();
    const sent = Array.from({ length: 50 }, () => {
      fail([a]);
      return call(b, 'works');
    });
    expect([sent.every(Boolean), circuits.isAccountOpen]).toEqual([true, false]);
  });
});

test('a success always closes it again, and a pause is never longer than ten seconds', () => {
  const event = fc.record({
    applicationId: fc.constantFrom(a, b, c, undefined),
    verdict: fc.constantFrom('works' as const, 'fails' as const, 'unclear' as const),
    afterMs: fc.integer({ min: 0, max: 3000 }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 100 }), (events) => {
      const { call, admits } = openRun();
      let nowMs = 0;
      for (const { applicationId, verdict, afterMs } of events) {
        nowMs += afterMs;
        const isSent = call(applicationId, verdict, nowMs);
        expect(admits(applicationId, nowMs) || !isSent || verdict !== 'works').toBe(true);
        expect(admits(applicationId, nowMs + 10_000)).toBe(true);
      }
    }),
  );
});

describe('the verdict on a failed call', () => {
  const failed = (code: ErrorCode, details: ErrorDetails = {}) => new VoxsyncError(code, 'failed', details);

  test.each<[string, unknown, Verdict, Verdict]>([
    ['a refused secret', failed('secret-refused'), 'works', 'works'],
    ['a name that is taken', failed('name-taken'), 'works', 'works'],
    ['no such application', failed('application-not-found'), 'works', 'works'],
    ['a missing role', failed('target-refused', { remoteCode: 100 }), 'fails', 'fails'],
    ['no connection', failed('target-unreachable', { remoteCode: 'ECONNREFUSED' }), 'fails', 'fails'],
    ['no answer in time', failed('target-unreachable', { remoteCode: 'timeout' }), 'fails', 'fails'],
    ['throttling', failed('target-throttled', { remoteCode: 340 }), 'fails', 'fails'],
    ['a refusal before the API', failed('target-refused', { remoteCode: 403 }), 'fails', 'unclear'],
    ['an odd answer', failed('target-answer-invalid', { remoteCode: 404 }), 'fails', 'unclear'],
    ['an abort', new Error('stop'), 'unclear', 'unclear'],
    ['a defect', failed('unexpected'), 'unclear', 'unclear'],
  ])('%s', (_, thrown, read, write) => {
    expect([verdictOn(thrown, false), verdictOn(thrown, true)]).toEqual([read, write]);
  });

  test('a write that was lost may have met something that minds its value; one without an answer not', () => {
    const lost = (remoteCode: string | number) =>
      verdictOn(failed('target-unreachable', { isOutcomeUnknown: true, remoteCode }), true);
    expect(['ECONNRESET', 503, 4, 'timeout'].map(lost)).toEqual(['unclear', 'unclear', 'unclear', 'fails']);
  });
});

describe('the retry budget', () => {
  test('is used up, and fills by one a second, up to what it was', () => {
    let nowMs = 0;
    const budget = createRetryBudget(3, () => nowMs);
    const takeAll = () => Array.from({ length: 5 }, () => budget.take()).filter(Boolean).length;
    expect(takeAll()).toBe(3);
    nowMs += 2000;
    expect(takeAll()).toBe(2);
    nowMs += 3_600_000;
    expect(takeAll()).toBe(3);
  });

  test('gets back what is given back, and not more than it was', () => {
    const budget = createRetryBudget(2, () => 0);
    expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
    budget.giveBack(1);
    expect([budget.take(), budget.take()]).toEqual([true, false]);
    budget.giveBack(99);
    expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
  });
});

// The retry schedule: what it repeats, how long it waits, and how it stops.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { VoxsyncError } from '../src/errors.ts';
import { retrying, type RetrySchedule } from '../src/retry.ts';

const quick = { attempts: 4, minDelayMs: 1, maxDelayMs: 3, signal: new AbortController().signal };
const passing = new VoxsyncError('target-unreachable', 'down');

/** Fails as often as it is told, and counts. */
function failing(failure: unknown, times: number) {
  const attempts: number[] = [];
  const operation = async (attempt: number) => {
    attempts.push(attempt);
    if (attempts.length <= times) throw failure;
    return 'done';
  };
  return { attempts, operation };
}

afterEach(() => vi.restoreAllMocks());

describe('what is repeated', () => {
  test('a failure that may pass, until the operation succeeds', async () => {
    const { attempts, operation } = failing(passing, 2);
    expect(await retrying(operation, quick)).toBe('done');
    expect(attempts).toEqual([1, 2, 3]);
  });

  test('as often as there are attempts; the last failure is thrown as it is', async () => {
    const { attempts, operation } = failing(passing, 99);
    await expect(retrying(operation, quick)).rejects.toBe(passing);
    expect(attempts).toHaveLength(4);
  });

  test.each([
    ['a final failure', new VoxsyncError('target-refused', 'no')],
    ['an unknown outcome', new VoxsyncError('target-unreachable', 'lost', { isOutcomeUnknown: true })],
    ['a plain TypeError', new TypeError('a defect')],
    ['a network TypeError', new TypeError('fetch failed')],
    ['what is no error', 'a text'],
    ['nothing at all', undefined],
  ])('not %s', async (_, failure) => {
    const { attempts, operation } = failing(failure, 99);
    await expect(retrying(operation, quick)).rejects.toBe(failure);
    expect(attempts).toHaveLength(1);
  });

  test('what the caller says instead', async () => {
    const lost = new VoxsyncError('target-unreachable', 'lost', { isOutcomeUnknown: true });
    const { operation } = failing(lost, 2);
    expect(await retrying(operation, { ...quick, repeats: (error) => error.isRetryable })).toBe('done');
  });
});

describe('a budget', () => {
  /** Of so many tokens. */
  const budgetOf = (tokens: number) => ({
    tokens,
    take() {
      this.tokens -= 1;
      return this.tokens >= 0;
    },
    giveBack(count: number) {
      this.tokens += count;
    },
  });

  test('ends the attempts when it is used up', async () => {
    const { attempts, operation } = failing(passing, 99);
    await expect(retrying(operation, { ...quick, budget: budgetOf(1) })).rejects.toBe(passing);
    expect(attempts).toEqual([1, 2]);
  });

  test('gets back what led to a success, and only that', async () => {
    const budget = budgetOf(9);
    await retrying(failing(passing, 2).operation, { ...quick, budget });
    expect(budget.tokens).toBe(9);
    await expect(retrying(failing(passing, 99).operation, { ...quick, budget })).rejects.toBe(passing);
    expect(budget.tokens).toBe(6);
  });

  test('pays for no failure that is final', async () => {
    const budget = budgetOf(9);
    const final = new VoxsyncError('target-refused', 'no');
    await expect(retrying(failing(final, 9).operation, { ...quick, budget })).rejects.toBe(final);
    expect(budget.tokens).toBe(9);
  });
});

describe('how long it waits', () => {
  const delaysOf = async (failure: VoxsyncError, schedule: Partial<RetrySchedule>) => {
    const delays: number[] = [];
    const onRetry = (_: VoxsyncError, delayMs: number) => delays.push(delayMs);
    const { operation } = failing(failure, 99);
    await retrying(operation, { ...quick, ...schedule, onRetry }).catch(() => undefined);
    return delays;
  };

  test('doubling up to the limit, at the upper end of the jitter', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.9999);
    expect(await delaysOf(passing, { attempts: 6, minDelayMs: 2, maxDelayMs: 9 })).toEqual([2, 4, 8, 9, 9]);
  });

  test('not at all, at the lower end', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    expect(await delaysOf(passing, { minDelayMs: 60_000, maxDelayMs: 60_000 })).toEqual([0, 0, 0]);
  });

  test('half as long at least where the other side throttles and does not say how long', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const throttled = new VoxsyncError('target-throttled', 'a call that looks sent twice');
    expect(await delaysOf(throttled, { minDelayMs: 4, maxDelayMs: 12 })).toEqual([2, 4, 6]);
  });

  test('at least as long as the other side asks for', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const throttled = new VoxsyncError('target-throttled', 'later', { retryAfterMs: 12 });
    const startedAt = performance.now();
    expect(await delaysOf(throttled, { attempts: 2 })).toEqual([12]);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(10);
  });

  test('but ten seconds at most', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const controller = new AbortController();
    const throttled = new VoxsyncError('target-throttled', 'tomorrow', { retryAfterMs: 86_400_000 });
    const delays: number[] = [];
    const onRetry = (_: VoxsyncError, delayMs: number) => {
      delays.push(delayMs);
      controller.abort(new Error('enough'));
    };
    const { operation } = failing(throttled, 1);
    await expect(retrying(operation, { ...quick, signal: controller.signal, onRetry })).rejects.toThrow(
      'enough',
    );
    expect(delays).toEqual([10_000]);
  });
});

describe('how it stops', () => {
  test('before the first attempt, with the reason', async () => {
    const { attempts, operation } = failing(passing, 0);
    await expect(retrying(operation, { ...quick, signal: AbortSignal.abort('stop') })).rejects.toBe('stop');
    expect(attempts).toEqual([]);
  });

  test('in the middle of a wait, with the reason, whatever it is', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.9999);
    const controller = new AbortController();
    const { attempts, operation } = failing(passing, 99);
    const schedule = { attempts: 4, minDelayMs: 60_000, maxDelayMs: 60_000, signal: controller.signal };
    const outcome = retrying(operation, {
      ...schedule,
      onRetry: () => setImmediate(() => controller.abort('stop')),
    });
    await expect(outcome).rejects.toBe('stop');
    expect(attempts).toEqual([1]);
  });

  test('a success is not thrown away because of an abort that came with it', async () => {
    const controller = new AbortController();
    const operation = async () => {
      controller.abort(new Error('too late'));
      return 'written';
    };
    expect(await retrying(operation, { ...quick, signal: controller.signal })).toBe('written');
  });

  test('many waits on one signal look like no leak', async () => {
    const warnings: string[] = [];
    const collect = (warning: Error) => warnings.push(warning.name);
    process.on('warning', collect);
    const { signal } = new AbortController();
    const waits = Array.from({ length: 30 }, () =>
      retrying(failing(passing, 1).operation, { ...quick, signal }),
    );
    await Promise.all(waits);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    process.off('warning', collect);
    expect(warnings).toEqual([]);
  });
});

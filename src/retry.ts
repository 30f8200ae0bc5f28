// The retry schedule of the whole program: which failures are worth another attempt, and how long to wait before it.
import pRetry from 'p-retry';
import { VoxsyncError } from './errors.ts';
import { wait } from './wait.ts';

/** The longest wait that the other side may ask for: a call with all its attempts must end far before the next pass. */
export const retryAfterLimitMs = 10_000;

/** How often, and how far apart. */
export interface RetryTimes {
  /** Attempts in all, the first one included. */
  readonly attempts: number;
  /** Upper end of the first wait; it doubles with every attempt. */
  readonly minDelayMs: number;
  /** Upper end of any wait that the other side did not ask for. */
  readonly maxDelayMs: number;
}

/** What repetitions draw from, where many callers share what they may cost. */
export interface RetryBudget {
  /** Takes one repetition out; false when none is left. */
  take(): boolean;
  /** Puts back what was taken for something that succeeded in the end. */
  giveBack(count: number): void;
}

export interface RetrySchedule extends RetryTimes {
  readonly signal: AbortSignal;
  /** Which failures to repeat; by default those that are retryable and whose outcome is known. */
  readonly repeats?: (error: VoxsyncError) => boolean;
  /** Without it only the attempts limit the repetitions. */
  readonly budget?: RetryBudget;
  /** Called before each wait. */
  readonly onRetry?: (error: VoxsyncError, delayMs: number) => void;
}

/**
 * Runs the operation until it succeeds, fails for good, or the attempts or the budget are used up; then throws what it threw last.
 * Waits are random between nothing and their upper end, so that parallel callers spread out.
 * An abort during a wait throws the signal's reason.
 */
export async function retrying<T>(
  operation: (attempt: number) => Promise<T>,
  schedule: RetrySchedule,
): Promise<T> {
  schedule.signal.throwIfAborted();
  try {
    return await pRetry((attempt) => attemptOnce(operation, attempt, schedule), {
      retries: Math.max(0, schedule.attempts - 1),
      minTimeout: 0,
      shouldRetry: ({ error, attemptNumber }) => waitBeforeNext(error, attemptNumber, schedule),
    });
  } catch (thrown) {
    throw thrown instanceof FailedAttempt ? thrown.reason : thrown;
  }
}

/** Carries what was thrown past p-retry, which changes what is no Error and gives up on a plain TypeError. */
class FailedAttempt extends Error {
  readonly reason: unknown;

  constructor(reason: unknown) {
    super('an attempt failed');
    this.reason = reason;
  }
}

async function attemptOnce<T>(
  operation: (attempt: number) => Promise<T>,
  attempt: number,
  { budget }: RetrySchedule,
): Promise<T> {
  try {
    const result = await operation(attempt);
    budget?.giveBack(attempt - 1);
    return result;
  } catch (thrown) {
    throw new FailedAttempt(thrown);
  }
}

async function waitBeforeNext(failed: Error, attempt: number, schedule: RetrySchedule): Promise<boolean> {
  const error = failed instanceof FailedAttempt ? failed.reason : failed;
  if (!(error instanceof VoxsyncError)) return false;
  const isWorthRepeating = schedule.repeats ?? isKnownAndRetryable;
  if (!isWorthRepeating(error)) return false;
  schedule.signal.throwIfAborted();
  if (schedule.budget?.take() === false) return false;
  const delayMs = delayBefore(error, attempt, schedule);
  schedule.onRetry?.(error, delayMs);
  await wait(delayMs, schedule.signal);
  return true;
}

function isKnownAndRetryable(error: VoxsyncError): boolean {
  return error.isRetryable && !error.isOutcomeUnknown;
}

/** What the other side asks for is a lower end: the jitter comes on top. One that throttles is never asked again at once. */
function delayBefore(error: VoxsyncError, attempt: number, times: RetryTimes): number {
  const upperMs = Math.min(times.maxDelayMs, times.minDelayMs * 2 ** (attempt - 1));
  const askedMs = Math.min(error.retryAfterMs ?? 0, retryAfterLimitMs);
  const lowerMs = isThrottled(error) && askedMs === 0 ? upperMs / 2 : 0;
  return Math.round(askedMs + lowerMs + Math.random() * (upperMs - lowerMs));
}

function isThrottled({ code }: VoxsyncError): boolean {
  return code === 'target-throttled' || code === 'source-throttled';
}

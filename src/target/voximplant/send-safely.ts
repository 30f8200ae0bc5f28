// Sending a write over a connection that may lose the answer: nothing is sent again before somebody has looked.
import { VoxsyncError } from '../../errors.ts';
import { retrying, type RetrySchedule } from '../../retry.ts';
import { asInDoubt } from './doubt.ts';

export interface DoubtfulWrite {
  readonly send: () => Promise<unknown>;
  /** Whether the listing shows that it took effect. Throws where sending it again would be wrong. */
  readonly isDone: () => Promise<boolean>;
  readonly schedule: RetrySchedule;
}

/**
 * Sends the write, again where that is safe. Once the outcome of an attempt is unknown, `isDone` is asked before every
 * other one. Throws with `isOutcomeUnknown` when the attempts ran out before that was settled.
 */
export async function sendSafely({ send, isDone, schedule }: DoubtfulWrite): Promise<void> {
  let isInDoubt = false;

  async function attempt(): Promise<void> {
    if (isInDoubt && (await isDone())) return;
    try {
      await send();
    } catch (thrown) {
      if (!(thrown instanceof VoxsyncError)) throw thrown;
      isInDoubt ||= thrown.isOutcomeUnknown;
      // An attempt in doubt that took effect only after we had looked shows as a refused repetition.
      if (isInDoubt && isFinal(thrown) && (await isDone())) return;
      throw thrown;
    }
  }

  try {
    await retrying(attempt, { ...schedule, repeats: (error) => error.isRetryable });
  } catch (thrown) {
    if (!isInDoubt || !(thrown instanceof VoxsyncError) || isFinal(thrown)) throw thrown;
    schedule.signal.throwIfAborted();
    if (!(await isDoneAtLast(isDone))) throw asInDoubt(thrown);
  }
}

/** Whether a failure says what became of the one secret. */
function isFinal({ code }: VoxsyncError): boolean {
  return code === 'name-taken' || code === 'secret-refused' || code === 'secret-changed';
}

/** The attempts are used up: one last look, or the doubt goes to the caller. */
async function isDoneAtLast(isDone: () => Promise<boolean>): Promise<boolean> {
  try {
    return await isDone();
  } catch (thrown) {
    if (thrown instanceof VoxsyncError && !isFinal(thrown)) return false;
    throw thrown;
  }
}

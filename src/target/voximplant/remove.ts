// Deleting exactly the secrets named, over a connection that may lose the answer.
import { VoxsyncError } from '../../errors.ts';
import { retrying, type RetrySchedule } from '../../retry.ts';
import type { ListedSecret } from '../target.ts';
import { asInDoubt } from './doubt.ts';

export interface Removal {
  readonly secretIds: readonly number[];
  /** One DelSecret. */
  readonly remove: (secretIds: readonly number[]) => Promise<unknown>;
  /** One listing of the application, its calls not repeated. */
  readonly list: () => Promise<readonly ListedSecret[]>;
  readonly schedule: RetrySchedule;
}

/**
 * Deletes the secrets. After an unknown outcome, or a refusal (one of them may be gone already), the application is
 * listed, and only what is still there is asked for again. What a consistent listing no longer shows counts as deleted.
 */
export async function removeAll(removal: Removal): Promise<void> {
  let remaining = removal.secretIds;
  let isInDoubt = false;

  async function narrow(): Promise<boolean> {
    const listed = new Set((await removal.list()).map((secret) => secret.id));
    const before = remaining.length;
    remaining = remaining.filter((id) => listed.has(id));
    return remaining.length < before;
  }

  async function attempt(): Promise<void> {
    if (isInDoubt) await narrow();
    isInDoubt = false;
    while (remaining.length > 0) {
      try {
        await removal.remove(remaining);
        return;
      } catch (thrown) {
        if (!(thrown instanceof VoxsyncError)) throw thrown;
        isInDoubt = thrown.isOutcomeUnknown;
        // Without progress the refusal stands; with it, the rest is asked for at once.
        if (thrown.code !== 'secret-refused' || !(await narrow())) throw thrown;
      }
    }
  }

  /** The attempts are used up: one last look, or the doubt goes to the caller. */
  async function settle(failure: VoxsyncError): Promise<void> {
    removal.schedule.signal.throwIfAborted();
    try {
      await narrow();
    } catch (thrown) {
      if (!(thrown instanceof VoxsyncError)) throw thrown;
    }
    if (remaining.length > 0) throw asInDoubt(failure);
  }

  try {
    await retrying(attempt, { ...removal.schedule, repeats: (error) => error.isRetryable });
  } catch (thrown) {
    if (!isInDoubt || !(thrown instanceof VoxsyncError)) throw thrown;
    await settle(thrown);
  }
}

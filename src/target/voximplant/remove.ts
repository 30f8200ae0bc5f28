// Deleting exactly the secrets named, over a connection that may lose the answer.
import { VoxsyncError } from '../../errors.ts';
import type { RetrySchedule } from '../../retry.ts';
import type { Look } from './look.ts';
import { sendSafely } from './send-safely.ts';

export interface Removal {
  readonly secretIds: readonly number[];
  /** One DelSecret. */
  readonly remove: (secretIds: readonly number[]) => Promise<unknown>;
  readonly look: Look;
  readonly schedule: RetrySchedule;
}

/**
 * Deletes the secrets. After an unknown outcome, or a refusal (one of them may be gone already), the application is
 * listed, and only what is still there is asked for again. What the listing no longer shows counts as deleted.
 */
export async function removeAll({ secretIds, remove, look, schedule }: Removal): Promise<void> {
  let remaining = secretIds;

  /** Whether fewer are left than before. */
  async function narrow(): Promise<boolean> {
    const before = remaining.length;
    remaining = await look.remaining(remaining);
    return remaining.length < before;
  }

  async function send(): Promise<void> {
    while (remaining.length > 0) {
      try {
        await remove(remaining);
        return;
      } catch (thrown) {
        if (!(thrown instanceof VoxsyncError) || thrown.code !== 'secret-refused') throw thrown;
        // Without progress the refusal stands; with it, the rest is asked for at once.
        if (!(await narrow())) throw thrown;
      }
    }
  }

  async function isDone(): Promise<boolean> {
    await narrow();
    return remaining.length === 0;
  }

  await sendSafely({ send, isDone, schedule });
}

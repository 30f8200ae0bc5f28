// Adding a secret exactly once: the only write that would make a second thing when it is repeated.
import { VoxsyncError } from '../../errors.ts';
import type { RetrySchedule } from '../../retry.ts';
import { isShownAs } from './description.ts';
import type { Look } from './look.ts';
import { sendSafely } from './send-safely.ts';

export interface Creation {
  readonly name: string;
  readonly description: string;
  /** One AddSecret. */
  readonly add: () => Promise<unknown>;
  readonly look: Look;
  readonly schedule: RetrySchedule;
}

/**
 * Adds the secret. In doubt the application is listed: the name with our description means done; the name with another
 * one, `name-taken`; no such name, add again.
 */
export async function createOnce({ name, description, add, look, schedule }: Creation): Promise<void> {
  async function isAdded(): Promise<boolean> {
    const found = await look.find((secret) => secret.name === name);
    if (found === undefined) return false;
    if (isShownAs(found.description, description)) return true;
    throw new VoxsyncError('name-taken', `a secret named ${name} exists already`);
  }

  await sendSafely({ send: add, isDone: isAdded, schedule });
}

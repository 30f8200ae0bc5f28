// Changing a secret in place, and never on top of a change that somebody else made meanwhile.
import { VoxsyncError } from '../../errors.ts';
import type { RetrySchedule } from '../../retry.ts';
import type { SeenSecret } from '../target.ts';
import { isShownAs } from './description.ts';
import type { Look } from './look.ts';
import { sendSafely } from './send-safely.ts';

export interface InPlaceChange {
  readonly seen: SeenSecret;
  readonly description: string;
  /** One SetSecretInfo. */
  readonly set: () => Promise<unknown>;
  readonly look: Look;
  readonly schedule: RetrySchedule;
}

/**
 * Changes the secret. In doubt the application is listed: our description means done, since value and description go
 * out in one call; the one seen before means not done; any other one, or no such secret, `secret-changed`.
 */
export async function changeInPlace(change: InPlaceChange): Promise<void> {
  const { seen, description, set, look, schedule } = change;

  async function isChanged(): Promise<boolean> {
    const found = await look.find(({ id }) => id === seen.id);
    if (found === undefined) throw changedMeanwhile(seen.id, 'it is gone');
    // Before the other question: where both texts are one, the listing cannot tell, and the same call again does no harm.
    if (found.description === seen.description) return false;
    if (isShownAs(found.description, description)) return true;
    throw changedMeanwhile(seen.id, 'its description is another one');
  }

  await sendSafely({ send: set, isDone: isChanged, schedule });
}

function changedMeanwhile(id: number, how: string): VoxsyncError {
  return new VoxsyncError(
    'secret-changed',
    `the answer to a change of secret ${id} was lost, and now ${how}`,
  );
}

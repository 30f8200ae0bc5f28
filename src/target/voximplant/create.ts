// Adding a secret exactly once, over a connection that may lose the answer.
import { VoxsyncError } from '../../errors.ts';
import { retrying, type RetrySchedule } from '../../retry.ts';
import { descriptionLimit } from '../../secret/limits.ts';
import type { ListedSecret } from '../target.ts';
import { asInDoubt } from './doubt.ts';

export interface Creation {
  readonly name: string;
  readonly description: string;
  /** One AddSecret. */
  readonly add: () => Promise<unknown>;
  /** One listing of the application, its calls not repeated. */
  readonly list: () => Promise<readonly ListedSecret[]>;
  readonly schedule: RetrySchedule;
}

/**
 * Adds the secret. Once the outcome of an attempt is unknown, the application is listed before anything else:
 * the name with our description means done; the name with another one, `name-taken`; no such name, add again.
 * Throws with `isOutcomeUnknown` when the attempts ran out before that was settled.
 */
export async function createOnce(creation: Creation): Promise<void> {
  let isInDoubt = false;

  async function attempt(): Promise<void> {
    if (isInDoubt && (await isAdded(creation))) return;
    try {
      await creation.add();
    } catch (thrown) {
      if (!(thrown instanceof VoxsyncError)) throw thrown;
      isInDoubt ||= thrown.isOutcomeUnknown;
      if (isRefusal(thrown) && (await isAddedDespite(thrown, isInDoubt, creation))) return;
      throw thrown;
    }
  }

  try {
    await retrying(attempt, { ...creation.schedule, repeats: (error) => error.isRetryable });
  } catch (thrown) {
    if (!isInDoubt || !(thrown instanceof VoxsyncError) || isRefusal(thrown)) throw thrown;
    await settle(creation, thrown);
  }
}

function isRefusal(error: VoxsyncError): boolean {
  return error.code === 'name-taken' || error.code === 'secret-refused';
}

/**
 * What a refusal means. After an attempt in doubt, a call that took effect after we had listed shows as a refused
 * repetition. Otherwise the name was there before; nobody has confirmed which code says so, hence the look.
 */
async function isAddedDespite(
  refusal: VoxsyncError,
  isInDoubt: boolean,
  creation: Creation,
): Promise<boolean> {
  if (isInDoubt) return isAdded(creation);
  if (refusal.code === 'name-taken' || (await find(creation)) !== undefined) {
    throw nameTaken(creation, refusal.remoteCode);
  }
  return false;
}

/** Whether the listing shows what we add. Throws `name-taken` when it shows the name with another description. */
async function isAdded(creation: Creation): Promise<boolean> {
  const found = await find(creation);
  if (found === undefined) return false;
  if (isDescription(found.description, creation.description)) return true;
  throw nameTaken(creation);
}

async function find(creation: Creation): Promise<ListedSecret | undefined> {
  const listed = await creation.list();
  return listed.find((secret) => secret.name === creation.name);
}

/** Descriptions are cut without a word; nobody has said what the limit counts. */
function isDescription(listed: string, written: string): boolean {
  return listed === written || (listed.length >= descriptionLimit && written.startsWith(listed));
}

/** The attempts are used up: one last look, or the doubt goes to the caller. */
async function settle(creation: Creation, failure: VoxsyncError): Promise<void> {
  creation.schedule.signal.throwIfAborted();
  if (await isAddedAtLast(creation)) return;
  throw asInDoubt(failure);
}

async function isAddedAtLast(creation: Creation): Promise<boolean> {
  try {
    return await isAdded(creation);
  } catch (thrown) {
    if (thrown instanceof VoxsyncError && thrown.code !== 'name-taken') return false;
    throw thrown;
  }
}

function nameTaken(creation: Creation, remoteCode?: string | number): VoxsyncError {
  return new VoxsyncError('name-taken', `a secret named ${creation.name} exists already`, { remoteCode });
}

// Applying one application's plan: creates and updates, a look at the listing, deletes, a last look.
import PQueue from 'p-queue';
import type { Delete } from '../plan/change.ts';
import type { Target } from '../target/target.ts';
import { confirmOutcomes, lookAgain } from './confirm.ts';
import type { Outcome } from './outcome.ts';
import { removeUnchanged } from './remove-unchanged.ts';
import type { ApplyContext, Writing } from './write.ts';
import { waiting, writeEach } from './write.ts';

/** The queue in which an account's writes wait. */
export function writeQueue(target: Target): PQueue {
  return new PQueue({ concurrency: target.concurrency });
}

/**
 * Applies one application's plan. Never throws: whatever goes wrong is the outcome of its change.
 *
 * Nothing is deleted while a create of the same application is not confirmed: a secret that moved to a new name is not
 * taken away from its readers while the new one is missing. After an interruption nothing new starts, the looks
 * included: the next pass looks again.
 */
export async function applyApplication(writing: Writing, context: ApplyContext): Promise<readonly Outcome[]> {
  const { changes } = writing.plan;
  const creating = changes.filter(({ kind }) => kind === 'create');
  const updating = changes.filter(({ kind }) => kind !== 'create' && kind !== 'delete');
  const deleting = changes.filter((change) => change.kind === 'delete');
  const creates = await writeEach(creating, writing, context);
  const written = [...creates, ...(await writeEach(updating, writing, context))];
  const isLookNeeded = deleting.length > 0 || written.some(({ result }) => result !== 'waiting');
  if (context.stopping.aborted || !isLookNeeded) return [...written, ...postponed(deleting, writing)];
  const look = await lookAgain(writing, context.aborting);
  const confirmed = await confirmOutcomes(written, look, writing, context.aborting);
  const isCreated = confirmed.every(({ change, result }) => change.kind !== 'create' || result === 'done');
  if (!isCreated || deleting.length === 0) return [...confirmed, ...postponed(deleting, writing)];
  return [...confirmed, ...(await removeUnchanged(deleting, look, writing, context))];
}

function postponed(deletes: readonly Delete[], writing: Writing): readonly Outcome[] {
  return deletes.map((change) => waiting(change, writing));
}

// Applying one application's plan: creates, a look at the listing, updates, a look, deletes, a last look.
import PQueue from 'p-queue';
import type { Change, Create, Delete } from '../plan/change.ts';
import type { Target } from '../target/target.ts';
import type { Look } from './confirm.ts';
import { confirmOutcomes, lookAgain } from './confirm.ts';
import type { Outcome } from './outcome.ts';
import type { ChangeInPlace } from './unchanged.ts';
import { keepUnchanged } from './unchanged.ts';
import type { ApplyContext, Writing } from './write.ts';
import { deleteAll, waiting, writeEach } from './write.ts';

/** The queue in which an account's writes wait. */
export function writeQueue(target: Target): PQueue {
  return new PQueue({ concurrency: target.concurrency });
}

/**
 * Applies one application's plan. Never throws: whatever goes wrong is the outcome of its change.
 *
 * A secret that is there is changed or deleted only where a listing made just before still shows what was decided about.
 * Nothing is deleted while a create of the same application is not confirmed: a secret that moved to a new name is not
 * taken away from its readers while the new one is missing. After an interruption nothing new starts, the looks
 * included: the next pass looks again.
 */
export async function applyApplication(writing: Writing, context: ApplyContext): Promise<readonly Outcome[]> {
  const { changes } = writing.plan;
  const deleting = changes.filter((change) => change.kind === 'delete');
  const creates = await writeEach(changes.filter(isCreate), writing, context);
  const written = [...creates, ...(await updateUnchanged(changes.filter(isUpdate), writing, context))];
  const isLookNeeded = deleting.length > 0 || written.some(({ result }) => result !== 'waiting');
  if (context.stopping.aborted || !isLookNeeded) return [...written, ...postponed(deleting, writing)];
  const look = await lookAgain(writing, context.aborting);
  const confirmed = await confirmOutcomes(written, look, writing, context.aborting);
  const isCreated = confirmed.every(({ change, result }) => change.kind !== 'create' || result === 'done');
  if (!isCreated || deleting.length === 0) return [...confirmed, ...postponed(deleting, writing)];
  return [...confirmed, ...(await removeUnchanged(deleting, look, writing, context))];
}

type Update = Exclude<ChangeInPlace, Delete>;

function isCreate(change: Change): change is Create {
  return change.kind === 'create';
}

function isUpdate(change: Change): change is Update {
  return change.kind !== 'create' && change.kind !== 'delete';
}

async function updateUnchanged(
  updates: readonly Update[],
  writing: Writing,
  context: ApplyContext,
): Promise<readonly Outcome[]> {
  if (updates.length === 0) return [];
  if (context.stopping.aborted) return postponed(updates, writing);
  const look = await lookAgain(writing, context.aborting);
  const { unchanged, others } = await keepUnchanged(updates, look, writing, context);
  return [...others, ...(await writeEach(unchanged, writing, context))];
}

async function removeUnchanged(
  deletes: readonly Delete[],
  look: Look,
  writing: Writing,
  context: ApplyContext,
): Promise<readonly Outcome[]> {
  const { unchanged, others } = await keepUnchanged(deletes, look, writing, context);
  const removed = await deleteAll(unchanged, writing, context);
  if (context.stopping.aborted || removed.length === 0) return [...removed, ...others];
  const lastLook = await lookAgain(writing, context.aborting);
  return [...(await confirmOutcomes(removed, lastLook, writing, context.aborting)), ...others];
}

function postponed(changes: readonly Change[], writing: Writing): readonly Outcome[] {
  return changes.map((change) => waiting(change, writing));
}

// Deletes, each only where the secret still is what the plan was made from.
import { VoxsyncError } from '../errors.ts';
import type { Delete } from '../plan/change.ts';
import type { Look } from './confirm.ts';
import { confirmOutcomes, lookAgain } from './confirm.ts';
import { problemOf } from './held.ts';
import type { Outcome } from './outcome.ts';
import type { ApplyContext, Writing } from './write.ts';
import { deleteAll, told } from './write.ts';

/** Deletes what a second listing shows with the same id, name and description as the first; the rest is left alone. */
export async function removeUnchanged(
  deletes: readonly Delete[],
  look: Look,
  writing: Writing,
  context: ApplyContext,
): Promise<readonly Outcome[]> {
  const isHidden = look.isListed && !look.isWhole && deletes.some(({ id }) => !look.byId.has(id));
  const settled = isHidden ? await lookAgain(writing, context.aborting, 'whole') : look;
  if (!settled.isListed) {
    return deletes.map((change) => told(failed(change, settled.problem, writing), context));
  }
  const isSame = ({ id }: Delete) => {
    const [before, now] = [writing.seen.get(id), settled.byId.get(id)];
    return before !== undefined && now?.name === before.name && now.description === before.description;
  };
  const removed = await deleteAll(deletes.filter(isSame), writing, context);
  const others = deletes
    .filter((change) => !isSame(change))
    .map((change) => told(failed(change, changedMeanwhile(change), writing), context));
  if (context.stopping.aborted || removed.length === 0) return [...removed, ...others];
  const lastLook = await lookAgain(writing, context.aborting);
  return [...(await confirmOutcomes(removed, lastLook, writing, context.aborting)), ...others];
}

function failed(change: Delete, problem: VoxsyncError, { plan }: Writing): Outcome {
  return { place: plan.place, change, result: 'failed', problem: problemOf(problem) };
}

function changedMeanwhile({ name }: Delete): VoxsyncError {
  return new VoxsyncError('secret-changed', `${name} is not what it was when its delete was decided`);
}

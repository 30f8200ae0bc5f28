// Changes to what is there, each only where a second listing shows what the plan was made from.
import { VoxsyncError } from '../errors.ts';
import type { Change, Create } from '../plan/change.ts';
import type { Look } from './confirm.ts';
import { lookAgain } from './confirm.ts';
import { problemOf } from './held.ts';
import type { Outcome } from './outcome.ts';
import type { ApplyContext, Writing } from './write.ts';
import { told, waiting } from './write.ts';

/** A change that goes to a secret by its id. */
export type ChangeInPlace = Exclude<Change, Create>;

/** Which changes may be made, and what became of the others. */
export interface Checked<C extends ChangeInPlace> {
  readonly unchanged: readonly C[];
  readonly others: readonly Outcome[];
}

/**
 * Lets through what a look shows with the same id, name and description as the listing before it; a whole look, where
 * this one may hide some of them. So no single answer can lead a write to the secret of somebody else, and no marker is
 * believed that is not there any more. An interruption is no failure: what has not begun waits.
 */
export async function keepUnchanged<C extends ChangeInPlace>(
  changes: readonly C[],
  look: Look,
  writing: Writing,
  context: ApplyContext,
): Promise<Checked<C>> {
  const isHidden = look.isListed && !look.isWhole && changes.some(({ id }) => !look.byId.has(id));
  const settled = isHidden ? await lookAgain(writing, context.aborting, 'whole') : look;
  if (context.stopping.aborted) {
    return { unchanged: [], others: changes.map((change) => waiting(change, writing)) };
  }
  const refused = changes.flatMap((change): readonly Outcome[] => {
    const problem = problemWith(change, settled, writing);
    if (problem === undefined) return [];
    const { place } = writing.plan;
    return [told({ place, change, result: 'failed', problem: problemOf(problem) }, context)];
  });
  const isRefused = new Set<Change>(refused.map(({ change }) => change));
  return { unchanged: changes.filter((change) => !isRefused.has(change)), others: refused };
}

/** Why a change may not be made after a look; `undefined` where it may. */
function problemWith(
  { kind, id, name }: ChangeInPlace,
  look: Look,
  { seen }: Writing,
): VoxsyncError | undefined {
  if (!look.isListed) return look.problem;
  const [before, now] = [seen.get(id), look.byId.get(id)];
  const isSame = before?.name === name && now?.name === name && now.description === before.description;
  if (isSame) return undefined;
  return new VoxsyncError('secret-changed', `${name} is not what it was when its ${kind} was decided`);
}

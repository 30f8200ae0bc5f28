// Applying a whole plan: the applications are looked up once more, then worked on side by side.
import type { VoxsyncError } from '../errors.ts';
import type { ApplicationPlan, Plan } from '../plan/plan.ts';
import { applyApplication, writeQueue } from './apply.ts';
import type { Evidence } from './evidence.ts';
import { problemOf } from './held.ts';
import type { Outcome } from './outcome.ts';
import { misplacedSites } from './places.ts';
import type { Sightings } from './sightings.ts';
import { placeKey } from './sites.ts';
import type { ApplyContext } from './write.ts';
import { told } from './write.ts';

/** Where the changes of one application are made, what was seen there, and the values they write. */
export type Ground = Pick<Evidence, 'site' | 'actual' | 'values'>;

/** The outcomes of all changes. Never throws: what goes wrong is the outcome of its change. */
export async function applyPlan(
  plan: Plan,
  grounds: readonly Ground[],
  sightings: Sightings,
  context: ApplyContext,
): Promise<readonly Outcome[]> {
  const byPlace = new Map(grounds.map((one) => [placeKey(one.site.place), one]));
  const works = plan.applications.flatMap((application): readonly Work[] => {
    const ground = byPlace.get(placeKey(application.place));
    return ground === undefined || application.changes.length === 0 ? [] : [{ application, ground }];
  });
  const sites = works.map(({ ground }) => ground.site);
  const misplaced = context.stopping.aborted ? new Map() : await misplacedSites(sites, context.aborting);
  const queues = new Map(sites.map(({ target }) => [target, writeQueue(target)]));
  const outcomes = works.map(async ({ application, ground: { site, values, actual } }) => {
    const problem = misplaced.get(site);
    if (problem !== undefined) return refused(application, problem, context);
    const seen = new Map(actual.map((secret) => [secret.id, secret]));
    const queue = queues.get(site.target) ?? writeQueue(site.target);
    return applyApplication(
      { plan: application, target: site.target, values, seen, queue, sightings },
      context,
    );
  });
  return (await Promise.all(outcomes)).flat();
}

/** One application's plan, and where it is applied. */
interface Work {
  readonly application: ApplicationPlan;
  readonly ground: Ground;
}

/** An interruption is no failure: what has not begun waits. */
function refused(
  { place, changes }: ApplicationPlan,
  error: VoxsyncError,
  context: ApplyContext,
): readonly Outcome[] {
  if (context.stopping.aborted) return changes.map((change) => ({ place, change, result: 'waiting' }));
  const problem = problemOf(error);
  return changes.map((change) => told({ place, change, result: 'failed', problem }, context));
}

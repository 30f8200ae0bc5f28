// Applying a whole plan: applications side by side.
import type { Plan } from '../plan/plan.ts';
import { applyApplication, writeQueue } from './apply.ts';
import type { Evidence } from './evidence.ts';
import type { Outcome } from './outcome.ts';
import type { Sightings } from './sightings.ts';
import type { ApplyContext } from './write.ts';

/** Where the changes of one application are made, what was seen there, and the values they write. */
export type Ground = Pick<Evidence, 'site' | 'actual' | 'values'>;

/** The outcomes of all changes. Never throws: what goes wrong is the outcome of its change. */
export async function applyPlan(
  plan: Plan,
  grounds: readonly Ground[],
  sightings: Sightings,
  context: ApplyContext,
): Promise<readonly Outcome[]> {
  const queues = new Map(grounds.map(({ site }) => [site.target, writeQueue(site.target)]));
  const byPlace = new Map(grounds.map((one) => [placeKey(one.site.place), one]));
  const outcomes = plan.applications.map(async (application) => {
    const one = byPlace.get(placeKey(application.place));
    const queue = one === undefined ? undefined : queues.get(one.site.target);
    if (one === undefined || queue === undefined || application.changes.length === 0) return [];
    const { site, values, actual } = one;
    const seen = new Map(actual.map((secret) => [secret.id, secret]));
    return applyApplication(
      { plan: application, target: site.target, values, seen, queue, sightings },
      context,
    );
  });
  return (await Promise.all(outcomes)).flat();
}

function placeKey({
  account,
  applicationId,
}: {
  readonly account: string;
  readonly applicationId: number;
}): string {
  return `${account} ${applicationId}`;
}

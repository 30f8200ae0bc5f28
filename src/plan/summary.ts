// How many decisions of a plan are of which kind: counted in one go, since a plan may hold a hundred thousand.
import type { Decision } from './change.ts';
import type { Plan } from './plan.ts';

/** By kind. Of those that leave a secret as it should be, the ones in sync are ours; the rest is none of our business. */
export type Summary = Readonly<Record<Exclude<Decision['kind'], 'none'> | 'inSync', number>>;

/** Counts every decision of the plan. */
export function summarise({ applications }: Pick<Plan, 'applications'>): Summary {
  const counts = {
    create: 0,
    update: 0,
    adopt: 0,
    delete: 0,
    release: 0,
    conflict: 0,
    hold: 0,
    skip: 0,
    orphan: 0,
    inSync: 0,
  };
  for (const { changes, standing } of applications) {
    for (const { kind } of changes) counts[kind] += 1;
    for (const { kind, reason } of standing) {
      if (kind !== 'none') counts[kind] += 1;
      else if (reason === 'in-sync') counts.inSync += 1;
    }
  }
  return counts;
}

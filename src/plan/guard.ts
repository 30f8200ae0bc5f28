// The guard: a plan that deletes or replaces too much refuses that part of itself, with the numbers; the rest goes ahead.
import type { Change, Refusal, Standing } from './change.ts';
import { replacesValue } from './change.ts';
import type { ApplicationPlan } from './plan.ts';
import type { Rules, Threshold } from './rules.ts';

/** Percentages say little about a handful of secrets. */
const percentAppliesFrom = 10;

/** What the guard makes of one application's plan. */
export interface Guarded {
  /** Without what is refused. */
  readonly plan: ApplicationPlan;
  readonly refused: readonly Change[];
}

/** Holds back the destructive part that passes a threshold. */
export function guardApplication(plan: ApplicationPlan, rules: Pick<Rules, 'guard'>): Guarded {
  const deletes = plan.changes.filter((change) => change.kind === 'delete');
  const updates = plan.changes.filter(replacesValue);
  const refusals = [
    ...refuse(
      'deletes',
      deletes.length,
      plan.ownedCount,
      emptiedLimit(plan, deletes.length) ?? passed('maxDeletes', deletes.length, plan, rules),
    ),
    ...refuse('updates', updates.length, plan.ownedCount, passed('maxUpdates', updates.length, plan, rules)),
  ];
  const isHeld = (change: Change) =>
    refusals.some(({ kind }) => (kind === 'deletes' ? change.kind === 'delete' : replacesValue(change)));
  const refused = plan.changes.filter(isHeld);
  const changes = plan.changes.filter((change) => !isHeld(change));
  const standing = [...plan.standing, ...refused.map(toStanding)];
  return { plan: { ...plan, changes, standing, refusals }, refused };
}

/** An application that loses everything looks more like a mistake in the config than like an intention. */
function emptiedLimit(plan: ApplicationPlan, deleteCount: number): string | undefined {
  return plan.wantedCount === 0 && deleteCount > 0 ? 'nothing is desired here any more' : undefined;
}

function passed(
  key: 'maxDeletes' | 'maxUpdates',
  count: number,
  plan: ApplicationPlan,
  { guard }: Pick<Rules, 'guard'>,
): string | undefined {
  const threshold: Threshold = guard[key];
  if (threshold.count !== undefined && count > threshold.count)
    return `guard.${key}.count ${threshold.count}`;
  const percent = threshold.percent;
  if (percent === undefined || plan.ownedCount < percentAppliesFrom) return undefined;
  return count * 100 > percent * plan.ownedCount ? `guard.${key}.percent ${percent}` : undefined;
}

function refuse(
  kind: Refusal['kind'],
  count: number,
  ownedCount: number,
  limit: string | undefined,
): readonly Refusal[] {
  return limit === undefined ? [] : [{ kind, count, ownedCount, limit }];
}

function toStanding({ name, kind, reason, problem, from }: Change): Standing {
  return { kind: 'hold', name, reason: 'guard-refused', detail: `${kind}: ${reason}`, problem, from };
}

// The three policies: filters from changes to changes, each allowing what the one before allows and more.
import type { Change, Standing } from './change.ts';
import type { ApplicationPlan } from './plan.ts';
import type { Policy } from './rules.ts';

const allows: Readonly<Record<Policy, (change: Change) => boolean>> = {
  'create-only': (change) => change.kind === 'create',
  'upsert-only': (change) => !isPruning(change),
  sync: () => true,
};

/** Takes out of a plan what the policy does not allow, and says so in its standing decisions. */
export function applyPolicy(plan: ApplicationPlan, policy: Policy): ApplicationPlan {
  const changes = plan.changes.filter(allows[policy]);
  const refused = plan.changes.filter((change) => !allows[policy](change)).map(toStanding);
  return { ...plan, changes, standing: [...plan.standing, ...refused] };
}

/** A delete, or the mark that announces one. */
export function isPruning(change: Change): boolean {
  return change.kind === 'delete' || change.reason === 'prune-grace';
}

function toStanding(change: Change): Standing {
  const { name, problem, from } = change;
  if (isPruning(change)) return { kind: 'orphan', name, reason: 'no-longer-desired', problem, from };
  return {
    kind: 'skip',
    name,
    reason: 'policy-forbids',
    detail: `${change.kind}: ${change.reason}`,
    problem,
    from,
  };
}

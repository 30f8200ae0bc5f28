// The three policies: filters from changes to changes, each allowing what the one before allows and more.
import type { Change, Decision, Standing } from './change.ts';
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
  const standing = policy === 'sync' ? plan.standing : plan.standing.map(dropWait);
  return { ...plan, changes, standing: [...standing, ...refused] };
}

/** A delete, the mark that announces one, or the wait for it. */
export function isPruning(decision: Decision): boolean {
  return decision.kind === 'delete' || decision.reason === 'prune-grace';
}

/** What waits for its delete waits for nothing where the policy never deletes. */
function dropWait(standing: Standing): Standing {
  return isPruning(standing) ? toOrphan(standing) : standing;
}

function toOrphan({ name, problem, from }: Decision): Standing {
  return { kind: 'orphan', name, reason: 'no-longer-desired', problem, from };
}

function toStanding(change: Change): Standing {
  if (isPruning(change)) return toOrphan(change);
  const { name, problem, from } = change;
  return {
    kind: 'skip',
    name,
    reason: 'policy-forbids',
    detail: `${change.kind}: ${change.reason}`,
    problem,
    from,
  };
}

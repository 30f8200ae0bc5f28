// A plan for machines. The format has a version of its own: fields are added, never changed or taken away, within one.
import type { Decision } from '../change.ts';
import type { Plan } from '../plan.ts';
import { actionOf, notable, summarise } from './labels.ts';

/** Grows when a reader of the former one would be misled. */
export const planFormatVersion = 1;

/** The plan as plain data, without values, and without the secrets that are in sync. */
export function planDocument(plan: Plan) {
  return {
    version: planFormatVersion,
    id: plan.id,
    summary: summarise(plan),
    applications: plan.applications.map((application) => ({
      ...application.place,
      owned: application.ownedCount,
      wanted: application.wantedCount,
      refusals: application.refusals,
      decisions: notable(application).map(decisionDocument),
    })),
  };
}

function decisionDocument(decision: Decision) {
  const { kind, name, reason, from } = decision;
  return {
    kind,
    action: actionOf(decision),
    name,
    reason,
    ...('id' in decision ? { id: decision.id } : {}),
    ...(decision.detail !== undefined ? { detail: decision.detail } : {}),
    ...(decision.problem !== undefined ? { problem: decision.problem } : {}),
    ...(from === undefined ? {} : { place: from.place, from: from.references, versions: from.versions }),
  };
}

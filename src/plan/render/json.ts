// A plan for machines. The format has a version of its own: fields are added, never changed or taken away, within one.
import type { Decision } from '../change.ts';
import type { ApplicationPlan, Plan } from '../plan.ts';
import { summarise } from '../summary.ts';
import { actionOf, notable } from './labels.ts';

/** Grows when a reader of the former one would be misled. */
const planFormatVersion = 1;

/**
 * The plan as one JSON document, without values, and without the secrets that are in sync: a line an application, so that
 * a large plan needs no large text. `failures` are what could not be looked at.
 */
export function* planJson(plan: Plan, failures: readonly unknown[]): Generator<string> {
  const { id, applications } = plan;
  const head = JSON.stringify({ version: planFormatVersion, id, summary: summarise(plan) });
  yield `${head.slice(0, -1)},"applications":[`;
  for (const [index, application] of applications.entries()) {
    yield `${JSON.stringify(applicationDocument(application))}${index + 1 < applications.length ? ',' : ''}`;
  }
  yield `],"failures":${JSON.stringify(failures)}}`;
}

function applicationDocument(application: ApplicationPlan) {
  return {
    ...application.place,
    owned: application.ownedCount,
    wanted: application.wantedCount,
    refusals: application.refusals,
    decisions: notable(application).map(decisionDocument),
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

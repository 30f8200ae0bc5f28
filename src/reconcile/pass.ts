// One pass through the flow.
import { applyPolicy } from '../plan/policy.ts';
import type { Plan } from '../plan/plan.ts';
import { composePlan, planApplication } from '../plan/plan.ts';
import { applyPlan } from './apply-plan.ts';
import type { Evidence } from './evidence.ts';
import { gather } from './gather.ts';
import type { Report } from './report.ts';
import type { PassRequest, PassSetup, Prepared, Proposal } from './setup.ts';
import type { Sightings } from './sightings.ts';
import type { ApplyContext } from './write.ts';

/**
 * Reads, plans, applies and reports:
 *
 * - survey: which applications the mappings name; meanwhile what does not depend on that;
 * - sources ──read──▶ desired, target ──list──▶ actual, side by side;
 * - the listing once more, where the plan hangs on what it does not show;
 * - the values that decide, and no other;
 * - plan ─▶ policy ─▶ guard, without any I/O;
 * - apply: a look at the applications, creates, a look at the listing, updates, a look, deletes, a last look;
 * - report.
 *
 * Throws only when it is interrupted before anything was planned.
 */
export async function runPass(setup: PassSetup, request: PassRequest): Promise<Report> {
  const prepared = await preparePass(setup, request);
  request.onPlan?.(prepared);
  return finishPass(prepared, setup, request);
}

/** The second half: applies, and reports. A dry run applies nothing. */
export async function finishPass(
  { startedAt, evidence, plan, failures, warnings }: Proposal,
  setup: PassSetup,
  request: PassRequest,
): Promise<Report> {
  request.onStage?.('applying');
  const outcomes = request.isDryRun
    ? []
    : await applyPlan(plan, evidence, setup.sightings, contextOf(request));
  const durationMs = setup.clock().getTime() - startedAt.getTime();
  const { isDryRun, stopping, aborting } = request;
  return Object.freeze({
    startedAt,
    durationMs,
    isDryRun,
    isInterrupted: stopping.aborted,
    isCut: aborting.aborted,
    plan,
    outcomes,
    failures,
    warnings,
  });
}

/** Reads and plans. `planner` makes the plan from what was read; that of a pass, unless told otherwise. */
export async function preparePass(
  setup: PassSetup,
  request: PassRequest,
  planner: Planner = makePlan,
): Promise<Prepared> {
  const startedAt = setup.clock();
  request.onStage?.('reading');
  const { evidence, failures, warnings } = await gather(setup, request);
  request.onStage?.('planning');
  // A dry run leaves no trace, so that the run after it finds everything as it did.
  if (!request.isDryRun) noteVerified(evidence, setup.sightings);
  for (const { values } of evidence) for (const value of values.values()) request.onValue?.(value);
  return { startedAt, evidence, plan: planner(evidence, setup, request), failures, warnings };
}

export type Planner = typeof makePlan;

/** plan ─▶ policy ─▶ guard. */
function makePlan(evidence: readonly Evidence[], setup: PassSetup, request: PassRequest): Plan {
  const { policy } = setup.rules;
  const wished = evidence.map(({ site, desired, actual, rules }) =>
    applyPolicy(planApplication(site.place, desired, actual, rules), policy),
  );
  return composePlan(wished, setup.rules, request.acknowledged);
}

function contextOf({ stopping, aborting, onOutcome = () => {} }: PassRequest): ApplyContext {
  return { stopping, aborting, onOutcome };
}

/** A suspect whose value turned out to be right need not be read again while nobody touches it. */
function noteVerified(evidence: readonly Evidence[], sightings: Sightings): void {
  for (const { site, actual } of evidence) {
    for (const secret of actual) {
      const { described, fingerprint } = secret;
      if (described.ownership === 'marked' && described.marker.fingerprint === fingerprint)
        sightings.note(site.place, secret);
    }
  }
}

// One pass through the flow.
import { applyPolicy } from '../plan/policy.ts';
import type { Plan } from '../plan/plan.ts';
import { composePlan, planApplication } from '../plan/plan.ts';
import type { Rules } from '../plan/rules.ts';
import type { SecretBox } from '../secret/box.ts';
import type { Target } from '../target/target.ts';
import type { ApplicationPattern } from './applications.ts';
import type { ApplyContext } from './write.ts';
import type { Ground } from './apply-plan.ts';
import { applyPlan } from './apply-plan.ts';
import type { CollectContext, Collected } from './collect.ts';
import { collectDesired } from './collect.ts';
import type { Evidence } from './evidence.ts';
import type { Holdings } from './expansion.ts';
import { gatherEvidence } from './evidence.ts';
import { assureWhole, collectActual } from './listings.ts';
import type { Mapping } from './mapping.ts';
import type { Outcome } from './outcome.ts';
import type { Sources } from './readings.ts';
import { Readings } from './readings.ts';
import type { Report } from './report.ts';
import type { Failure, Site, Targets } from './sites.ts';
import { surveySites } from './sites.ts';
import type { Shard } from './shard.ts';
import type { Sightings } from './sightings.ts';
import type { Templates } from './template.ts';

/** What a pass works with; the same from pass to pass. */
export interface PassSetup {
  readonly mappings: readonly Mapping[];
  readonly sources: Sources;
  readonly targets: Targets;
  readonly templates: Templates;
  readonly rules: Omit<Rules, 'keyTag' | 'now'>;
  /** Kept between passes. */
  readonly sightings: Sightings;
  readonly clock: () => Date;
}

/** What is asked of one pass. */
export interface PassRequest {
  readonly isDryRun: boolean;
  /** A plan id that may pass the guard. */
  readonly acknowledged?: string | undefined;
  readonly stopping: AbortSignal;
  readonly aborting: AbortSignal;
  /** Applications to keep to, by name, id or glob; all of the config's without it. */
  readonly only?: readonly ApplicationPattern[] | undefined;
  /** The share of the applications that this process works on; all of them without it. */
  readonly shard?: Shard | undefined;
  /** Called before anything is applied. */
  readonly onPlan?: ((prepared: Prepared) => void) | undefined;
  readonly onStage?: ((stage: Stage) => void) | undefined;
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined;
  /** Called with everything that was read or composed, for a log that strikes it out. */
  readonly onValue?: ((value: SecretBox) => void) | undefined;
}

export type Stage = 'reading' | 'planning' | 'applying';

/** A plan, and all that is needed to apply it. */
export interface Proposal {
  readonly startedAt: Date;
  readonly evidence: readonly Ground[];
  readonly plan: Plan;
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
  /** What else there is to say to a person who looks at the plan. */
  readonly notes?: readonly string[] | undefined;
}

/** The first half of a pass: all that is known, and the plan that follows from it. Nothing is written. */
export interface Prepared extends Proposal {
  readonly evidence: readonly Evidence[];
}

/**
 * Reads, plans, applies and reports:
 *
 * - survey: which applications the mappings name;
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

interface Gathered {
  readonly evidence: readonly Evidence[];
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
}

async function gather(setup: PassSetup, request: PassRequest): Promise<Gathered> {
  const { stopping: signal, only, shard } = request;
  const readings = new Readings(setup.sources, signal, request.onValue);
  const context: CollectContext = { owner: setup.rules.owner, readings, templates: setup.templates };
  const survey = await surveySites(setup.mappings, setup.targets, { only, shard, signal });
  const listing = collectActual(survey.sites, setup.sightings, signal);
  const holdingsOf = (site: Site): Holdings | undefined =>
    // Who wants every value to be compared reads every value.
    setup.rules.drift === 'values'
      ? undefined
      : {
          rules: rulesFor(site.target, setup),
          keys: site.target.keys,
          actual: async () => (await listing).actual.get(site)?.secrets ?? [],
        };
  const [desired, listed] = await Promise.all([collectDesired(survey.sites, context, holdingsOf), listing]);
  const collected = survey.sites.flatMap((site): readonly Collected[] => {
    const [wants, holds] = [desired.get(site), listed.actual.get(site)];
    if (wants === undefined || holds === undefined) return [];
    const { secrets: actual, isWhole } = holds;
    return [{ site, rules: rulesFor(site.target, setup), desired: wants, actual, isWhole }];
  });
  const assured = await assureWhole(collected, setup.sightings, signal);
  return {
    evidence: await gatherEvidence(assured.collected, context, signal),
    failures: [...survey.failures, ...listed.failures, ...assured.failures],
    warnings: collected.flatMap((one) => one.desired.warnings),
  };
}

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

/** The rules for one account. Markers hold the server's time, so that passes on machines with different clocks agree. */
export function rulesFor(target: Target, setup: PassSetup): Rules {
  return { ...setup.rules, keyTag: target.keys.tag, now: target.now() };
}

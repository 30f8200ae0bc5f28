// A plan for people: grouped by application, a line a secret, a summary at the end. No value and no length of one.
import type { Decision } from '../change.ts';
import { reasons } from '../reason.ts';
import type { ApplicationPlan, Place, Plan } from '../plan.ts';
import type { Refusal } from '../change.ts';
import {
  acknowledgementText,
  actionOf,
  notable,
  provenanceText,
  reasonText,
  summaryText,
  symbols,
} from './labels.ts';

/** How parts of a line are coloured; each function gives its text back where there are no colours. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly change: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

/** The lines of the plan, one by one, so that a large plan needs no large text. */
export function* planLines(plan: Plan, paint: Paint, failureCount = 0): Generator<string> {
  for (const application of plan.applications) yield* applicationLines(application, plan.id, paint);
  const limits = failureCount === 0 ? '' : ', without what could not be looked at';
  yield `${paint.strong('Plan:')} ${summaryText(plan)}${limits}.`;
}

function* applicationLines(application: ApplicationPlan, planId: string, paint: Paint): Generator<string> {
  const decisions = notable(application);
  if (decisions.length === 0 && application.refusals.length === 0) return;
  yield paint.strong(placeText(application.place));
  const widths = {
    name: widest(decisions.map(({ name }) => name)),
    action: widest(decisions.map(actionOf)),
    reason: widest(decisions.map(reasonText)),
  };
  for (const decision of decisions) yield* decisionLines(decision, widths, paint);
  for (const refusal of application.refusals) yield* refusalLines(refusal, planId, paint);
  yield '';
}

/** `call-center (account main, application 1001)`. */
export function placeText({ application, account, applicationId }: Place): string {
  return `${application} (account ${account}, application ${applicationId})`;
}

interface Widths {
  readonly name: number;
  readonly action: number;
  readonly reason: number;
}

function* decisionLines(decision: Decision, widths: Widths, paint: Paint): Generator<string> {
  const { kind, name, from } = decision;
  const head = `  ${symbols[kind]} ${name.padEnd(widths.name)}  ${actionOf(decision).padEnd(widths.action)}`;
  const reason = reasonText(decision).padEnd(widths.reason);
  yield `${painted(decision, paint)(head)}  ${reason}  ${paint.faint(provenanceText(from))}`.trimEnd();
  const { problem } = decision;
  if (problem !== undefined) yield `      ${paint.bad('error:')} ${problem.message}`;
  const hint = problem?.hint ?? (kind === 'conflict' ? reasons[decision.reason] : undefined);
  if (hint !== undefined) yield `      ${paint.faint('hint:')}  ${hint}`;
}

function* refusalLines(
  { kind, count, ownedCount, limit }: Refusal,
  planId: string,
  paint: Paint,
): Generator<string> {
  const counted = `${count} ${count === 1 ? kind.slice(0, -1) : kind}`;
  const owned = ownedCount === 1 ? 'the one secret that is ours' : `${ownedCount} secrets that are ours`;
  yield `  ${paint.bad('refused:')} ${counted} of ${owned} (${limit}).`;
  yield `  ${paint.faint('hint:')}    ${acknowledgementText(planId)}`;
}

function painted({ kind }: Decision, paint: Paint): (text: string) => string {
  if (kind === 'create' || kind === 'adopt') return paint.good;
  if (kind === 'update' || kind === 'release') return paint.change;
  return kind === 'delete' || kind === 'conflict' ? paint.bad : paint.faint;
}

/** The longest length, for columns. */
export function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 0);
}

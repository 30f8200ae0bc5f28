// The immutable summary of a pass, and the exit code that follows from it.
import { exitCodeOf, exitCodes } from '../errors.ts';
import type { Change } from '../plan/change.ts';
import type { Plan } from '../plan/plan.ts';
import { summarise } from '../plan/summary.ts';
import type { Problem } from '../secret/desired.ts';
import type { Outcome } from './outcome.ts';
import type { Failure } from './sites.ts';

export interface Report {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly isDryRun: boolean;
  readonly isInterrupted: boolean;
  /** Interrupted so urgently that what was in flight was cut off. */
  readonly isCut: boolean;
  readonly plan: Plan;
  /** Empty for a dry run. */
  readonly outcomes: readonly Outcome[];
  /** Accounts and applications that could not be worked on at all. */
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
}

/** How many secrets met which end. */
export interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly adopted: number;
  readonly deleted: number;
  readonly released: number;
  readonly inSync: number;
  readonly pending: number;
  readonly failed: number;
  readonly held: number;
  readonly conflicts: number;
  readonly skipped: number;
  readonly orphaned: number;
}

/** Counts outcomes and standing decisions. */
export function countsOf({ plan, outcomes }: Pick<Report, 'plan' | 'outcomes'>): Counts {
  const { hold, conflict, skip, orphan, inSync, ...planned } = summarise(plan);
  const done = (kind: Change['kind']) =>
    outcomes.filter(({ result, change }) => result === 'done' && change.kind === kind).length;
  const finished = outcomes.filter(({ result }) => result !== 'waiting').length;
  return {
    created: done('create'),
    updated: done('update'),
    adopted: done('adopt'),
    deleted: done('delete'),
    released: done('release'),
    inSync,
    pending: Object.values(planned).reduce((sum, count) => sum + count, 0) - finished,
    failed: outcomes.filter(({ result }) => result === 'failed').length,
    held: hold,
    conflicts: conflict,
    skipped: skip,
    orphaned: orphan,
  };
}

/** Every error of a pass as data: of accounts, of secrets whatever is done with them, of writes. */
export function problemsOf({ failures, plan, outcomes }: Report): readonly Problem[] {
  const decisions = plan.applications.flatMap(({ changes, standing }) => [changes, standing]);
  return [failures, ...decisions, outcomes].flatMap(problemsIn);
}

function problemsIn(told: readonly { readonly problem?: Problem | undefined }[]): readonly Problem[] {
  return told.filter(({ problem }) => problem !== undefined).flatMap(({ problem }) => problem ?? []);
}

/** From the most to the least telling; a pass with several kinds of trouble exits with the first. */
const precedence = [
  exitCodes.targetRefused,
  exitCodes.sourceRefused,
  exitCodes.unexpected,
  exitCodes.unreachable,
  exitCodes.usage,
  exitCodes.guardRefused,
  exitCodes.someFailed,
] as const;

/** The exit code of a pass that was not interrupted. A conflict means that a wanted secret is not in place: some failed. */
export function exitCodeOfReport(report: Report): number {
  const { applications } = report.plan;
  const codes = new Set(problemsOf(report).map(({ code }) => exitCodeOf(code)));
  if (applications.some(({ refusals }) => refusals.length > 0)) codes.add(exitCodes.guardRefused);
  const isOpen = applications.some(({ standing }) =>
    standing.some(({ kind, reason }) => kind === 'conflict' && reason !== 'not-ours'),
  );
  if (isOpen || report.outcomes.some(({ result }) => result !== 'done')) codes.add(exitCodes.someFailed);
  return mostTelling(codes);
}

/** The exit code for several troubles at once. */
export function mostTelling(codes: ReadonlySet<number>): number {
  return precedence.find((code) => codes.has(code)) ?? exitCodes.converged;
}

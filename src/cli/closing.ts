// The last lines of a command that writes: what was done, what failed and why, and whether it was cut short.
import { actionOf, hasChanges } from '../plan/render/labels.ts';
import type { Outcome } from '../reconcile/outcome.ts';
import type { Counts, Report } from '../reconcile/report.ts';
import { countsOf } from '../reconcile/report.ts';
import { placePrefix } from './failures.ts';
import type { FailurePaint } from './failures.ts';

/** How many failed changes are told one by one. */
const toldCount = 20;

/** `untouched` is said where nothing was to be written. */
export function* closingLines(report: Report, untouched: string, paint: FailurePaint): Generator<string> {
  if (report.isDryRun) yield untouched;
  else if (hasChanges(report.plan)) yield `Applied: ${appliedText(countsOf(report))}.`;
  yield* failedLines(report.outcomes, paint);
  if (!report.isInterrupted) return;
  const inFlight = report.isCut ? 'was cut off' : 'has finished';
  yield `Interrupted: what was in flight ${inFlight}; the next run goes on from here.`;
}

/** A line each, and below those that share it, what to do. */
function* failedLines(outcomes: readonly Outcome[], paint: FailurePaint): Generator<string> {
  const failed = outcomes.filter(({ result }) => result === 'failed');
  const told = failed.slice(0, toldCount);
  for (const [index, { place, change, problem }] of told.entries()) {
    const where = placePrefix(place.account, place.application);
    const message = problem === undefined ? '' : `: ${problem.message}`;
    yield `${paint.bad('error:')} ${where}${actionOf(change)} ${change.name}${message}`;
    const hint = problem?.hint;
    if (hint !== undefined && hint !== told[index + 1]?.problem?.hint)
      yield `${paint.faint('hint:')}  ${hint}`;
  }
  const restCount = failed.length - told.length;
  if (restCount > 0) yield `And ${restCount} more failed; the log tells of each.`;
}

function appliedText(counts: Counts): string {
  const parts = [
    [counts.created, 'created'],
    [counts.updated, 'updated'],
    [counts.adopted, 'adopted'],
    [counts.deleted, 'deleted'],
    [counts.released, 'released'],
    [counts.failed, 'failed'],
    [counts.pending, 'not started'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return told.length === 0 ? 'nothing' : told.join(', ');
}

// The last lines of a command that writes: what was done, and whether it was cut short.
import { hasChanges } from '../plan/render/labels.ts';
import type { Counts, Report } from '../reconcile/report.ts';
import { countsOf } from '../reconcile/report.ts';

/** `untouched` is said where nothing was to be written. */
export function* closingLines(report: Report, untouched: string): Generator<string> {
  if (report.isDryRun) yield untouched;
  else if (hasChanges(report.plan)) yield `Applied: ${appliedText(countsOf(report))}.`;
  if (!report.isInterrupted) return;
  const inFlight = report.isCut ? 'was cut off' : 'has finished';
  yield `Interrupted: what was in flight ${inFlight}; the next run goes on from here.`;
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

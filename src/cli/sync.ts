// `voxsync sync`: one pass, shown before it is applied.
import { logReport } from '../observe/pass-log.ts';
import { hasChanges } from '../plan/render/labels.ts';
import { planLines } from '../plan/render/text.ts';
import type { Counts, Report } from '../reconcile/report.ts';
import { countsOf, exitCodeOfReport } from '../reconcile/report.ts';
import type { AcknowledgementOptions } from './acknowledgement.ts';
import { acknowledgedPlan, staleAcknowledgement } from './acknowledgement.ts';
import { failureLines } from './failures.ts';
import type { Io } from './io.ts';
import { writeLines } from './io.ts';
import { runOnce } from './once.ts';
import { paintFor } from './paint.ts';
import type { SessionOptions } from './session.ts';

export interface SyncOptions extends SessionOptions, AcknowledgementOptions {
  readonly dryRun?: boolean | undefined;
  readonly application?: readonly string[] | undefined;
}

/** Applies the plan and tells the exit code. */
export async function syncCommand(options: SyncOptions, io: Io): Promise<number> {
  const paint = paintFor(io);
  const { report, logger } = await runOnce(options, io, {
    isDryRun: options.dryRun === true,
    only: options.application,
    acknowledged: acknowledgedPlan(options, io),
    onPlan: ({ plan, failures }) => {
      writeLines(io.out, failureLines(failures, paint));
      writeLines(io.out, planLines(plan, paint, failures.length));
    },
  });
  logReport(logger, report);
  writeLines(io.out, closingLines(report, staleAcknowledgement(report.plan, options, io)));
  return io.interruption.exitCode() ?? exitCodeOfReport(report);
}

function* closingLines(report: Report, stale: string | undefined): Generator<string> {
  if (report.isDryRun) yield 'Dry run: nothing was written.';
  else if (hasChanges(report.plan)) yield `Applied: ${appliedText(countsOf(report))}.`;
  if (report.isInterrupted)
    yield 'Interrupted: what was in flight has finished; the next sync goes on from here.';
  if (stale !== undefined) yield stale;
}

function appliedText(counts: Counts): string {
  const parts = [
    [counts.created, 'created'],
    [counts.updated, 'updated'],
    [counts.adopted, 'adopted'],
    [counts.deleted, 'deleted'],
    [counts.failed, 'failed'],
    [counts.pending, 'not started'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return told.length === 0 ? 'nothing' : told.join(', ');
}

// `voxsync sync`: one pass, shown before it is applied.
import { logReport } from '../observe/pass-log.ts';
import { planLines } from '../plan/render/text.ts';
import type { ApplicationPattern } from '../reconcile/applications.ts';
import { exitCodeOfReport } from '../reconcile/report.ts';
import type { AcknowledgementOptions } from './acknowledgement.ts';
import { acknowledgedPlan, staleAcknowledgement } from './acknowledgement.ts';
import { closingLines } from './closing.ts';
import { failureLines } from './failures.ts';
import type { Io } from './io.ts';
import { writeLines } from './io.ts';
import { runOnce } from './once.ts';
import { paintFor } from './paint.ts';
import type { SessionOptions } from './session.ts';
import { readShard } from './shard.ts';

const staleMessage = 'acknowledgement had no effect';

export interface SyncOptions extends SessionOptions, AcknowledgementOptions {
  readonly dryRun?: boolean | undefined;
  readonly application?: readonly ApplicationPattern[] | undefined;
  readonly shard?: string | undefined;
  readonly verifyValues?: boolean | undefined;
}

/** Applies the plan and tells the exit code. */
export async function syncCommand(options: SyncOptions, io: Io): Promise<number> {
  const paint = paintFor(io);
  const { report, logger } = await runOnce(options, io, {
    isDryRun: options.dryRun === true,
    only: options.application,
    shard: readShard(options.shard, io),
    acknowledged: acknowledgedPlan(options, io),
    isVerifying: options.verifyValues,
    onPlan: ({ plan, failures }) => {
      writeLines(io.out, failureLines(failures, paint));
      writeLines(io.out, planLines(plan, paint, failures.length));
    },
  });
  logReport(logger, report);
  const stale = staleAcknowledgement(report.plan, options, io);
  writeLines(io.out, closingLines(report, 'Dry run: nothing was written.', paint));
  if (stale !== undefined) {
    logger.warn({ planId: report.plan.id, acknowledged: acknowledgedPlan(options, io) }, staleMessage);
    writeLines(io.out, [stale]);
  }
  return io.interruption.exitCode() ?? exitCodeOfReport(report);
}

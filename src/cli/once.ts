// One pass for a command: session, progress and log around it.
import type { Logger } from '../observe/logger.ts';
import { logOutcome } from '../observe/pass-log.ts';
import type { PassRequest } from '../reconcile/pass.ts';
import { runPass } from '../reconcile/pass.ts';
import type { Report } from '../reconcile/report.ts';
import type { Io } from './io.ts';
import { startProgress } from './progress.ts';
import type { SessionOptions } from './session.ts';
import { openSession, withComposition } from './session.ts';

export type OnceRequest = Pick<PassRequest, 'isDryRun' | 'only' | 'acknowledged' | 'onPlan'>;

/** Runs one pass. Logs go to stderr. */
export async function runOnce(
  options: SessionOptions,
  io: Io,
  wish: OnceRequest,
): Promise<{ report: Report; logger: Logger }> {
  const progress = startProgress(io);
  try {
    const session = await openSession(options, io, io.err);
    const { stopping, aborting } = io.interruption;
    const report = await withComposition(session, ({ setup }) =>
      runPass(setup, {
        ...wish,
        stopping,
        aborting,
        onValue: (value) => session.mask.add(value),
        onStage: (stage) => progress.onStage(stage),
        onPlan: (prepared) => {
          progress.onPlan(prepared.plan);
          wish.onPlan?.(prepared);
        },
        onOutcome: (outcome) => {
          progress.onOutcome();
          logOutcome(session.logger, outcome);
        },
      }),
    );
    return { report, logger: session.logger };
  } finally {
    progress.done();
  }
}

// One pass for a command: session, progress and log around it.
import type { Logger } from '../observe/logger.ts';
import { logOutcome } from '../observe/pass-log.ts';
import type { PassRequest, PassSetup } from '../reconcile/setup.ts';
import { runPass } from '../reconcile/pass.ts';
import type { Report } from '../reconcile/report.ts';
import type { Io } from './io.ts';
import type { Progress } from './progress.ts';
import { startProgress } from './progress.ts';
import type { Session, SessionOptions } from './session.ts';
import { openSession, withComposition } from './session.ts';

export interface OnceRequest extends Pick<
  PassRequest,
  'isDryRun' | 'only' | 'shard' | 'acknowledged' | 'onPlan'
> {
  /** Reads and compares every value in this pass, whatever the config says of drift. */
  readonly isVerifying?: boolean | undefined;
}

/** Runs one pass. Logs go to stderr. */
export async function runOnce(
  options: SessionOptions,
  io: Io,
  wish: OnceRequest,
): Promise<{ report: Report; logger: Logger }> {
  const session = await openSession(options, io, io.err);
  const { isVerifying, ...request } = wish;
  const report = await withComposition(session, ({ setup }) =>
    withProgress(io, (progress) =>
      runPass(setupFor(setup, { isVerifying }), requestFor(request, session, io, progress)),
    ),
  );
  return { report, logger: session.logger };
}

/** The setup of a pass that may read every value. */
export function setupFor(
  setup: PassSetup,
  { isVerifying = false }: Pick<OnceRequest, 'isVerifying'>,
): PassSetup {
  return isVerifying ? { ...setup, rules: { ...setup.rules, drift: 'values' } } : setup;
}

/** Does the work under a line of progress, which is gone when it is done. */
export async function withProgress<T>(io: Io, work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = startProgress(io);
  try {
    return await work(progress);
  } finally {
    progress.done();
  }
}

/** The request for a pass, or a half of one, that tells log and progress how it goes. */
export function requestFor(wish: OnceRequest, session: Session, io: Io, progress: Progress): PassRequest {
  const { stopping, aborting } = io.interruption;
  return {
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
  };
}

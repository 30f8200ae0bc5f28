// `voxsync run`: passes on a schedule until the process is asked to end.
import { asVoxsyncError, isAbort, kindOf, VoxsyncError } from '../errors.ts';
import { logOutcome, logReport } from '../observe/pass-log.ts';
import { startHealthServer } from '../observe/health.ts';
import type { Metrics } from '../observe/metrics.ts';
import { createMetrics } from '../observe/metrics.ts';
import type { PassRequest, PassSetup } from '../reconcile/setup.ts';
import { runPass } from '../reconcile/pass.ts';
import type { Loop } from '../reconcile/schedule.ts';
import { startLoop } from '../reconcile/schedule.ts';
import type { AcknowledgementOptions } from './acknowledgement.ts';
import { acknowledgedPlan } from './acknowledgement.ts';
import type { Io } from './io.ts';
import type { Session, SessionOptions } from './session.ts';
import { openSession, withComposition } from './session.ts';
import { readShard } from './shard.ts';

export interface RunOptions extends SessionOptions, AcknowledgementOptions {
  readonly shard?: string | undefined;
}

/** Runs until SIGINT or SIGTERM; a pass under way finishes what is in flight. Logs go to stdout, for containers. */
export async function runCommand(options: RunOptions, io: Io): Promise<number> {
  const wish = { acknowledged: acknowledgedPlan(options, io), shard: readShard(options.shard, io) };
  const session = await openSession({ ...options, logFormat: options.logFormat ?? 'json' }, io, io.out);
  const metrics = createMetrics();
  await withComposition(session, ({ setup }) => runUntilStopped({ session, setup, metrics, wish }, io), {
    onRequest: (facts) => metrics.onRequest(facts),
    onPace: (facts) => metrics.onPace(facts),
  });
  session.logger.info({ exitCode: io.interruption.exitCode() ?? 0 }, 'stopped');
  return io.interruption.exitCode() ?? 0;
}

/** What every pass of the process works with. */
interface Work {
  readonly session: Session;
  readonly setup: PassSetup;
  readonly metrics: Metrics;
  /** An acknowledgement fits one plan, so it may be offered to every pass. */
  readonly wish: Pick<PassRequest, 'acknowledged' | 'shard'>;
}

async function runUntilStopped(work: Work, io: Io): Promise<void> {
  const { session, metrics } = work;
  const { config, logger } = session;
  const { stopping } = io.interruption;
  let hasFinishedPass = false;
  const pass = async (): Promise<void> => {
    await onePass(work, io);
    hasFinishedPass = true;
  };
  // The server listens before the first pass, so that a probe meets an answer and not a closed port.
  let loop: Loop | undefined;
  const health = {
    isAlive: () => loop?.isAlive() ?? true,
    isReady: () => hasFinishedPass && !stopping.aborted,
  };
  const server = await startHealthServer(config.server, health, metrics).catch((error: unknown) => {
    const { host, port } = config.server;
    throw new VoxsyncError('config-invalid', `server: cannot listen on ${host}:${port}: ${kindOf(error)}`, {
      hint: 'Choose another `host` or `port` under `server`; port 0 takes a free one.',
    });
  });
  try {
    logger.info({ schedule: config.schedule, host: config.server.host, port: server.port }, 'started');
    loop = startLoop(config.schedule, pass, stopping);
    await loop.ended;
  } finally {
    await server.close();
  }
}

/** A pass that fails is told and counted; the next one tries again. */
async function onePass({ setup, session, metrics, wish }: Work, io: Io): Promise<void> {
  const { logger, mask } = session;
  const { stopping, aborting } = io.interruption;
  try {
    const onOutcome = logOutcome.bind(undefined, logger);
    const onValue = mask.add.bind(mask);
    const request = { ...wish, isDryRun: false, stopping, aborting, onOutcome, onValue };
    const report = await runPass(setup, request);
    logReport(logger, report);
    metrics.onReport(report);
  } catch (error) {
    if (isAbort(error, stopping)) return;
    logger.error({ error: asVoxsyncError(error, 'unexpected', 'the pass broke off') }, 'pass failed');
  } finally {
    mask.clear();
  }
}

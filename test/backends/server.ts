// Starts one server on a free loopback port with a data folder of its own, and awaits its readiness.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { locateBackend } from './locate.ts';
import { startProcess, type GuardedProcess } from './process.ts';
import type { BackendName } from './recipes.ts';

const readyTimeoutMs = 60_000;
const probeTimeoutMs = 2000;
const probeIntervalMs = 50;
const attempts = 3;

export interface ServerPlan {
  /** The arguments of the executable. */
  args(port: number, folder: string): readonly string[];
  /** Whether the server on that port answers as ready; a rejection counts as not yet. */
  isReady(port: number, folder: string, signal: AbortSignal): Promise<boolean>;
}

export interface RunningServer {
  readonly port: number;
  /** Its data folder, which is also its HOME. */
  readonly folder: string;
  /** Ends the server and removes its folder; may be called again. */
  readonly stop: () => Promise<void>;
}

/** Starts a built server. Rejects, with the tail of its output, when it ends or is not ready within a minute. */
export async function startServer(name: BackendName, plan: ServerPlan): Promise<RunningServer> {
  const location = locateBackend(name);
  if ('missing' in location) throw new Error(location.missing);
  for (let attempt = 1; ; attempt += 1) {
    const folder = await mkdtemp(join(tmpdir(), `voxsync-${name}-`));
    const port = await findFreePort();
    const child = startProcess({
      command: location.path,
      args: plan.args(port, folder),
      environment: childEnvironment(folder),
      folder,
      disposableFolder: folder,
    });
    const stop = async (): Promise<void> => {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    };
    const failure = await awaitReadiness(child, (signal) => plan.isReady(port, folder, signal));
    if (failure === undefined) return { port, folder, stop };
    await stop();
    // Somebody else may have taken the port between our look and the server's start.
    const portWasTaken = /address already in use|in use by another program/i.test(child.tail());
    if (!portWasTaken || attempt === attempts) throw new Error(describeFailure(name, failure, child));
  }
}

/** Nothing of the caller's VAULT_*, AWS_* or MOTO_* variables may change what a test sees. */
function childEnvironment(folder: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder };
}

async function awaitReadiness(
  child: GuardedProcess,
  isReady: (signal: AbortSignal) => Promise<boolean>,
): Promise<string | undefined> {
  const deadline = Date.now() + readyTimeoutMs;
  while (Date.now() < deadline) {
    const answeredReady = await isReady(AbortSignal.timeout(probeTimeoutMs)).catch(() => false);
    if (child.hasEnded()) return 'ended before it was ready';
    if (answeredReady) return undefined;
    await Promise.race([child.ended, delay(probeIntervalMs)]);
  }
  return `was not ready within ${readyTimeoutMs / 1000} s`;
}

function describeFailure(name: string, failure: string, child: GuardedProcess): string {
  return `${name} ${failure}; its output ended with:\n${child.tail() || '(nothing)'}`;
}

/** A TCP port of 127.0.0.1 that nobody listens on; nothing keeps it free. */
export async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has no port');
  return address.port;
}

// A child process that cannot outlive this one, nor can those it started; with the tail of what it wrote.
import { spawn, type ChildProcess } from 'node:child_process';

const tailLength = 4000;
const graceMs = 3000;

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child: nothing of ours is added. */
  readonly environment: NodeJS.ProcessEnv;
  /** The working folder; ours when not given. */
  readonly folder?: string;
  /** A folder to remove when this process dies without stopping the child. */
  readonly disposableFolder?: string;
}

export interface GuardedProcess {
  /** Resolves when the child has ended, with its exit code; `undefined` when a signal ended it or it never began. */
  readonly ended: Promise<number | undefined>;
  /** Whether the child has ended. */
  hasEnded(): boolean;
  /** The last characters of its stdout and stderr. */
  tail(): string;
  /** SIGTERM, then SIGKILL after three seconds; resolves when the child has ended. */
  stop(): Promise<void>;
}

/** Starts a child process; one that cannot be started ends at once, and `tail()` says why. */
export function startProcess(options: ProcessOptions): GuardedProcess {
  const { command, args, environment, folder } = options;
  const child = spawn(command, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Leader of a group of its own, so that what it starts (Vault its plugins, Go its compiler) can be ended with it.
    detached: true,
  });
  const watchdog = child.pid === undefined ? undefined : watch(child.pid, options.disposableFolder ?? '');
  let tail = '';
  let hasEnded = false;
  const keep = (text: string): void => {
    tail = (tail + text).slice(-tailLength);
  };
  // Both streams: Vault tells on stdout why it did not start.
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const ended = new Promise<number | undefined>((resolve) => {
    child.once('error', (error) => (tail += error.message));
    child.once('exit', () => killGroup(child));
    child.once('close', (code) => {
      hasEnded = true;
      watchdog?.kill('SIGKILL');
      resolve(code ?? undefined);
    });
  });
  return { ended, hasEnded: () => hasEnded, tail: () => tail.trim(), stop: () => stopChild(child, ended) };
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}

/** Ends what a child has left behind. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has left nothing.
  }
}

/**
 * A shell that waits for its stdin to end, which happens when this process dies in whatever way, SIGKILL
 * and `process.exit` included, and then kills the child and its group. An `exit` handler would miss every signal.
 */
function watch(pid: number, disposableFolder: string): ChildProcess {
  const script = 'read -r _; kill -KILL "-$1"; rm -rf "$2"';
  const watchdog = spawn('/bin/sh', ['-c', script, 'sh', String(pid), disposableFolder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // In a session of its own, so that a Ctrl-C or a kill of our process group leaves it alive to clean up.
    detached: true,
  });
  watchdog.unref();
  return watchdog;
}

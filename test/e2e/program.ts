// Starts the built program as a user does: a process of its own, with a folder and an environment of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

/** The bundle under test; VOXSYNC_BUNDLE names another one, such as that of an installed package. */
const bundle = process.env['VOXSYNC_BUNDLE'] ?? fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const longestMs = 100_000;
/** Long enough for a machine with much else to do; whoever waits goes on as soon as it can. */
export const patience = { timeout: 60_000, interval: 10 } as const;

/** What a process left behind. */
export interface Finished {
  /** `undefined` when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** What a person types, where there is a terminal. */
  readonly type: (text: string) => void;
  /** Throws when the process does not end in time, or made Node warn. */
  readonly ended: Promise<Finished>;
}

export interface Surroundings {
  /** The working folder, which is also HOME. */
  readonly folder: string;
  /** Where temporary files go. */
  readonly temporary: string;
  /** The whole environment besides PATH, HOME and TMPDIR. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Another Node than the one that runs the tests. */
  readonly node?: string | undefined;
  /** Another copy of the program than the one under test. */
  readonly program?: string | undefined;
  /** Another user than the one that runs the tests; needs root. */
  readonly uid?: number | undefined;
}

/** Starts `voxsync` with these arguments. */
export function startProgram(args: readonly string[], surroundings: Surroundings): Running {
  const { node = process.execPath, program = bundleFile() } = surroundings;
  return startCommand(node, [program, ...args], surroundings);
}

/** Copies the program into a folder, for a user who may not read ours; gives the file to start. */
export async function copyProgram(folder: string): Promise<string> {
  const from = path.dirname(bundleFile());
  await cp(from, path.join(folder, 'dist'), { recursive: true });
  return path.join(folder, 'dist', path.basename(bundleFile()));
}

/** Starts a line of shell in which `voxsync` is a command, and $VOXSYNC its text. */
export function startShell(line: string, surroundings: Surroundings): Running {
  const text = `"${process.execPath}" "${bundleFile()}"`;
  const script = `voxsync() { ${text} "$@"; }\nexport VOXSYNC='${text}'\n${line}`;
  return startCommand('bash', ['-c', script], surroundings);
}

/** The program that gives a command a terminal; not every machine has it. */
export const script = '/usr/bin/script';

/** Starts `voxsync` on a terminal of its own, on which a test types. Everything that it writes comes on stdout. */
export function startOnTerminal(args: readonly string[], surroundings: Surroundings): Running {
  const line = [process.execPath, bundleFile(), ...args].map((word) => `'${word}'`).join(' ');
  return startCommand(script, ['-qec', `exec ${line}`, '/dev/null'], surroundings, true);
}

/** What it has written, once that matches. */
export async function untilWritten(text: () => string, pattern: RegExp): Promise<RegExpExecArray> {
  return vi.waitUntil(() => pattern.exec(text()), patience);
}

function bundleFile(): string {
  if (existsSync(bundle)) return bundle;
  throw new Error(`${bundle} is missing: run \`npm run build\` first, or \`npm test\`, which does it`);
}

/** None outlives the tests. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

function startCommand(
  command: string,
  args: readonly string[],
  surroundings: Surroundings,
  isTypedOn = false,
): Running {
  const { folder, temporary, env, uid } = surroundings;
  const child = spawn(command, args, {
    cwd: folder,
    // Nothing of ours may change what a test sees: no VOXSYNC_*, AWS_*, VAULT_* or NODE_* variable.
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: temporary, ...env },
    stdio: 'pipe',
    ...(uid !== undefined && { uid }),
  });
  // A process that is gone takes no more keys.
  child.stdin.on('error', () => {});
  if (!isTypedOn) child.stdin.end();
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  living.add(child);
  const ended = new Promise<Finished>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`voxsync ${args.slice(1).join(' ')} did not end; stderr:\n${stderr.slice(-2000)}`));
    }, longestMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      living.delete(child);
      // Node tells on stderr of leaks and of what it will take away; a user would see it.
      if (/^\(node:\d+\)/m.test(stderr)) reject(new Error(`Node warned:\n${stderr.slice(-2000)}`));
      resolve({ exitCode: code ?? undefined, stdout, stderr });
    });
  });
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
    type: (text) => void child.stdin.write(text),
    ended,
  };
}

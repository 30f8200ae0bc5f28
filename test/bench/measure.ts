// Runs one Node program to its end: how long it took, and the CPU time and memory it used.
import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const reporter = fileURLToPath(new URL('programs/report-usage.cjs', import.meta.url));
const longestMs = 30 * 60_000;

/** What is run. */
export interface Command {
  /** The arguments of Node. */
  readonly args: readonly string[];
  /** The working folder, which is also HOME and the place of temporary files. */
  readonly folder: string;
  /** The whole environment besides PATH, HOME and TMPDIR. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a program used, itself and its threads. */
export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  /** What voxsync says of its own pass, in milliseconds: without the process around it. */
  readonly passMs?: number;
}

/** Runs a command, and measures it. Rejects, with the end of its stderr, when it exits with anything but 0. */
export async function runMeasured(command: Command): Promise<Usage> {
  const { wallMs, told, stderr } = await run(reporting(command));
  const passMs = /"durationMs":(\d+).*"msg":"pass finished"/.exec(stderr)?.[1];
  const usage = { wallMs, ...readUsage(told) };
  return passMs === undefined ? usage : { ...usage, passMs: Number(passMs) };
}

/** A program under way whose stdout is for the caller to read. */
export interface Reporting {
  readonly child: ChildProcess;
  /** What it used, for `readUsage`; whole when it has ended, like its stderr. */
  readonly told: Promise<string>;
  readonly stderr: Promise<string>;
}

/** Starts a command that goes on until it is asked to end, and then tells what it used. */
export function startReporting(command: Command): Reporting {
  const child = startNode(reporting(command));
  const [, , stderr, told] = child.stdio;
  return { child, stderr: textOf(stderr), told: textOf(told) };
}

/** What the reporter told at the end of a program. */
export function readUsage(told: string): Pick<Usage, 'cpuMs' | 'peakMiB'> {
  const { peakKiB, cpuMicros }: { peakKiB: number; cpuMicros: number } = JSON.parse(told);
  return { cpuMs: cpuMicros / 1000, peakMiB: peakKiB / 1024 };
}

function reporting(command: Command): Command {
  return { ...command, args: ['--require', reporter, ...command.args] };
}

/** Runs a command with nothing added to it, and tells the milliseconds from its start to its end. */
export async function runTimed(command: Command, exitCodes: readonly number[] = [0]): Promise<number> {
  const { wallMs } = await run(command, exitCodes);
  return wallMs;
}

/** Runs a command of ours and gives what it wrote to stdout. */
export async function runForOutput(command: Command): Promise<string> {
  const { stdout } = await run(command);
  return stdout;
}

const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** Starts Node with a command; whatever ends this process ends it too. Its file descriptor 3 is a pipe to us. */
export function startNode(
  { args, folder, environment }: Command,
  [stdout, stderr]: readonly (number | 'pipe')[] = ['pipe', 'pipe'],
): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    // Nothing of ours may change what is measured: no NODE_*, AWS_*, VAULT_* or VOXSYNC_* variable.
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, ...environment },
    stdio: ['ignore', stdout, stderr, 'pipe'],
  });
  living.add(child);
  child.once('exit', () => living.delete(child));
  return child;
}

interface Ended {
  readonly wallMs: number;
  readonly stdout: string;
  readonly stderr: string;
  /** On file descriptor 3. */
  readonly told: string;
}

async function run(command: Command, exitCodes: readonly number[] = [0]): Promise<Ended> {
  // Into files: who reads from the other end of a pipe takes CPU time from what is measured, line by line.
  const files = ['stdout.txt', 'stderr.txt'].map((name) => join(command.folder, name));
  const handles = await Promise.all(files.map((file) => open(file, 'w')));
  const startedAt = performance.now();
  const child = startNode(
    command,
    handles.map(({ fd }) => fd),
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), longestMs);
  const told = textOf(child.stdio[3]);
  const { wallMs, exitCode } = await new Promise<{ wallMs: number; exitCode: number | null }>(
    (resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve({ wallMs: performance.now() - startedAt, exitCode: code }));
    },
  );
  clearTimeout(timer);
  await Promise.all(handles.map((handle) => handle.close()));
  const [stdout = '', stderr = ''] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  if (exitCode !== null && exitCodes.includes(exitCode)) return { wallMs, told: await told, stdout, stderr };
  const end = `${stdout.slice(-1000)}\n${stderr.slice(-2000)}`;
  throw new Error(`${command.args.join(' ')} ended with ${exitCode ?? 'a signal'}:\n${end}`);
}

async function textOf(stream: Readable | Writable | null | undefined): Promise<string> {
  return stream instanceof Readable ? text(stream) : '';
}

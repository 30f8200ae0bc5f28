// The passes that one `voxsync run` makes after its first: by a process that is warm, again and again.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Calls, EmulatorProcess } from './emulator.ts';
import { readUsage, startReporting, type Command, type Usage } from './measure.ts';
import { median } from './numbers.ts';

/** The first of them is not measured. */
const passCount = 11;
const longestMs = 5 * 60_000;
/** What a process exits with that was asked to end by SIGTERM. */
const exitCodeOfStopped = 143;

/** One pass, by the median, and the peak of the process. Its CPU time is not known apart from that of the start. */
export interface LaterPass extends Omit<Usage, 'cpuMs'> {
  /** Of one pass. A part of a call counts as a call, so that no kind of call disappears. */
  readonly calls: Calls;
}

/** Runs until enough passes are made, and ends it. Rejects when one of them fails, or the end is not a clean one. */
export async function measureLaterPasses(command: Command, emulator: EmulatorProcess): Promise<LaterPass> {
  const { child, told, stderr } = startReporting(command);
  const exited = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), longestMs);
  try {
    const passes = await readPasses(child, emulator);
    const [exitCode] = await exited;
    if (exitCode !== exitCodeOfStopped || passes.length < passCount) {
      const made = `made ${passes.length} passes and ended with ${exitCode ?? 'a signal'}`;
      throw new Error(`${command.args.join(' ')} ${made}:\n${(await stderr).slice(-2000)}`);
    }
    // It may have made more of them before the signal came.
    const calls = shareOf(await emulator.takeCalls(), passes.length - 1);
    const passMs = median(passes.slice(1, passCount));
    return { calls, wallMs: passMs, passMs, peakMiB: readUsage(await told).peakMiB };
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}

/** The milliseconds of each pass, read to the end of the log. Calls count anew after the first pass. */
async function readPasses(child: ChildProcess, emulator: EmulatorProcess): Promise<readonly number[]> {
  const passes: number[] = [];
  for await (const line of createInterface(child.stdout!)) {
    const { level, msg, durationMs }: LogLine = JSON.parse(line);
    if (level === 'error') throw new Error(`a pass of \`voxsync run\` went wrong: ${line}`);
    if (msg !== 'pass finished') continue;
    passes.push(durationMs);
    if (passes.length === 1) await emulator.takeCalls();
    if (passes.length === passCount) child.kill('SIGTERM');
  }
  return passes;
}

interface LogLine {
  readonly level: string;
  readonly msg: string;
  /** Only where a pass has finished. */
  readonly durationMs: number;
}

function shareOf(calls: Calls, passes: number): Calls {
  return Object.fromEntries(Object.entries(calls).map(([kind, count]) => [kind, Math.ceil(count / passes)]));
}

// The process edge: where results and logs go, the command, and the exit code.
import { isatty } from 'node:tty';
import { errorText } from './failures.ts';
import type { Io } from './io.ts';
import { asVoxsyncError } from '../errors.ts';
import type { Interruption } from '../signals.ts';
import { runProgram } from './program.ts';

/** Runs the command of the process and sets its exit code. */
export async function runProcess(interruption: Interruption): Promise<void> {
  const io = processIo(interruption);
  // `voxsync plan 2>&1 | head` closes the pipe early; that is no failure of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  try {
    process.exitCode = await runProgram(process.argv, io);
  } catch (error) {
    process.exitCode = exitCodeOfThrown(error, io);
  } finally {
    interruption.release();
  }
}

const err = (text: string): void => void process.stderr.write(text);

function processIo(interruption: Interruption): Io {
  const ask = async (question: string): Promise<string | undefined> => {
    const { askOn } = await import('./ask.ts');
    return askOn({ input: process.stdin, write: err, signal: interruption.stopping }, question);
  };
  return {
    out: (text) => void process.stdout.write(text),
    err,
    isOutTerminal: isatty(1),
    isErrTerminal: isatty(2),
    // The question goes to stderr, so that it is seen where results go into a file.
    ask: isatty(0) && isatty(2) ? ask : undefined,
    env: process.env,
    interruption,
  };
}

/** An interruption is told by its signal's code alone; every other failure with its reason and what to do. */
function exitCodeOfThrown(error: unknown, io: Io): number {
  const interrupted = io.interruption.exitCode();
  if (interrupted !== undefined) return interrupted;
  const told = asVoxsyncError(error, 'unexpected', 'unexpected error');
  io.err(errorText(told));
  return told.exitCode;
}

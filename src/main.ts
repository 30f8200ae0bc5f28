#!/usr/bin/env node
// The process edge: signals first, then the command, then the exit code.
import { isatty } from 'node:tty';
import { setFlagsFromString } from 'node:v8';
import { runProgram } from './cli/program.ts';
import { errorText } from './cli/failures.ts';
import type { Io } from './cli/io.ts';
import { asVoxsyncError } from './errors.ts';
import { watchSignals } from './signals.ts';

// The HTTP parser is WebAssembly: to optimise it costs thirty megabytes at start, for calls that wait for the network.
setFlagsFromString('--liftoff-only');
// A small nursery: what a pass holds on to grows old anyway, and ten megabytes less are resident.
setFlagsFromString('--semi-space-growth-factor=1');

const interruption = watchSignals(process);

const err = (text: string): void => void process.stderr.write(text);
// The question goes to stderr, so that it is seen where results go into a file.
const canAsk = isatty(0) && isatty(2);

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err,
  isOutTerminal: isatty(1),
  isErrTerminal: isatty(2),
  ask: canAsk ? ask : undefined,
  env: process.env,
  interruption,
};

async function ask(question: string): Promise<string | undefined> {
  const { askOn } = await import('./cli/ask.ts');
  return askOn({ input: process.stdin, write: err, signal: interruption.stopping }, question);
}

// `voxsync plan 2>&1 | head` closes the pipe early; that is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  process.exitCode = await runProgram(process.argv, io);
} catch (error) {
  process.exitCode = exitCodeOfThrown(error);
} finally {
  interruption.release();
}

/** An interruption is told by its signal's code alone; every other failure with its reason and what to do. */
function exitCodeOfThrown(error: unknown): number {
  const interrupted = interruption.exitCode();
  if (interrupted !== undefined) return interrupted;
  const told = asVoxsyncError(error, 'unexpected', 'unexpected error');
  io.err(errorText(told));
  return told.exitCode;
}

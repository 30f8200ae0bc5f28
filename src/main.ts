#!/usr/bin/env node
// The start of the process in the bundle: signals first, then how V8 shall run us, then the program itself.
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type * as program from './cli/process.ts';
import { loadProgram } from './launch/program.ts';
import { watchSignals } from './signals.ts';

/** The bundler puts its name here. */
declare const programChunk: string;

const interruption = watchSignals(process);

// The HTTP parser is WebAssembly: to optimise it costs thirty megabytes and thirty milliseconds, for calls that wait for the network.
setFlagsFromString('--liftoff-only');
// What that implies, Node 24 no longer infers once it runs.
setFlagsFromString('--no-wasm-tier-up');
setFlagsFromString('--no-wasm-dynamic-tiering');
// A small nursery: what a pass holds on to grows old anyway, and ten megabytes less are resident.
setFlagsFromString('--semi-space-growth-factor=1');
// It is cleaned in less than a millisecond, but not where threads are waited for that get no share of the CPU.
setFlagsFromString('--no-parallel-scavenge');
// And a heap that is cleaned up early: it would double before, which is 200 MB of nothing with 100,000 secrets.
setFlagsFromString('--heap-growing-percent=20');

const folder = fileURLToPath(new URL('.', import.meta.url));
const loaded = loadProgram(folder, programChunk);
if (!isProgram(loaded)) throw new Error(`${programChunk} is not the program of voxsync`);
void loaded.runProcess(interruption);

function isProgram(loaded: unknown): loaded is typeof program {
  return typeof loaded === 'object' && loaded !== null && 'runProcess' in loaded;
}

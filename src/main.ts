#!/usr/bin/env node
// The start of the process: signals first, then how Node shall run us, then everything else.
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { watchSignals } from './signals.ts';

const interruption = watchSignals(process);

// The HTTP parser is WebAssembly: to optimise it costs thirty megabytes at start, for calls that wait for the network.
setFlagsFromString('--liftoff-only');
// A small nursery: what a pass holds on to grows old anyway, and ten megabytes less are resident.
setFlagsFromString('--semi-space-growth-factor=1');
// It is cleaned in less than a millisecond, but not where threads are waited for that get no share of the CPU.
setFlagsFromString('--no-parallel-scavenge');
// And a heap that is cleaned up early: it would double before, which is 200 MB of nothing with 100,000 secrets.
setFlagsFromString('--heap-growing-percent=20');
keepCompiledCode();

void import('./cli/process.ts').then(({ runProcess }) => runProcess(interruption));

/**
 * Node 22.8 and newer can keep what it compiled. In a folder of the user's own: what lies in a common one may be
 * somebody else's code. Where it cannot be written, nothing is kept.
 */
function keepCompiledCode(): void {
  if (!('enableCompileCache' in nodeModule) || typeof nodeModule.enableCompileCache !== 'function') return;
  const caches = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  nodeModule.enableCompileCache(
    process.env['NODE_COMPILE_CACHE'] ?? path.join(caches, 'voxsync', 'compiled'),
  );
}

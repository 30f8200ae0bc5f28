// Loads the program of the bundle, and keeps what V8 compiled for its next start.
import { homedir } from 'node:os';
import path from 'node:path';
import { Chunks } from './chunks.ts';
import { readCodeCache, writeCodeCache } from './code-cache.ts';

/** What the chunk of the program exports. Its name changes with every chunk that it leads to. */
export function loadProgram(folder: string, chunk: string): unknown {
  const file = cacheFile(chunk);
  if (file === undefined) return new Chunks(folder, new Map()).load(chunk);
  const { code, isOld } = readCodeCache(file);
  const chunks = new Chunks(folder, code);
  // At the end, when every function that this run needs has been compiled.
  process.once('exit', () => {
    if (chunks.isNews || isOld) writeCodeCache(file, () => new Map([...code, ...chunks.compile()]));
  });
  return chunks.load(chunk);
}

/** In a folder of the user's own: what lies in a common one may be somebody else's code. `undefined` to keep nothing. */
function cacheFile(chunk: string): string | undefined {
  const { NODE_DISABLE_COMPILE_CACHE, NODE_COMPILE_CACHE, XDG_CACHE_HOME } = process.env;
  if (isSet(NODE_DISABLE_COMPILE_CACHE)) return undefined;
  const { version, arch } = process;
  const name = `${path.basename(chunk, '.js')}-${version}-${arch}.code`;
  if (isSet(NODE_COMPILE_CACHE)) return path.join(NODE_COMPILE_CACHE, name);
  const caches = isSet(XDG_CACHE_HOME) ? XDG_CACHE_HOME : homeCaches();
  return caches === undefined ? undefined : path.join(caches, 'voxsync', 'compiled', name);
}

/** Shells make it easy to set a variable to nothing. */
function isSet(variable: string | undefined): variable is string {
  return variable !== undefined && variable !== '';
}

/** A user who is in no list of users, as some clusters make them, has no home. */
function homeCaches(): string | undefined {
  try {
    return path.join(homedir(), '.cache');
  } catch {
    return undefined;
  }
}

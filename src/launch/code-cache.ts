// What V8 compiled in an earlier start, kept in one file: whole and our own, or not used at all.
import * as fs from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';

const dayMs = 86_400_000;
const unusedMs = 30 * dayMs;
const checksumBytes = 4;

/** Compiled code by the file name of its chunk. */
export type CompiledCode = ReadonlyMap<string, Buffer>;

export interface CodeCache {
  readonly code: CompiledCode;
  /** Old enough to be made anew: code that only later starts came to run is not in it. */
  readonly isOld: boolean;
}

const nothing: CodeCache = { code: new Map(), isOld: false };

/**
 * Reads a cache. One that is not there, that others could have written, or that is damaged is an empty one: V8 checks
 * versions, but would run a flipped bit. Never throws.
 */
export function readCodeCache(file: string): CodeCache {
  try {
    const descriptor = fs.openSync(file, 'r');
    try {
      const stats = fs.fstatSync(descriptor);
      if (!isTrusted(stats)) return nothing;
      const code = decode(fs.readFileSync(descriptor));
      return code === undefined ? nothing : { code, isOld: Date.now() - stats.mtimeMs > dayMs };
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    return nothing;
  }
}

/** Replaces a cache as a whole. `compile` is asked only where it can be written. Never throws: without it, a start takes longer. */
export function writeCodeCache(file: string, compile: () => CompiledCode): void {
  // Not by the process id, which is 1 in every container: what a killed one left would stand in the way for good.
  const temporary = `${file}.${process.hrtime.bigint()}`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
    const descriptor = fs.openSync(temporary, 'wx', 0o644);
    try {
      fs.writeFileSync(descriptor, encode(compile()));
      fs.renameSync(temporary, file);
    } finally {
      fs.closeSync(descriptor);
      fs.rmSync(temporary, { force: true });
    }
    removeUnused(path.dirname(file));
  } catch {
    // A folder that is read-only or full.
  }
}

/** It runs as our own code: everybody may read it, but nobody write it but us, or the superuser who built an image. */
function isTrusted({ uid, mode }: fs.Stats): boolean {
  const own = process.geteuid?.();
  return own === undefined || ((uid === own || uid === 0) && (mode & 0o022) === 0);
}

function encode(code: CompiledCode): Buffer {
  const payload = serialize(code);
  const checksum = Buffer.alloc(checksumBytes);
  checksum.writeUInt32LE(crc32(payload));
  return Buffer.concat([checksum, payload]);
}

function decode(bytes: Buffer): CompiledCode | undefined {
  if (bytes.length < checksumBytes) return undefined;
  const payload = bytes.subarray(checksumBytes);
  if (crc32(payload) !== bytes.readUInt32LE(0)) return undefined;
  const code: unknown = deserialize(payload);
  return code instanceof Map ? code : undefined;
}

/** Caches of versions that are gone. One that is still in use is made anew by its next start. */
function removeUnused(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    if (!/\.code(?:\.\d+)?$/.test(name)) continue;
    const file = path.join(folder, name);
    if (Date.now() - fs.statSync(file).mtimeMs > unusedMs) fs.rmSync(file, { force: true });
  }
}

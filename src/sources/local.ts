// Reading local files for sources: bounded in size, whole, and told with the file's time instead of its content.
import { open, stat } from 'node:fs/promises';
import { accessHint, isAbort, kindOf, VoxsyncError } from '../errors.ts';
import { wait } from '../wait.ts';

const sizeLimit = 16 * 1024 * 1024;
const chunkSize = 64 * 1024;
const attempts = 5;
/** How long ago a file must have been changed at least for its writer to have come to an end. */
const settleMs = 20;

const changingHint =
  'Write the new content beside it and rename it into its place. Nothing is decided from it meanwhile.';

interface ReadFile {
  readonly bytes: Buffer;
  readonly label: string;
  /** In milliseconds since 1970, by the clock of the file system. */
  readonly changedAt: number;
}

/** A file's bytes, and its time of change as a label for people. Throws `source-invalid`; `place` names the file in messages. */
export async function readBounded(file: string, place: string, signal: AbortSignal): Promise<ReadFile> {
  try {
    return await readUntilSame(() => readOnce(file, place, signal), place, signal);
  } catch (error) {
    if (error instanceof VoxsyncError || isAbort(error, signal)) throw error;
    throw unreadable(error, place);
  }
}

/**
 * Reads until two readings in a row agree, so that a file that is written meanwhile does not come in two halves.
 * Throws `source-invalid` for one that never does.
 */
export async function readUntilSame(
  read: () => Promise<ReadFile>,
  place: string,
  signal: AbortSignal,
): Promise<ReadFile> {
  let before = await read();
  for (let count = 1; count < attempts; count += 1) {
    // A writer that is interrupted in the middle leaves the same half for two readings.
    if (isJustChanged(before)) await wait(settleMs, signal);
    const again = await read();
    // Its time is asked before its bytes are read, so a writer may have come in between.
    if (again.changedAt === before.changedAt && again.bytes.equals(before.bytes)) return again;
    before = again;
  }
  throw changing(place);
}

function isJustChanged({ changedAt }: ReadFile): boolean {
  return Math.abs(Date.now() - changedAt) < settleMs;
}

async function readOnce(file: string, place: string, signal: AbortSignal): Promise<ReadFile> {
  const found = await stat(file);
  if (!found.isFile() && !found.isDirectory()) {
    throw new VoxsyncError('source-invalid', `${place} is a pipe or a device, which can be read only once`, {
      hint: 'Give a regular file; one in memory, such as under /dev/shm, does.',
    });
  }
  const label = found.mtime.toISOString().slice(0, 19).replace('T', ' ');
  return { bytes: await readBytes(file, place, signal), label, changedAt: found.mtimeMs };
}

/** Counts what it reads: a file may have grown since somebody told its size. */
async function readBytes(file: string, place: string, signal: AbortSignal): Promise<Buffer> {
  const handle = await open(file);
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; size <= sizeLimit;) {
      signal.throwIfAborted();
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkSize));
      if (bytesRead === 0) return Buffer.concat(chunks);
      chunks.push(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await handle.close();
  }
  throw new VoxsyncError('source-invalid', `${place} is larger than 16 MiB`, {
    hint: 'Check `path` of the source, or keep in it nothing but secrets.',
  });
}

/** The error for a file or directory that the system does not give us. */
export function unreadable(error: unknown, place: string): VoxsyncError {
  const kind = kindOf(error);
  const hint = accessHint(kind) ?? 'Check `path` of the source, and that what it names is there.';
  return new VoxsyncError('source-invalid', `${place} cannot be read: ${kind}`, { hint, cause: error });
}

/** The error for what was never the same twice. */
export function changing(place: string): VoxsyncError {
  return new VoxsyncError('source-invalid', `${place} keeps changing while it is read`, {
    hint: changingHint,
  });
}

/** What is taken off the end of a text: nothing, or one line end (LF or CRLF). */
export type Trim = 'none' | 'newline';

export function trimText(text: string, trim: Trim = 'none'): string {
  return trim === 'newline' ? text.replace(/\r?\n$/, '') : text;
}

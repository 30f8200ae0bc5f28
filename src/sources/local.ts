// Reading local files for sources: bounded in size, and told with the file's time instead of its content.
import { readFile, stat } from 'node:fs/promises';
import { isAbort, kindOf, VoxsyncError } from '../errors.ts';

const sizeLimit = 16 * 1024 * 1024;

/** A file's bytes, and its time of change as a label for people. Throws `source-invalid`; `place` names the file in messages. */
export async function readBounded(
  file: string,
  place: string,
  signal: AbortSignal,
): Promise<{ bytes: Buffer; label: string }> {
  try {
    const { size, mtime } = await stat(file);
    if (size > sizeLimit) throw new VoxsyncError('source-invalid', `${place} is larger than 16 MiB`);
    return {
      bytes: await readFile(file, { signal }),
      label: mtime.toISOString().slice(0, 19).replace('T', ' '),
    };
  } catch (error) {
    if (error instanceof VoxsyncError || isAbort(error, signal)) throw error;
    throw new VoxsyncError('source-invalid', `${place} cannot be read: ${kindOf(error)}`, { cause: error });
  }
}

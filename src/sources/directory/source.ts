// A source in one directory, such as a mounted Kubernetes Secret: each file is a secret, its name the file's name.
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { SecretBox } from '../../secret/box.ts';
import { digest } from '../../secret/digest.ts';
import { isAbort, kindOf, VoxsyncError } from '../../errors.ts';
import { decodeText } from '../../secret/text.ts';
import { readBounded } from '../local.ts';
import type { Entry, Snapshot } from '../snapshot.ts';
import { snapshotSource, textEntry } from '../snapshot.ts';
import type { Source } from '../source.ts';

export interface DirectorySettings {
  readonly kind: 'directory';
  /** Absolute. */
  readonly path: string;
}

const emptyHint = 'A volume that is not mounted looks like this, so nothing is taken for deleted.';

/** Lists and reads the directory anew at every call. A missing or empty directory leaves every secret unresolved. */
export function openDirectorySource(id: string, settings: DirectorySettings): Source {
  const place = `${id} (${path.basename(settings.path)}/)`;
  return snapshotSource(place, async (signal): Promise<Snapshot> => {
    const root = await currentRoot(settings.path, place, signal);
    const names = await listFiles(root, place, signal);
    if (names.length === 0)
      throw new VoxsyncError('source-invalid', `${place} is empty`, { hint: emptyHint });
    const entries = names.map(async (name) => [name, await readEntry(root, name, place, signal)] as const);
    return new Map(await Promise.all(entries));
  });
}

/** Kubernetes swaps a whole volume by turning the link `..data`: what it points to is one consistent state. */
async function currentRoot(directory: string, place: string, signal: AbortSignal): Promise<string> {
  try {
    return await realpath(path.join(directory, '..data'));
  } catch (error) {
    if (kindOf(error) === 'ENOENT') return directory;
    throw unreadable(error, place, signal);
  }
}

async function listFiles(root: string, place: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const names = (await readdir(root)).filter((name) => !name.startsWith('..')).toSorted();
    const areFiles = await Promise.all(
      names.map(async (name) => (await stat(path.join(root, name))).isFile()),
    );
    return names.filter((_, index) => areFiles[index]);
  } catch (error) {
    throw unreadable(error, place, signal);
  }
}

async function readEntry(root: string, name: string, place: string, signal: AbortSignal): Promise<Entry> {
  try {
    const { bytes, label } = await readBounded(path.join(root, name), `${place}${name}`, signal);
    const text = decodeText(bytes);
    return text === undefined ? binaryEntry(bytes, label) : textEntry(text, label);
  } catch (error) {
    if (error instanceof VoxsyncError) return { problem: error };
    throw error;
  }
}

function binaryEntry(bytes: Buffer, label: string): Entry {
  const base64 = bytes.toString('base64');
  return {
    version: { id: digest([base64], 22), label },
    content: { form: 'base64', box: new SecretBox(base64) },
  };
}

function unreadable(error: unknown, place: string, signal: AbortSignal): unknown {
  if (isAbort(error, signal)) return error;
  return new VoxsyncError('source-invalid', `${place} cannot be read: ${kindOf(error)}`, { cause: error });
}

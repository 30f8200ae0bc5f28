// A source in one directory, such as a mounted Kubernetes Secret: each file is a secret, its name the file's name.
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { SecretBox } from '../../secret/box.ts';
import { digest } from '../../secret/digest.ts';
import { isAbort, kindOf, VoxsyncError } from '../../errors.ts';
import { decodeText } from '../../secret/text.ts';
import type { Trim } from '../local.ts';
import { changing, readBounded, trimText, unreadable } from '../local.ts';
import type { Entry, Snapshot } from '../snapshot.ts';
import { snapshotSource, textEntry } from '../snapshot.ts';
import type { Source } from '../source.ts';

export interface DirectorySettings {
  readonly kind: 'directory';
  /** Absolute. */
  readonly path: string;
  /** What is taken off the end of each text; `none` when not given. */
  readonly trim?: Trim | undefined;
}

const emptyHint = 'A volume that is not mounted looks like this, so nothing is taken for deleted.';
const attempts = 5;

/** Lists and reads the directory anew at every call. A missing or empty directory leaves every secret unresolved. */
export function openDirectorySource(id: string, settings: DirectorySettings): Source {
  const place = `${id} (${path.basename(settings.path)}/)`;
  return snapshotSource(place, async (signal): Promise<Snapshot> => {
    // A directory that is swapped while it is read may look shorter than either state of it, so nothing counts that is not the same afterwards.
    for (let count = 0; count < attempts; count += 1) {
      const before = await listRoot(settings.path, place, signal);
      if (before.names.length === 0)
        throw new VoxsyncError('source-invalid', `${place} is empty`, { hint: emptyHint });
      const entries = before.names.map(
        async (name) => [name, await readEntry({ ...before, ...settings }, name, place, signal)] as const,
      );
      const snapshot = new Map(await Promise.all(entries));
      if (isSame(before, await listRoot(settings.path, place, signal))) return snapshot;
    }
    throw changing(place);
  });
}

/** The files of the directory's current state. */
interface Listing {
  readonly root: string;
  readonly names: readonly string[];
}

async function listRoot(directory: string, place: string, signal: AbortSignal): Promise<Listing> {
  for (let count = 1; ; count += 1) {
    const root = await currentRoot(directory, place, signal);
    try {
      return { root, names: await listFiles(root) };
    } catch (error) {
      if (isAbort(error, signal)) throw error;
      // The state that the link pointed to may just have been taken away.
      if (kindOf(error) !== 'ENOENT' || count === attempts) throw unreadable(error, place);
    }
  }
}

function isSame(one: Listing, other: Listing): boolean {
  return one.root === other.root && one.names.join('/') === other.names.join('/');
}

/** Kubernetes swaps a whole volume by turning the link `..data`: what it points to is one consistent state. */
async function currentRoot(directory: string, place: string, signal: AbortSignal): Promise<string> {
  try {
    return await realpath(path.join(directory, '..data'));
  } catch (error) {
    if (isAbort(error, signal)) throw error;
    if (kindOf(error) === 'ENOENT') return directory;
    throw unreadable(error, place);
  }
}

async function listFiles(root: string): Promise<readonly string[]> {
  const names = (await readdir(root)).filter((name) => !name.startsWith('..')).toSorted();
  const areFiles = await Promise.all(names.map(async (name) => (await stat(path.join(root, name))).isFile()));
  return names.filter((_, index) => areFiles[index]);
}

async function readEntry(
  { root, trim }: Pick<Listing, 'root'> & Pick<DirectorySettings, 'trim'>,
  name: string,
  place: string,
  signal: AbortSignal,
): Promise<Entry> {
  try {
    const { bytes, label } = await readBounded(path.join(root, name), `${place}${name}`, signal);
    const text = decodeText(bytes);
    return text === undefined ? binaryEntry(bytes, label) : textEntry(trimText(text, trim), label);
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

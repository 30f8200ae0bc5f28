// A directory as the system shows it: the files of its current state, and the content of each.
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isAbort, kindOf, VoxsyncError } from '../../errors.ts';
import { SecretBox } from '../../secret/box.ts';
import { digest } from '../../secret/digest.ts';
import { decodeText } from '../../secret/text.ts';
import { readBounded, trimText, unreadable, type Trim } from '../local.ts';
import { textEntry, type Entry } from '../snapshot.ts';
import type { Listing, View } from './state.ts';

const attempts = 5;

export interface Directory {
  /** Absolute. */
  readonly path: string;
  /** What is taken off the end of each text; `none` when not given. */
  readonly trim?: Trim | undefined;
}

/** Listing throws `source-invalid`, or the signal's reason; a file that cannot be read is a problem of its own. */
export function viewOf(directory: Directory, place: string, signal: AbortSignal): View {
  return {
    list: () => list(directory.path, place, signal),
    read: ({ root }, name) => readEntry(path.join(root, name), `${place}${name}`, directory.trim, signal),
  };
}

async function list(directory: string, place: string, signal: AbortSignal): Promise<Listing> {
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
  const areFolders = await Promise.all(names.map((name) => isFolder(path.join(root, name))));
  return names.filter((_, index) => areFolders[index] === false);
}

/** What cannot be looked at is taken for a file: reading it tells why, for that one alone. */
async function isFolder(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.isDirectory() === true;
}

async function readEntry(
  file: string,
  place: string,
  trim: Trim | undefined,
  signal: AbortSignal,
): Promise<Entry> {
  try {
    const { bytes, label } = await readBounded(file, place, signal);
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

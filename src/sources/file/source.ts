// A source in one local file: YAML, JSON or dotenv, its top-level keys being the secrets.

import path from 'node:path';
import { VoxsyncError } from '../../errors.ts';
import { decodeText } from '../../secret/text.ts';
import type { Trim } from '../local.ts';
import { readBounded, trimText } from '../local.ts';
import type { Entry, Snapshot } from '../snapshot.ts';
import { snapshotSource, textEntry } from '../snapshot.ts';
import type { Source } from '../source.ts';
import type { FileFormat } from './parse.ts';
import { formatOf, parseSecrets } from './parse.ts';

export interface FileSettings {
  readonly kind: 'file';
  /** Absolute. */
  readonly path: string;
  /** Without it, the file's extension decides. */
  readonly format?: FileFormat | undefined;
  /** What is taken off the end of each text; `none` when not given. */
  readonly trim?: Trim | undefined;
}

/** Opens the file anew at every call. A missing, empty or malformed file leaves every secret unresolved. */
export function openFileSource(id: string, settings: FileSettings): Source {
  const place = `${id} (${path.basename(settings.path)})`;
  const format = settings.format ?? formatOf(settings.path);
  return snapshotSource(place, async (signal): Promise<Snapshot> => {
    const { bytes, label } = await readBounded(settings.path, place, signal);
    const text = decodeText(bytes);
    if (text === undefined)
      throw new VoxsyncError('source-invalid', `${place} is not UTF-8 text`, { hint: encodingHint });
    if (text.trim() === '')
      throw new VoxsyncError('source-invalid', `${place} is empty`, { hint: emptyHint });
    const entries = parseSecrets(text, format, place);
    return new Map([...entries].map(([name, value]) => [name, entryOf(value, label, settings.trim)]));
  });
}

const encodingHint =
  'Save it as UTF-8. Values that are no text go as base64 text, or as files of a `directory` source.';
const emptyHint =
  'An empty file may be one that is still being written. To say that there are no secrets, write `{}`.';

function entryOf(value: string | VoxsyncError, label: string, trim: Trim | undefined): Entry {
  return value instanceof VoxsyncError ? { problem: value } : textEntry(trimText(value, trim), label);
}

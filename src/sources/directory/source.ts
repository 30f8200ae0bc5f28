// A source in one directory, such as a mounted Kubernetes Secret: each file is a secret, its name the file's name.
import path from 'node:path';
import { VoxsyncError } from '../../errors.ts';
import { snapshotSource } from '../snapshot.ts';
import type { Source } from '../source.ts';
import { readState } from './state.ts';
import { viewOf, type Directory } from './view.ts';

export interface DirectorySettings extends Directory {
  readonly kind: 'directory';
}

const emptyHint = 'A volume that is not mounted looks like this, so nothing is taken for deleted.';

/** Lists and reads the directory anew at every call. A missing or empty directory leaves every secret unresolved. */
export function openDirectorySource(id: string, settings: DirectorySettings): Source {
  const place = `${id} (${path.basename(settings.path)}/)`;
  const empty = () => new VoxsyncError('source-invalid', `${place} is empty`, { hint: emptyHint });
  return snapshotSource(place, (signal) => readState(viewOf(settings, place, signal), place, empty));
}

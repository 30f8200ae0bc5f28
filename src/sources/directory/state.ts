// A directory as one state: it counts only when what was listed before the reading is what is listed after it.
import type { VoxsyncError } from '../../errors.ts';
import { changing } from '../local.ts';
import type { Entry, Snapshot } from '../snapshot.ts';

/** The files of a directory at one moment. */
export interface Listing {
  /** Where the files are: what the link `..data` points to, or the directory itself. */
  readonly root: string;
  readonly names: readonly string[];
}

/** How a directory is looked at. */
export interface View {
  list(): Promise<Listing>;
  read(listing: Listing, name: string): Promise<Entry>;
}

const attempts = 5;

/**
 * Reads all of it anew until it was not swapped meanwhile: half of a swap may look shorter than either state.
 * Throws what `empty` gives for a directory without files, and `source-invalid` for one that is never the same twice.
 */
export async function readState(view: View, place: string, empty: () => VoxsyncError): Promise<Snapshot> {
  let before = await view.list();
  for (let count = 0; count < attempts; count += 1) {
    const listing = before;
    if (listing.names.length === 0) throw empty();
    const entries = listing.names.map(async (name) => [name, await view.read(listing, name)] as const);
    const snapshot = new Map(await Promise.all(entries));
    before = await view.list();
    if (isSame(listing, before)) return snapshot;
  }
  throw changing(place);
}

function isSame(one: Listing, other: Listing): boolean {
  return one.root === other.root && one.names.join('/') === other.names.join('/');
}

// The metadata of several secrets at once: those of one folder come with its listing, where the mount tells it there.
import { pageSize, type DetailedListings } from './details.ts';
import type { Metadata } from './metadata.ts';
import { pathProblem } from './path.ts';

/** How many entries of a folder are looked at for each secret that is wanted of it, so that a large folder is not read for two. */
const entriesEach = 20;

/** The metadata of a secret, as far as a listing told it; `undefined` proves nothing. Throws what kept the listing from us. */
export type Shelf = (secret: string) => Promise<Metadata | undefined>;

/** Lists a folder when the first of its secrets is looked for, and only where two or more of them are in it. */
export function createShelf(
  details: DetailedListings,
  secrets: readonly string[],
  signal: AbortSignal,
): Shelf {
  const wanted = groupByFolder(secrets);
  const list = async (folder: string, count: number): Promise<ReadonlyMap<string, Metadata>> => {
    const limit = Math.min(count * entriesEach, pageSize);
    const entries = (await details.some({ folder, after: '', limit }, signal)) ?? [];
    const known = entries.flatMap(({ name, metadata }) =>
      metadata === undefined ? [] : [[`${folder}${name}`, metadata] as const],
    );
    return new Map(known);
  };
  const listings = new Map<string, ReturnType<typeof list>>();
  return async (secret) => {
    const folder = folderOf(secret);
    const count = wanted.get(folder)?.size ?? 0;
    if (count < 2) return undefined;
    const listing = listings.get(folder) ?? list(folder, count);
    listings.set(folder, listing);
    return (await listing).get(secret);
  };
}

/** With the slash at its end; empty for the whole mount. */
export function folderOf(secret: string): string {
  return secret.slice(0, secret.lastIndexOf('/') + 1);
}

/** The secrets that can be addressed, by their folder. */
export function groupByFolder(secrets: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const secret of secrets.filter((one) => pathProblem(one) === undefined)) {
    const folder = folderOf(secret);
    groups.set(folder, (groups.get(folder) ?? new Set()).add(secret));
  }
  return groups;
}

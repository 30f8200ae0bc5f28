// Finds secrets by their names in ListSecrets, for the fewest calls: many names by leafing, the others ten names a call.
import type { SecretListEntry } from '@aws-sdk/client-secrets-manager';
import type { VoxsyncError } from '../../errors.ts';
import { asVoxsyncError } from '../../errors.ts';
import type { SecretsApi } from './api.ts';
import { isDenied, isMisunderstood } from './failures.ts';
import { askAll, partsOf } from './gather.ts';
import { listPages } from './listing.ts';
import { isFilterable } from './naming.ts';

/** What the listing shows, and for which names it could not be asked. A name in neither is not shown, which proves nothing. */
export interface Lookup {
  readonly shown: ReadonlyMap<string, SecretListEntry>;
  readonly failed: ReadonlyMap<string, VoxsyncError>;
  /** ListSecrets is not permitted. */
  readonly isDenied: boolean;
}

const namesPerCall = 10;
/** So many names may fill pages of a hundred better than filters of ten. */
const leafedFrom = 50;
/** From here on, asking for each name by itself costs less than leafing through all that begins with it. */
const pagesPerCall = namesPerCall;
const concurrency = 4;

/**
 * Looks names up. Where ListSecrets is denied, or does not take a name, the names stay unshown, so that
 * DescribeSecret is asked. Throws only when the signal is aborted.
 */
export async function lookUp(
  api: SecretsApi,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Lookup> {
  const shown = new Map<string, SecretListEntry>();
  const failed = new Map<string, VoxsyncError>();
  let isListingDenied = false;
  const attempt = async (
    part: readonly string[],
    find: typeof findNames,
    onFailure: (failure: VoxsyncError) => void,
  ): Promise<void> => {
    if (isListingDenied) return;
    try {
      for (const [name, entry] of await find(api, part, signal)) shown.set(name, entry);
    } catch (error) {
      signal.throwIfAborted();
      const failure = asVoxsyncError(error, 'source-answer-invalid', `${api.id}: ListSecrets`);
      if (isDenied(failure)) isListingDenied = true;
      else if (!isMisunderstood(failure)) onFailure(failure);
    }
  };
  // What fails here is asked for again below, and fails there for good.
  if (names.length >= leafedFrom) await attempt(names, leafThrough, () => {});
  const open = names.filter((name) => !shown.has(name));
  await askAll(partsOf(open, namesPerCall), concurrency, (part) =>
    attempt(part, findNames, (failure) => {
      for (const name of part) failed.set(name, failure);
    }),
  );
  return { shown, failed, isDenied: isListingDenied };
}

/** Leafs through all that begins as the names do, while that finds more than filters would for as many calls. */
function leafThrough(
  api: SecretsApi,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SecretListEntry>> {
  const prefix = commonPrefix(names);
  const filters = isFilterable(prefix) ? [{ Key: 'name' as const, Values: [prefix] }] : [];
  const pages = listPages(api, { Filters: filters }, signal);
  return collect(pages, names, (foundCount, pageCount) => foundCount < pageCount * namesPerCall);
}

function commonPrefix(names: readonly string[]): string {
  return names.reduce((prefix, name) => {
    let length = 0;
    while (length < prefix.length && prefix[length] === name[length]) length += 1;
    return prefix.slice(0, length);
  });
}

/** The name filter takes prefixes, so other secrets come along, and pages of them before the one that is meant. */
function findNames(
  api: SecretsApi,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SecretListEntry>> {
  const pages = listPages(api, { Filters: [{ Key: 'name', Values: [...names] }] }, signal);
  return collect(pages, names, (_, pageCount) => pageCount === pagesPerCall);
}

/** Those entries that have one of the names, until all are there or it is enough. */
async function collect(
  pages: AsyncIterable<readonly SecretListEntry[]>,
  names: readonly string[],
  isEnough: (foundCount: number, pageCount: number) => boolean,
): Promise<ReadonlyMap<string, SecretListEntry>> {
  const wanted = new Set(names);
  const found = new Map<string, SecretListEntry>();
  let pageCount = 0;
  for await (const page of pages) {
    for (const entry of page) {
      if (entry.Name !== undefined && wanted.has(entry.Name)) found.set(entry.Name, entry);
    }
    pageCount += 1;
    if (found.size === wanted.size || isEnough(found.size, pageCount)) break;
  }
  return found;
}

// Finds secrets by their names in ListSecrets, ten names a call.
import type { SecretListEntry } from '@aws-sdk/client-secrets-manager';
import type { VoxsyncError } from '../../errors.ts';
import { asVoxsyncError } from '../../errors.ts';
import type { SecretsApi } from './api.ts';
import { isDenied, isMisunderstood } from './failures.ts';
import { askAll, partsOf } from './gather.ts';
import { listPages } from './listing.ts';

/** What the listing shows, and for which names it could not be asked. A name in neither is not shown, which proves nothing. */
export interface Lookup {
  readonly shown: ReadonlyMap<string, SecretListEntry>;
  readonly failed: ReadonlyMap<string, VoxsyncError>;
  /** ListSecrets is not permitted. */
  readonly isDenied: boolean;
}

const namesPerCall = 10;
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
  await askAll(partsOf(names, namesPerCall), concurrency, async (part) => {
    if (isListingDenied) return;
    try {
      for (const [name, entry] of await findNames(api, part, signal)) shown.set(name, entry);
    } catch (error) {
      signal.throwIfAborted();
      const failure = asVoxsyncError(error, 'source-answer-invalid', `${api.id}: ListSecrets`);
      if (isDenied(failure)) isListingDenied = true;
      else if (!isMisunderstood(failure)) for (const name of part) failed.set(name, failure);
    }
  });
  return { shown, failed, isDenied: isListingDenied };
}

/** The name filter takes prefixes, so other secrets come along, and pages of them before the one that is meant. */
async function findNames(
  api: SecretsApi,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SecretListEntry>> {
  const wanted = new Set(names);
  const found = new Map<string, SecretListEntry>();
  let pages = 0;
  for await (const page of listPages(api, { Filters: [{ Key: 'name', Values: [...names] }] }, signal)) {
    for (const entry of page) {
      if (entry.Name !== undefined && wanted.has(entry.Name)) found.set(entry.Name, entry);
    }
    pages += 1;
    if (found.size === wanted.size || pages === pagesPerCall) break;
  }
  return found;
}

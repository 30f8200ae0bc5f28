// The secrets that a query selects: narrowed by AWS where its filters can, selected exactly here.
import type { Filter, SecretListEntry } from '@aws-sdk/client-secrets-manager';
import { asVoxsyncError } from '../../errors.ts';
import type { Discovery, DiscoveryQuery, FoundSecret } from '../source.ts';
import type { SecretsApi } from './api.ts';
import { listPages } from './listing.ts';
import { isFilterable } from './naming.ts';
import { versionFor } from './versions.ts';

/** Lists what the query selects; a failure on any page fails all of it. Throws only when the signal is aborted. */
export async function discoverSecrets(
  api: SecretsApi,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Discovery> {
  signal.throwIfAborted();
  try {
    const selected: SecretListEntry[] = [];
    const input = { Filters: filtersOf(query), IncludePlannedDeletion: true };
    for await (const page of listPages(api, input, signal)) {
      selected.push(...page.filter((entry) => isSelected(entry, query)));
    }
    return sortOut(selected);
  } catch (error) {
    signal.throwIfAborted();
    return {
      state: 'unresolved',
      error: asVoxsyncError(error, 'source-answer-invalid', `${api.id}: ListSecrets`),
    };
  }
}

/** Filters that keep at least what the query selects: AWS takes prefixes, and values of a filter as alternatives. */
function filtersOf({ prefix, tags, description, owningService }: DiscoveryQuery): Filter[] {
  // Each secret must have every tag, so asking for one of them narrows without losing any.
  const [key, value] = Object.entries(tags ?? {}).find(([key]) => isFilterable(key)) ?? [];
  return [
    filterOf('name', prefix),
    filterOf('tag-key', key),
    filterOf('tag-value', value),
    filterOf('description', firstWord(description)),
    filterOf('owning-service', owningService),
  ].flat();
}

/** AWS takes descriptions apart into words in a way of its own; only a plain first word is sure to be one of them. */
function firstWord(description: string | undefined): string | undefined {
  return /^[A-Z]?[a-z]+(?= |$)/.exec(description ?? '')?.[0];
}

function filterOf(key: NonNullable<Filter['Key']>, text: string | undefined): Filter[] {
  return text !== undefined && isFilterable(text) ? [{ Key: key, Values: [text] }] : [];
}

function isSelected(entry: SecretListEntry, query: DiscoveryQuery): boolean {
  const { Name, Tags, Description, OwningService } = entry;
  if (Name === undefined || !Name.startsWith(query.prefix)) return false;
  if (query.description !== undefined && Description?.startsWith(query.description) !== true) return false;
  if (query.owningService !== undefined && OwningService !== query.owningService) return false;
  const own = new Map((Tags ?? []).map(({ Key, Value }) => [Key, Value ?? '']));
  return Object.entries(query.tags ?? {}).every(([key, value]) => own.get(key) === value);
}

/** A secret without a value is neither found nor gone. A name deleted and made anew is found, whatever else is listed. */
function sortOut(selected: readonly SecretListEntry[]): Discovery {
  const living = selected.filter(({ DeletedDate }) => DeletedDate === undefined);
  const livingNames = new Set(living.map(({ Name }) => Name));
  const dead = selected.flatMap(({ Name }) => (Name === undefined || livingNames.has(Name) ? [] : [Name]));
  const found = new Map(living.flatMap((entry) => foundOf(entry).map((one) => [one.secret, one])));
  return { state: 'listed', found: [...found.values()], gone: [...new Set(dead)], isAuthoritative: false };
}

function foundOf({ Name, SecretVersionsToStages }: SecretListEntry): readonly FoundSecret[] {
  if (Name === undefined) return [];
  const version = versionFor({ secret: Name }, SecretVersionsToStages);
  return version === undefined ? [] : [{ secret: Name, version }];
}

// The checks that need more than one place of the config: ids that must exist, kinds that must fit, names that must not meet.
import type { Flaw } from './flaw.ts';
import { nearest } from './nearest.ts';
import type { Places } from './places.ts';
import type { Path } from './problem.ts';
import { at, entriesOf, listOf } from './tree.ts';

/** What the mappings may refer to. The config need not be valid otherwise, so that all problems are told at once. */
interface Known {
  readonly accounts: readonly string[];
  /** Kinds by id; `undefined` where the kind itself is wrong. */
  readonly sources: ReadonlyMap<string, unknown>;
}

/** Notes every reference to something that is not there, or that cannot do what is asked. */
export function checkReferences(tree: unknown, places: Places): void {
  const known: Known = {
    accounts: entriesOf(at(tree, 'accounts')).map(([id]) => id),
    sources: new Map(entriesOf(at(tree, 'sources')).map(([id, source]) => [id, at(source, 'kind')])),
  };
  for (const [index, mapping] of listOf(at(tree, 'mappings')).entries()) {
    const path = ['mappings', index];
    checkAccount(mapping, path, known, places);
    for (const { reference, place } of referencesOf(mapping, path))
      checkReference(reference, place, known, places);
  }
}

function checkAccount(mapping: unknown, path: Path, { accounts }: Known, places: Places): void {
  const account = at(mapping, 'account');
  const place = [...path, 'account'];
  if (account === undefined && entriesOf(mapping).length > 0 && accounts.length > 1)
    places.refuse(place, { reason: 'is missing', hint: `write one of ${accounts.join(', ')}` });
  if (typeof account === 'string' && !accounts.includes(account))
    places.refuse(place, unknownId('account', places.get(place)?.raw, accounts));
}

interface PlacedReference {
  readonly reference: unknown;
  readonly place: Path;
}

/** The references of a mapping: of its secrets, single or by variable, and of its discoveries. */
function referencesOf(mapping: unknown, path: Path): readonly PlacedReference[] {
  const explicit = listOf(at(mapping, 'secrets')).flatMap((secret, index) =>
    inputsOf(at(secret, 'from'), [...path, 'secrets', index, 'from']),
  );
  const discovered = listOf(at(mapping, 'discover')).map((discovery, index) => ({
    reference: at(discovery, 'from'),
    place: [...path, 'discover', index, 'from'],
  }));
  return [...explicit, ...discovered];
}

function inputsOf(from: unknown, place: Path): readonly PlacedReference[] {
  if (typeof at(from, 'source') === 'string') return [{ reference: from, place }];
  return entriesOf(from).map(([variable, reference]) => ({ reference, place: [...place, variable] }));
}

const abilities: Readonly<Record<string, readonly string[]>> = {
  tags: ['aws-secrets-manager'],
  metadata: ['vault'],
  description: ['aws-secrets-manager'],
  owningService: ['aws-secrets-manager'],
  stage: ['aws-secrets-manager'],
  version: ['aws-secrets-manager', 'vault'],
};

function checkReference(reference: unknown, place: Path, { sources }: Known, places: Places): void {
  const source = at(reference, 'source');
  if (typeof source !== 'string') return;
  const sourcePlace = [...place, 'source'];
  if (!sources.has(source)) {
    places.refuse(sourcePlace, unknownId('source', places.get(sourcePlace)?.raw, [...sources.keys()]));
    return;
  }
  const kind = sources.get(source);
  for (const [option, kinds] of Object.entries(abilities))
    if (typeof kind === 'string' && at(reference, option) !== undefined && !kinds.includes(kind))
      places.refuse(
        [...place, option],
        {
          reason: `works with sources of kind ${kinds.join(' and ')} only`,
          hint: 'remove it, or refer to such a source',
        },
        'key',
      );
}

function unknownId(what: string, raw: string | undefined, ids: readonly string[]): Flaw {
  const meant = raw === undefined ? undefined : nearest(raw, ids);
  const there = ids.length === 0 ? `add it under ${what}s` : `there are ${ids.join(', ')}`;
  return {
    reason: `names no ${what} of this config`,
    hint: meant === undefined ? there : `did you mean ${meant}?`,
  };
}

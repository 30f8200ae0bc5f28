// What the mappings of a config ask of one source, with the places that ask it.
import type { Config } from '../config/config.ts';
import type { ValueReference } from '../secret/reference.ts';
import { secretKey } from '../secret/reference.ts';
import type { DiscoveryQuery } from '../sources/source.ts';

/** One version of one secret, and every place that names it. */
export interface PlacedReference {
  readonly reference: ValueReference;
  readonly places: readonly string[];
}

export interface PlacedQuery {
  readonly query: DiscoveryQuery;
  readonly place: string;
}

/** Every secret that the mappings name in a source, once. */
export function placedReferences(
  { mappings }: Pick<Config, 'mappings'>,
  source: string,
): readonly PlacedReference[] {
  const byKey = new Map<string, { reference: ValueReference; places: string[] }>();
  const named = mappings.flatMap(({ place, secrets }) =>
    secrets.flatMap(({ inputs }, index) =>
      Object.values(inputs).map((reference) => ({ reference, place: `${place}.secrets[${index}]` })),
    ),
  );
  for (const { reference, place } of named.filter((one) => one.reference.source === source)) {
    const key = secretKey(reference);
    const known = byKey.get(key) ?? { reference, places: [] };
    known.places.push(place);
    byKey.set(key, known);
  }
  return [...byKey.values()];
}

/** Every discovery in a source. */
export function placedQueries(
  { mappings }: Pick<Config, 'mappings'>,
  source: string,
): readonly PlacedQuery[] {
  return mappings.flatMap(({ place, discoveries }) =>
    discoveries.flatMap((one, index) =>
      one.source === source ? [{ query: one.query, place: `${place}.discover[${index}]` }] : [],
    ),
  );
}

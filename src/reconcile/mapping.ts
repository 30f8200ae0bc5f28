// A mapping as the reconciler takes it: the config's entry, with every default filled in.
import type { ValueReference } from '../secret/reference.ts';
import type { DiscoveryQuery } from '../sources/source.ts';
import type { ApplicationPattern } from './applications.ts';

export interface Mapping {
  /** The place in the config: `mappings[0]`. */
  readonly place: string;
  readonly account: string;
  readonly applications: readonly ApplicationPattern[];
  readonly secrets: readonly ExplicitSecret[];
  readonly discoveries: readonly DiscoveredSecrets[];
}

/** A secret that the mapping names. */
export interface ExplicitSecret {
  readonly name: string;
  /** By variable of the template; a single reference is `value`. */
  readonly inputs: Readonly<Record<string, ValueReference>>;
  readonly template?: string | undefined;
  /** May be a template. */
  readonly description: string;
}

/** Secrets that a query selects. */
export interface DiscoveredSecrets {
  readonly source: string;
  readonly query: DiscoveryQuery;
  /** One secret a JSON field; without it the whole value. */
  readonly fields?: 'all' | readonly string[] | undefined;
  /** A template whose result is made upper snake case. */
  readonly name: string;
  readonly description: string;
  /** Globs over paths; empty lets everything in. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** The one variable of a mapping with a single reference. */
export const singleInput = 'value';

/** A secret that a mapping gives one application, before anyone asked for its version. */
export interface MappedSecret {
  readonly name: string;
  readonly place: string;
  readonly inputs: Readonly<Record<string, ValueReference>>;
  readonly template?: string | undefined;
  readonly origin: string;
  /** The description for people, tidied. */
  readonly text: string;
  /** For a secret that is one of all the fields of its source secret; see `field-sets.ts`. */
  readonly fieldSet?: string | undefined;
}

/** The inputs in an order that does not depend on how the config lists them. */
export function sortedInputs(
  inputs: Readonly<Record<string, ValueReference>>,
): readonly (readonly [variable: string, reference: ValueReference])[] {
  return Object.entries(inputs).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Every text of a mapping that may be a template, with its place in the config. */
export function templateTexts({
  place,
  secrets,
  discoveries,
}: Mapping): readonly (readonly [place: string, text: string])[] {
  return [
    ...secrets.flatMap(({ template, description }, index) => [
      [`${place}.secrets[${index}].template`, template ?? ''] as const,
      [`${place}.secrets[${index}].description`, description] as const,
    ]),
    ...discoveries.flatMap(({ name, description }, index) => [
      [`${place}.discover[${index}].name`, name] as const,
      [`${place}.discover[${index}].description`, description] as const,
    ]),
  ];
}

// All the fields of a source secret, remembered by the application: their names stand inside the value, which need not be read while nothing changed.
import { isTouched } from '../plan/drift.ts';
import type { Actual } from '../secret/actual.ts';
import type { Wanted } from '../secret/desired.ts';
import type { AccountKeys } from '../secret/keys.ts';
import { formatOrigin, pathTag } from '../secret/origin.ts';
import type { Version } from '../secret/reference.ts';
import type { FoundSecret } from '../sources/source.ts';
import type { Holdings } from './expansion.ts';
import type { DiscoveredSecrets } from './mapping.ts';

/** What shapes the secrets that one source secret becomes, how many there are included. */
export function fieldSetOf(
  { name, description }: DiscoveredSecrets,
  { metadata }: FoundSecret,
  application: string,
  fieldCount: number,
): string {
  return JSON.stringify([name, description, application, metadata ?? {}, fieldCount]);
}

/** The revision of one of them. It does without the field, which nobody knows before the value is read. */
export function fieldSetRevision(
  secret: { readonly name: string; readonly text: string; readonly fieldSet: string },
  from: { readonly source: string; readonly secret: string },
  version: Version,
  keys: AccountKeys,
): string {
  const { name, text, fieldSet } = secret;
  return keys.revision(['all fields', fieldSet, name, text, from.source, from.secret, version.id]);
}

/** Where a field set comes from. */
export interface FieldSetPlace {
  readonly found: FoundSecret;
  readonly discovery: DiscoveredSecrets;
  readonly place: string;
  readonly selector: string;
  readonly application: string;
}

/**
 * The secrets of a source secret, if the application holds exactly as many as there were when the same version was
 * written, none of them touched since; else `undefined`, and the value must be read.
 */
export function unchangedFields(
  where: FieldSetPlace,
  actual: readonly Actual[],
  { rules, keys }: Holdings,
): readonly Wanted[] | undefined {
  const { found, discovery, place, selector, application } = where;
  const origin = formatOrigin(selector, pathTag(discovery.source, found.secret));
  const reference = { source: discovery.source, secret: found.secret };
  const held = actual.flatMap((secret) => {
    const { described } = secret;
    if (described.ownership !== 'marked') return [];
    const { marker, text } = described;
    const isOurs = marker.owner === rules.owner && marker.origin === origin;
    return isOurs ? [{ secret, marker, text }] : [];
  });
  const fieldSet = fieldSetOf(discovery, found, application, held.length);
  const isSame = held.every(({ secret, marker, text }) => {
    const revision = fieldSetRevision({ name: secret.name, text, fieldSet }, reference, found.version, keys);
    const isCurrent = marker.keyTag === rules.keyTag && marker.absentSince === 0;
    return isCurrent && marker.revision === revision && !isTouched(marker, secret);
  });
  if (held.length === 0 || !isSame) return undefined;
  return held.map(({ secret, marker, text }) => ({
    state: 'wanted',
    name: secret.name,
    origin,
    text,
    revision: marker.revision,
    from: { place, references: [reference], versions: [found.version.label] },
  }));
}

// Which fields of found secrets become secrets: those that the config lists, or all, as the application knows them or the values say.
import type { Actual } from '../secret/actual.ts';
import type { Wanted } from '../secret/desired.ts';
import { formatOrigin, pathTag } from '../secret/origin.ts';
import { listFields } from '../sources/content.ts';
import type { FoundSecret } from '../sources/source.ts';
import type { Application } from '../target/target.ts';
import type { ExpandContext } from './expansion.ts';
import { unchangedFields } from './field-sets.ts';
import { groupBy } from './group.ts';
import type { DiscoveredSecrets } from './mapping.ts';
import type { Readings } from './readings.ts';

/** A found secret, and where it was found. */
export interface FoundPlace {
  readonly found: FoundSecret;
  readonly discovery: DiscoveredSecrets;
  readonly place: string;
  readonly selector: string;
  /** `undefined` where nothing depends on it. */
  readonly application: Application | undefined;
}

/** The fields of a found secret; `undefined` is the whole of it. Throws what reading its value threw. */
export type FieldReader = (secret: string) => readonly (string | undefined)[];

/** Of `fields: all`, the source secrets whose fields the application knows, each with what is wanted of it. */
export async function knownFields(
  included: readonly FoundSecret[],
  where: (found: FoundSecret) => FoundPlace,
  { holdings }: ExpandContext,
): Promise<ReadonlyMap<string, readonly Wanted[]>> {
  const known = new Map<string, readonly Wanted[]>();
  const [first] = included;
  if (holdings === undefined || first === undefined || where(first).discovery.fields !== 'all') return known;
  const byOrigin = groupBy(await holdings.actual(), originOf);
  for (const found of included) {
    const { discovery, selector, application, place } = where(found);
    const origin = formatOrigin(selector, pathTag(discovery.source, found.secret));
    const set = { found, discovery, place, selector, application: application?.shortName ?? '' };
    const fields = unchangedFields(set, byOrigin.get(origin) ?? [], holdings);
    if (fields !== undefined) known.set(found.secret, fields);
  }
  return known;
}

function originOf({ described }: Actual): string {
  return described.ownership === 'marked' ? described.marker.origin : '';
}

/** The fields of each found secret; their names stand inside the values, so `all` costs a read. */
export async function fieldReader(
  included: readonly FoundSecret[],
  discovery: DiscoveredSecrets,
  readings: Readings,
): Promise<FieldReader> {
  const { fields, source } = discovery;
  if (fields === undefined) return () => [undefined];
  if (fields !== 'all') return () => fields;
  const references = included.map(({ secret }) => ({ source, secret }));
  await readings.read(references);
  return (secret) => {
    const reading = readings.readingOf({ source, secret });
    if (reading.state === 'unresolved') throw reading.error;
    return reading.state === 'absent' ? [] : listFields(reading.content, { source, secret });
  };
}

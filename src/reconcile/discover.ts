// The secrets that one discovery gives one application, and what its listing proves.
import { minimatch } from 'minimatch';
import type { VoxsyncError } from '../errors.ts';
import { asVoxsyncError } from '../errors.ts';
import type { DiscoveryScope } from '../secret/desired.ts';
import { tidyDescription } from '../secret/limits.ts';
import { upperSnakeCase } from '../secret/name.ts';
import { discoverySelector, formatOrigin, pathTag } from '../secret/origin.ts';
import type { ValueReference } from '../secret/reference.ts';
import type { Discovery, FoundSecret } from '../sources/source.ts';
import type { Application } from '../target/target.ts';
import type { Attempt } from './attempt.ts';
import { attempt, heldOf, isFailed, mappedOf, publicPart } from './attempt.ts';
import { isShared } from './shared.ts';
import type { ExpandContext, Expansion } from './expansion.ts';
import { fieldSetOf } from './field-sets.ts';
import type { FieldReader, FoundPlace } from './fields.ts';
import { fieldReader, knownFields } from './fields.ts';
import { held, unresolved } from './held.ts';
import type { DiscoveredSecrets, Mapping } from './mapping.ts';
import { singleInput } from './mapping.ts';
import { mapInTurns } from './turns.ts';

/** Expands one discovery. A listing that failed gives one held entry and a scope that proves nothing. */
export async function expandDiscovery(
  discovery: DiscoveredSecrets,
  place: string,
  application: Application,
  context: ExpandContext,
): Promise<Expansion> {
  return isShared(discovery)
    ? expandShared(discovery, place, context)
    : expandFor(application, discovery, place, context);
}

/** Begins with the discoveries that need no application. What goes wrong with one is told to whoever asks for it. */
export function expandAhead(mappings: readonly Mapping[], context: ExpandContext): void {
  for (const { discoveries, place } of mappings) {
    for (const [index, discovery] of discoveries.entries()) {
      if (isShared(discovery)) expandShared(discovery, discoveryPlace(place, index), context).catch(() => {});
    }
  }
}

/** The place of a discovery in the config. */
export function discoveryPlace(mapping: string, index: number): string {
  return `${mapping}.discover[${index}]`;
}

function expandShared(
  discovery: DiscoveredSecrets,
  place: string,
  context: ExpandContext,
): Promise<Expansion> {
  return context.shared.of(discovery, () => expandFor(undefined, discovery, place, context));
}

async function expandFor(
  application: Application | undefined,
  discovery: DiscoveredSecrets,
  place: string,
  context: ExpandContext,
): Promise<Expansion> {
  const selector = discoverySelector({ source: discovery.source, query: JSON.stringify(discovery.query) });
  const listing = await context.readings.discover(discovery.source, discovery.query);
  if (listing.state === 'unresolved') return unresolvedExpansion(selector, discovery, place, listing.error);
  const included = listing.found.filter(({ secret }) => isIncluded(secret, discovery));
  const where = (found: FoundSecret) => ({ found, discovery, place, selector, application });
  const known = await knownFields(included, where, context);
  const open = included.filter(({ secret }) => !known.has(secret));
  const fieldsOf = await fieldReader(open, discovery, context.readings);
  const attempts = await mapInTurns(open, (found) => ({
    found,
    results: expandFound(where(found), fieldsOf, context),
  }));
  const results = attempts.flatMap((one) => one.results);
  const failed = new Set(
    attempts.filter((one) => one.results.some(isFailed)).map(({ found }) => found.secret),
  );
  const scope = scopeOf(selector, discovery.source, listing, failed);
  const { source } = discovery;
  const gone = listing.gone.map((secret) => ({ place, selector, reference: { source, secret } }));
  const unchanged = [...known.values()].flat();
  return {
    mapped: results.flatMap(mappedOf),
    unchanged,
    held: results.flatMap(heldOf),
    scopes: [scope],
    gone,
  };
}

function expandFound(
  where: FoundPlace,
  fieldsOf: FieldReader,
  { templates, readings }: ExpandContext,
): readonly Attempt[] {
  const { found, discovery, place, selector, application } = where;
  const whole: ValueReference = { source: discovery.source, secret: found.secret };
  let fields: readonly (string | undefined)[];
  try {
    fields = fieldsOf(found.secret);
  } catch (error) {
    const tell = readings.readingOf(whole).state === 'unresolved' ? unresolved : held;
    const where = { name: found.secret, isNameless: true, place, references: [whole] };
    return [{ held: tell(where, asVoxsyncError(error, 'unexpected', place)) }];
  }
  return fields.map((field) => {
    const reference = field === undefined ? whole : { ...whole, field };
    const where = { name: found.secret, isNameless: true, place, references: [reference] };
    return attempt(where, () => {
      const variables = {
        application: application?.shortName,
        metadata: found.metadata ?? {},
        ...publicPart(reference),
      };
      const name = upperSnakeCase(templates.renderText(discovery.name, variables, `${place}.name`));
      const text = tidyDescription(
        templates.renderText(discovery.description, { ...variables, name }, `${place}.description`),
      );
      const origin = formatOrigin(selector, pathTag(discovery.source, found.secret));
      const fieldSet =
        discovery.fields === 'all'
          ? fieldSetOf(discovery, found, application?.shortName ?? '', fields.length)
          : undefined;
      return { name, place, inputs: { [singleInput]: reference }, origin, text, fieldSet };
    });
  });
}

function scopeOf(
  selector: string,
  source: string,
  listing: Extract<Discovery, { state: 'listed' }>,
  failed: ReadonlySet<string>,
): DiscoveryScope {
  const seen = listing.found.map(({ secret }) => secret).filter((secret) => !failed.has(secret));
  const settled = new Set(seen.map((secret) => pathTag(source, secret)));
  // A file says all at once, but a secret of it that could not be named may be any of the old names.
  return {
    selector,
    isResolved: true,
    isAuthoritative: listing.isAuthoritative && failed.size === 0,
    settled,
  };
}

function unresolvedExpansion(
  selector: string,
  discovery: DiscoveredSecrets,
  place: string,
  error: VoxsyncError,
): Expansion {
  const reference = { source: discovery.source, secret: `${discovery.query.prefix}*` };
  const scope = { selector, isResolved: false, isAuthoritative: false, settled: new Set<string>() };
  return {
    mapped: [],
    unchanged: [],
    held: [unresolved({ name: reference.secret, isNameless: true, place, references: [reference] }, error)],
    scopes: [scope],
    gone: [],
  };
}

function isIncluded(secret: string, { include, exclude }: DiscoveredSecrets): boolean {
  const matches = (glob: string) => matchesPath(secret, glob);
  return (include.length === 0 || include.some(matches)) && !exclude.some(matches);
}

/** As in an ignore file: a glob without a slash is held against every part of the path. */
function matchesPath(secret: string, glob: string): boolean {
  const texts = glob.includes('/') ? [secret] : secret.split('/');
  return texts.some((text) => minimatch(text, glob, { nocomment: true, nonegate: true, dot: true }));
}

// What one mapping gives one application: its named secrets, and those that its discoveries select.
import { minimatch } from 'minimatch';
import type { VoxsyncError } from '../errors.ts';
import { asVoxsyncError } from '../errors.ts';
import { isSecretName, upperSnakeCase } from '../secret/name.ts';
import { tidyDescription } from '../secret/limits.ts';
import { discoverySelector, explicitSelector, formatOrigin, pathTag } from '../secret/origin.ts';
import type { DiscoveryScope, Held } from '../secret/desired.ts';
import type { ValueReference } from '../secret/reference.ts';
import type { Discovery, FoundSecret } from '../sources/source.ts';
import { listFields } from '../sources/content.ts';
import type { Application } from '../target/target.ts';
import { held, invalidName } from './held.ts';
import type { DiscoveredSecrets, ExplicitSecret, MappedSecret, Mapping } from './mapping.ts';
import { singleInput } from './mapping.ts';
import type { Readings } from './readings.ts';
import type { Templates } from './template.ts';

/** What came of a mapping: secrets to look up, secrets that cannot be, and what its discoveries prove. */
export interface Expansion {
  readonly mapped: readonly MappedSecret[];
  readonly held: readonly Held[];
  readonly scopes: readonly DiscoveryScope[];
}

export interface ExpandContext {
  readonly readings: Readings;
  readonly templates: Templates;
}

/** Expands one mapping for one application. */
export async function expandMapping(
  mapping: Mapping,
  application: Application,
  context: ExpandContext,
): Promise<Expansion> {
  const explicit = mapping.secrets.map((secret, index) =>
    attempt(secret.name, `${mapping.place}.secrets[${index}]`, Object.values(secret.inputs), (place) =>
      expandExplicit(secret, place, application, context),
    ),
  );
  const discovered = await Promise.all(
    mapping.discoveries.map((discovery, index) =>
      expandDiscovery(discovery, `${mapping.place}.discover[${index}]`, application, context),
    ),
  );
  return {
    mapped: [...explicit.flatMap(mappedOf), ...discovered.flatMap(({ mapped }) => mapped)],
    held: [...explicit.flatMap(heldOf), ...discovered.flatMap((expansion) => expansion.held)],
    scopes: discovered.flatMap(({ scopes }) => scopes),
  };
}

function expandExplicit(
  secret: ExplicitSecret,
  place: string,
  application: Application,
  { templates }: ExpandContext,
): MappedSecret {
  const [first] = Object.values(secret.inputs);
  const variables = { application: application.shortName, name: secret.name, ...publicPart(first) };
  const text = tidyDescription(templates.renderText(secret.description, variables, `${place}.description`));
  const origin = formatOrigin(explicitSelector, pathTag(first?.source ?? '', first?.secret ?? ''));
  return { name: secret.name, place, inputs: secret.inputs, template: secret.template, origin, text };
}

async function expandDiscovery(
  discovery: DiscoveredSecrets,
  place: string,
  application: Application,
  context: ExpandContext,
): Promise<Expansion> {
  const selector = discoverySelector({ source: discovery.source, query: JSON.stringify(discovery.query) });
  const listing = await context.readings.discover(discovery.source, discovery.query);
  if (listing.state === 'unresolved') return unresolvedExpansion(selector, discovery, place, listing.error);
  const included = listing.found.filter(({ secret }) => isIncluded(secret, discovery));
  const fieldsOf = await fieldReader(included, discovery, context.readings);
  const attempts = included.map((found) => ({
    found,
    results: expandFound({ found, discovery, place, selector, application }, fieldsOf, context),
  }));
  const results = attempts.flatMap((one) => one.results);
  const failed = new Set(
    attempts.filter((one) => one.results.some(isFailed)).map(({ found }) => found.secret),
  );
  const scope = scopeOf(selector, discovery.source, listing, failed);
  return { mapped: results.flatMap(mappedOf), held: results.flatMap(heldOf), scopes: [scope] };
}

interface FoundPlace {
  readonly found: FoundSecret;
  readonly discovery: DiscoveredSecrets;
  readonly place: string;
  readonly selector: string;
  readonly application: Application;
}

type Attempt = { readonly mapped: MappedSecret } | { readonly held: Held };
type FieldReader = (secret: string) => readonly (string | undefined)[];

function expandFound(
  where: FoundPlace,
  fieldsOf: FieldReader,
  { templates }: ExpandContext,
): readonly Attempt[] {
  const { found, discovery, place, selector, application } = where;
  const whole: ValueReference = { source: discovery.source, secret: found.secret };
  let fields: readonly (string | undefined)[];
  try {
    fields = fieldsOf(found.secret);
  } catch (error) {
    return [
      {
        held: held(
          { name: found.secret, place, references: [whole] },
          asVoxsyncError(error, 'unexpected', place),
        ),
      },
    ];
  }
  return fields.map((field) => {
    const reference = field === undefined ? whole : { ...whole, field };
    return attempt(found.secret, place, [reference], () => {
      const variables = { application: application.shortName, field: field ?? '', ...publicPart(reference) };
      const name = upperSnakeCase(templates.renderText(discovery.name, variables, `${place}.name`));
      const text = tidyDescription(
        templates.renderText(discovery.description, { ...variables, name }, `${place}.description`),
      );
      const origin = formatOrigin(selector, pathTag(discovery.source, found.secret));
      return { name, place, inputs: { [singleInput]: reference }, origin, text };
    });
  });
}

/** The fields of each found secret; their names stand inside the values, so `all` costs a read. */
async function fieldReader(
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

function scopeOf(
  selector: string,
  source: string,
  listing: Extract<Discovery, { state: 'listed' }>,
  failed: ReadonlySet<string>,
): DiscoveryScope {
  const seen = listing.found.map(({ secret }) => secret).filter((secret) => !failed.has(secret));
  const settled = new Set([...seen, ...listing.gone].map((secret) => pathTag(source, secret)));
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
    held: [held({ name: reference.secret, place, references: [reference] }, error)],
    scopes: [scope],
  };
}

/** One secret's expansion; what goes wrong with it stays with it. */
function attempt(
  name: string,
  place: string,
  references: readonly ValueReference[],
  expand: (place: string) => MappedSecret,
): Attempt {
  try {
    const mapped = expand(place);
    if (isSecretName(mapped.name)) return { mapped };
    return { held: held({ name: mapped.name, place, references }, invalidName(mapped.name, place)) };
  } catch (error) {
    return { held: held({ name, place, references }, asVoxsyncError(error, 'unexpected', place)) };
  }
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

/** What templates of names and descriptions may use. */
function publicPart(reference: ValueReference | undefined): Record<string, string> {
  if (reference === undefined) return {};
  return { source: reference.source, path: reference.secret, field: reference.field ?? '' };
}

function isFailed(one: Attempt): boolean {
  return 'held' in one;
}

function mappedOf(one: Attempt): readonly MappedSecret[] {
  return 'mapped' in one ? [one.mapped] : [];
}

function heldOf(one: Attempt): readonly Held[] {
  return 'held' in one ? [one.held] : [];
}

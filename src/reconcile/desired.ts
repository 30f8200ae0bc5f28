// From mapped secrets and what the sources said of them to the desired state of one application.
import { VoxsyncError } from '../errors.ts';
import type { Desired, Held, Problem, Provenance } from '../secret/desired.ts';
import { isNamed } from '../secret/desired.ts';
import type { AccountKeys } from '../secret/keys.ts';
import { textProblem } from '../secret/marker.ts';
import { explicitSelector, parseOrigin } from '../secret/origin.ts';
import type { ValueReference, Version } from '../secret/reference.ts';
import { fieldSetRevision } from './field-sets.ts';
import { groupBy } from './group.ts';
import { held, unresolved } from './held.ts';
import type { MappedSecret } from './mapping.ts';
import { sortedInputs } from './mapping.ts';
import type { Readings } from './readings.ts';

export interface DesiredContext {
  readonly owner: string;
  readonly keys: AccountKeys;
  readonly readings: Readings;
}

/**
 * What is desired for one mapped secret, as far as versions tell. `undefined` for one that was discovered and is gone after
 * all: nobody named it, and its discovery has settled what becomes of it.
 */
export function desiredOf(mapped: MappedSecret, context: DesiredContext): Desired | undefined {
  const references = Object.values(mapped.inputs);
  const observed = references.map((reference) => ({
    reference,
    observation: context.readings.observationOf(reference),
  }));
  for (const { observation } of observed) {
    if (observation.state === 'unresolved') return unresolved({ ...mapped, references }, observation.error);
  }
  const versions = observed.flatMap(({ observation }) =>
    observation.state === 'present' ? [observation.version] : [],
  );
  if (versions.length < references.length) return isExplicit(mapped) ? absent(mapped, observed) : undefined;
  const tooLong = textProblem(mapped.text, context.owner);
  if (tooLong !== undefined) return unwritable(mapped, tooLong);
  return {
    state: 'wanted',
    name: mapped.name,
    origin: mapped.origin,
    text: mapped.text,
    revision: revisionOf(mapped, versions, context.keys),
    from: provenanceOf(mapped, versions),
  };
}

/** Refuses every name that two places claim, and names both. */
export function refuseCollisions(desired: readonly Desired[]): readonly Desired[] {
  const groups = groupBy(desired.filter(isNamed), ({ name }) => name).values();
  const nameless = desired.filter((secret) => !isNamed(secret));
  return [
    ...[...groups].flatMap((claims) => (claims.length > 1 ? [collision(claims)] : claims)),
    ...nameless,
  ];
}

function collision(claims: readonly Desired[]): Held {
  const name = claims[0]?.name ?? '';
  const place = claims.map(({ from }) => from.place).join(' and ');
  const error = new VoxsyncError('secret-invalid', `${place} both give the name ${name}`, {
    hint: 'Rename one of them; until then neither is written.',
  });
  return held({ name, place, references: claims.flatMap(({ from }) => from.references) }, error);
}

/** Pairs of names that differ only in case: legal, and easily confused. */
export function caseTwins(desired: readonly Desired[]): readonly (readonly string[])[] {
  const groups = groupBy(desired.filter(isNamed), ({ name }) => name.toLowerCase()).values();
  return [...groups].filter((group) => group.length > 1).map((group) => group.map(({ name }) => name));
}

/** A text that changes with the source versions and with everything that shapes the value. */
function revisionOf(mapped: MappedSecret, versions: readonly Version[], keys: AccountKeys): string {
  const { name, text, fieldSet } = mapped;
  const [[reference], [version]] = [Object.values(mapped.inputs), versions];
  if (fieldSet !== undefined && reference !== undefined && version !== undefined)
    return fieldSetRevision({ name, text, fieldSet }, reference, version, keys);
  const versionIds = new Map(
    Object.keys(mapped.inputs).map((variable, index) => [variable, versions[index]?.id]),
  );
  const inputs = sortedInputs(mapped.inputs).flatMap(([variable, reference]) => [
    variable,
    reference.source,
    reference.secret,
    reference.field ?? '',
    reference.encoding ?? '',
    versionIds.get(variable) ?? '',
  ]);
  return keys.revision([mapped.template ?? '', ...inputs]);
}

function provenanceOf(mapped: MappedSecret, versions: readonly Version[]): Provenance {
  return {
    place: mapped.place,
    references: Object.values(mapped.inputs),
    versions: versions.map(({ label }) => label),
  };
}

function isExplicit({ origin }: MappedSecret): boolean {
  return parseOrigin(origin).selector === explicitSelector;
}

/** Gone only when every part is: a value of which one part is missing is a mistake, not a wish to delete. */
function absent(
  mapped: MappedSecret,
  observed: readonly { reference: ValueReference; observation: { state: string; proof?: string } }[],
): Desired {
  const gone = observed.filter(({ observation }) => observation.state === 'absent');
  const proof = gone
    .map(({ reference, observation }) => `${reference.source}: ${reference.secret}: ${observation.proof}`)
    .join('; ');
  if (gone.length === observed.length)
    return { state: 'absent', name: mapped.name, proof, from: provenanceOf(mapped, []) };
  const error = new VoxsyncError(
    'secret-not-found',
    `${mapped.place}: ${proof}, while its other parts exist`,
  );
  return held({ ...mapped, references: Object.values(mapped.inputs) }, error);
}

function unwritable(mapped: MappedSecret, { message, hint }: Pick<Problem, 'message' | 'hint'>): Held {
  const error = new VoxsyncError('secret-invalid', `${mapped.place}: ${message}`, { hint });
  return held({ ...mapped, references: Object.values(mapped.inputs) }, error);
}

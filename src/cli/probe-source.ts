// Proves one source for `voxsync check --online`: who we are there, each reference, each discovery. Reads no value where there is a way around it.
import type { Config } from '../config/config.ts';
import { asVoxsyncError, isAbort, VoxsyncError } from '../errors.ts';
import type { SecretReference, ValueReference } from '../secret/reference.ts';
import { secretKey } from '../secret/reference.ts';
import type { Observation, ReadProof, Source } from '../sources/source.ts';
import type { PlacedQuery, PlacedReference } from './demand.ts';
import { placedQueries, placedReferences } from './demand.ts';
import type { Finding, Subject } from './findings.ts';
import { proven, unresolved } from './findings.ts';

const readWords = 'read and dropped: nothing less would prove it here';

/** How many of the secrets that a discovery finds are tried. */
const triedCount = 20;

/** An open source, under its id in the config. */
export interface OpenSource {
  readonly id: string;
  readonly source: Source;
  readonly signal: AbortSignal;
}

/** Findings of a source, its own first. Throws only when the signal is aborted. */
export async function probeSource(
  open: OpenSource,
  config: Pick<Config, 'mappings'>,
): Promise<readonly Finding[]> {
  const references = await probeReferences(open, placedReferences(config, open.id));
  const discoveries = await Promise.all(
    placedQueries(config, open.id).map((query) => probeDiscovery(open, query)),
  );
  const found = [...references, ...discoveries];
  return [await probeIdentity(open, found), ...found];
}

/** A token that works and may not look itself up is no trouble. */
async function probeIdentity(
  { id, source, signal }: OpenSource,
  found: readonly Finding[],
): Promise<Finding> {
  const subject: Subject = { of: 'source', id, name: '', places: [`sources.${id}`] };
  if (source.identify === undefined) return proven(subject, 'needs no login');
  try {
    const who = await source.identify(signal);
    // Who is asked for nothing needs nothing.
    const proof = found.length === 0 ? undefined : await source.probePermissions?.(signal);
    if (proof?.missing !== undefined) return unresolved(subject, proof.missing);
    return proven(subject, [who, ...(proof?.savings ?? [])].join('; '));
  } catch (error) {
    if (isAbort(error, signal)) throw error;
    const failure = asVoxsyncError(error, 'unexpected', id);
    const isUsable = failure.code === 'source-refused' && found.some(({ state }) => state !== 'unresolved');
    return isUsable ? proven(subject, 'works, but does not tell who we are') : unresolved(subject, failure);
  }
}

async function probeReferences(
  open: OpenSource,
  asked: readonly PlacedReference[],
): Promise<readonly Finding[]> {
  if (asked.length === 0) return [];
  const references = asked.map(({ reference }) => reference);
  const proofs = await proofsOf(open, references);
  // What may not be read is not looked at: a source that refuses a look falls back to reading.
  const readable = references.filter((_, index) => !(proofs[index] instanceof VoxsyncError));
  const observations = await open.source.observe(readable, open.signal);
  const byKey = new Map(readable.map((reference, index) => [secretKey(reference), observations[index]]));
  return asked.map(({ reference, places }, index) => {
    const subject: Subject = { of: 'reference', id: open.id, name: nameOf(reference), places };
    return findingOf(subject, proofs[index] ?? 'read', byKey.get(secretKey(reference)));
  });
}

async function proofsOf(
  { id, source, signal }: OpenSource,
  references: readonly SecretReference[],
): Promise<readonly ReadProof[]> {
  if (source.probeReads === undefined) return references.map(() => 'read');
  try {
    return await source.probeReads(references, signal);
  } catch (error) {
    if (isAbort(error, signal)) throw error;
    const failure = asVoxsyncError(error, 'unexpected', id);
    return references.map(() => failure);
  }
}

function findingOf(subject: Subject, proof: ReadProof, observation: Observation | undefined): Finding {
  if (proof instanceof VoxsyncError) return unresolved(subject, proof);
  if (observation === undefined || observation.state === 'unresolved') {
    const unknown = () => new VoxsyncError('unexpected', `${subject.id}: ${subject.name} was not answered`);
    return unresolved(subject, observation?.error ?? unknown());
  }
  if (observation.state === 'absent') {
    const error = new VoxsyncError(
      'secret-not-found',
      `${subject.id}: ${subject.name}: ${observation.proof}`,
    );
    return { ...unresolved(subject, error), state: 'absent' };
  }
  return proven(subject, `version ${observation.version.label}; ${proofText(proof)}`);
}

function proofText(proof: 'allowed' | 'read'): string {
  return proof === 'allowed' ? 'its value may be read' : `its value was ${readWords}`;
}

async function probeDiscovery(open: OpenSource, { query, place }: PlacedQuery): Promise<Finding> {
  const { id, source, signal } = open;
  const subject: Subject = { of: 'discovery', id, name: `${query.prefix}*`, places: [place] };
  const discovery = await source.discover(query, signal);
  if (discovery.state === 'unresolved') return unresolved(subject, discovery.error);
  const tried = discovery.found.slice(0, triedCount).map(({ secret }) => ({ secret }));
  const proofs = tried.length === 0 ? [] : await proofsOf(open, tried);
  const refused = proofs.find((proof) => proof instanceof VoxsyncError);
  if (refused !== undefined) return unresolved(subject, refused);
  const count = discovery.found.length;
  if (count === 0) return proven(subject, '0 found');
  const which = tried.length < count ? `the first ${tried.length} of them` : 'all of them';
  const words = proofs.includes('read') ? `were ${readWords}` : 'may be read';
  return proven(subject, `${count} found; ${which} ${words}`);
}

function nameOf({ secret, version, stage }: ValueReference): string {
  const pin = version ?? stage;
  return pin === undefined ? secret : `${secret} @ ${pin}`;
}

// A source whose whole content is read at once (files, directories, memory): one loader makes all three methods.
import type { VoxsyncError } from '../errors.ts';
import { asVoxsyncError, isAbort } from '../errors.ts';
import { SecretBox } from '../secret/box.ts';
import { digest } from '../secret/digest.ts';
import type { SecretReference, Version } from '../secret/reference.ts';
import { namesWithPrefix } from './prefix.ts';
import type {
  Content,
  Discovery,
  DiscoveryQuery,
  FoundSecret,
  Observation,
  Reading,
  Source,
  Unresolved,
} from './source.ts';

/** One secret of a snapshot; `problem` stands where it is known to exist and cannot be read. */
export type Entry =
  | { readonly version: Version; readonly content: Content }
  | { readonly problem: VoxsyncError };

/** Everything a source holds at one moment, by name. */
export type Snapshot = ReadonlyMap<string, Entry>;

/**
 * A source over `load`, which throws when the snapshot cannot be trusted: then every secret is unresolved.
 * What a snapshot does not hold is proven absent; `place` says of what, for people.
 */
export function snapshotSource(place: string, load: (signal: AbortSignal) => Promise<Snapshot>): Source {
  const begin = async (signal: AbortSignal): Promise<Snapshot | Unresolved> => {
    signal.throwIfAborted();
    try {
      return await load(signal);
    } catch (error) {
      if (isAbort(error, signal)) throw error;
      return {
        state: 'unresolved',
        error: asVoxsyncError(error, 'source-invalid', `${place} cannot be read`),
      };
    }
  };
  const underWay = new WeakMap<AbortSignal, Promise<Snapshot | Unresolved>>();
  /** A pass asks for all its discoveries at once, under one signal: they share a load, however many they are. */
  const attempt = (signal: AbortSignal): Promise<Snapshot | Unresolved> => {
    const begun = underWay.get(signal) ?? begin(signal).finally(() => underWay.delete(signal));
    underWay.set(signal, begun);
    return begun;
  };
  const read = async (
    references: readonly SecretReference[],
    signal: AbortSignal,
  ): Promise<readonly Reading[]> => {
    const snapshot = await attempt(signal);
    return references.map((reference) => readingOf(reference, snapshot, place));
  };
  return {
    read,
    observe: async (references, signal) => (await read(references, signal)).map(withoutContent),
    discover: async (query, signal) => discoveryOf(query, await attempt(signal)),
    close: async () => {},
  };
}

function readingOf(reference: SecretReference, snapshot: Snapshot | Unresolved, place: string): Reading {
  if (!isSnapshot(snapshot)) return snapshot;
  const entry = snapshot.get(reference.secret);
  if (entry === undefined) return { state: 'absent', proof: `not in ${place}` };
  if ('problem' in entry) return { state: 'unresolved', error: entry.problem };
  return { state: 'present', ...entry };
}

function withoutContent(reading: Reading): Observation {
  return reading.state === 'present' ? { state: 'present', version: reading.version } : reading;
}

function discoveryOf(query: DiscoveryQuery, snapshot: Snapshot | Unresolved): Discovery {
  if (!isSnapshot(snapshot)) return snapshot;
  const found: FoundSecret[] = [];
  for (const secret of namesWithPrefix(snapshot, query.prefix)) {
    const entry = snapshot.get(secret);
    if (entry === undefined) continue;
    if ('problem' in entry) return { state: 'unresolved', error: entry.problem };
    found.push({ secret, version: entry.version });
  }
  return { state: 'listed', found, gone: [], isAuthoritative: true };
}

function isSnapshot(value: Snapshot | Unresolved): value is Snapshot {
  return !('state' in value);
}

/** The entry of a text. Its version changes with the text; nobody sees the version's id outside the process. */
export function textEntry(text: string, label: string): Entry {
  return { version: { id: digest([text], 22), label }, content: { form: 'text', box: new SecretBox(text) } };
}

// KV version 2: versions are told by the metadata, without reading a value.
import { VoxsyncError } from '../../errors.ts';
import { SecretBox } from '../../secret/box.ts';
import type { SecretReference } from '../../secret/reference.ts';
import { jsonText } from '../content.ts';
import type { Reading } from '../source.ts';
import type { Access } from './access.ts';
import { isObject, memberOf, misshapen, saysNothingThere, type Answer } from './answers.ts';
import { DetailedListings } from './details.ts';
import type { Engine, Find } from './engine.ts';
import { listNames } from './listing.ts';
import {
  goneOf,
  observationOf,
  parseMetadata,
  parseVersion,
  pinOf,
  versionOf,
  type Metadata,
} from './metadata.ts';
import { joinPath, requireSecretPath, type VaultPath } from './path.ts';
import { isForbidden, refusalOf } from './refusals.ts';
import type { VaultPlace } from './settings.ts';
import { createShelf, type Shelf } from './shelf.ts';

interface Context {
  readonly place: VaultPlace;
  readonly access: Access;
  readonly signal: AbortSignal;
  /** What a listing has told already. */
  readonly shelf?: Shelf;
}

/** `details` is what is known of the mount already. */
export function createKv2(
  place: VaultPlace,
  access: Access,
  details: DetailedListings = new DetailedListings(place, access),
): Engine {
  return {
    observer: (secrets, signal) => {
      const context = { place, access, signal, shelf: createShelf(details, secrets, signal) };
      return async (reference) => (await look(context, reference)).observation;
    },
    read: (reference, signal) => read({ place, access, signal }, reference),
    list: async (folder, limit, signal) =>
      (await details.all(folder, limit, signal)) ??
      listNames(place, access, joinPath(place.mount, 'metadata', folder.slice(0, -1)), signal),
    find: ({ secret, metadata }, isMetadataNeeded, signal) =>
      look({ place, access, signal, shelf: async () => metadata }, { secret }, isMetadataNeeded),
  };
}

/** Where the metadata is forbidden, the data tells its version too; but where it is silent, nothing is proven. */
async function look(
  context: Context,
  reference: SecretReference,
  isMetadataNeeded: boolean = false,
): Promise<Find> {
  try {
    return await lookAtMetadata(context, reference);
  } catch (refusal) {
    if (isMetadataNeeded || !isForbidden(refusal)) throw refusal;
    const reading = await readData(context, reference).catch((error: unknown) => {
      throw isForbidden(error) ? refusal : error;
    });
    if (reading === undefined) throw refusal;
    if (reading.state !== 'present') return { observation: reading, metadata: undefined };
    return { observation: { state: 'present', version: reading.version }, metadata: undefined };
  }
}

async function lookAtMetadata(context: Context, reference: SecretReference): Promise<Find> {
  const { place, shelf } = context;
  requireSecretPath(place.id, reference.secret);
  // A pin that is no number is refused before anything is asked.
  const pin = pinOf(place.id, reference);
  const path = joinPath(place.mount, 'metadata', reference.secret);
  const metadata = (await shelf?.(reference.secret)) ?? (await readMetadata(context, path));
  if (metadata === undefined) {
    return { observation: { state: 'absent', proof: 'Vault metadata: 404' }, metadata };
  }
  const observation = observationOf(place.id, reference, metadata, pin);
  if (observation !== undefined) return { observation, metadata: metadata.custom };
  throw misshapen(place.id, path.shown, 'the metadata of a KV version 2 secret');
}

/** `undefined` when Vault says that there is no such secret. */
async function readMetadata(
  { place: { id }, access, signal }: Context,
  path: VaultPath,
): Promise<Metadata | undefined> {
  const answer = await access.read(path, signal);
  if (saysNothingThere(answer)) return undefined;
  if (answer.status === 404) throw refusalOf(id, { capability: 'read', shown: path.shown }, answer);
  const metadata = parseMetadata(memberOf(answer.body, 'data'), answer.atMs);
  if (metadata !== undefined) return metadata;
  throw misshapen(id, path.shown, 'the metadata of a KV version 2 secret');
}

async function read(context: Context, reference: SecretReference): Promise<Reading> {
  const reading = await readData(context, reference);
  if (reading !== undefined) return reading;
  const { observation } = await lookAtMetadata(context, reference);
  if (observation.state !== 'present') return observation;
  const message = `${context.place.id}: ${reference.secret} changed while it was read`;
  throw new VoxsyncError('source-answer-invalid', message, { hint: 'The next pass reads it again.' });
}

/** `undefined` when Vault says that there is nothing, and not why. */
async function readData(context: Context, reference: SecretReference): Promise<Reading | undefined> {
  const { place, access, signal } = context;
  requireSecretPath(place.id, reference.secret);
  const pin = pinOf(place.id, reference);
  const path = joinPath(place.mount, 'data', reference.secret);
  const answer = await access.read(path, signal, pin === undefined ? '' : `version=${pin}`);
  if (saysNothingThere(answer)) return undefined;
  const reading = readingOf(place.id, reference, answer);
  if (reading !== undefined) return reading;
  if (answer.status === 404) throw refusalOf(place.id, { capability: 'read', shown: path.shown }, answer);
  throw misshapen(place.id, path.shown, 'a KV version 2 secret');
}

/** A secret, or the record of a deleted one that comes with a 404; `undefined` for anything else. */
function readingOf(id: string, reference: SecretReference, answer: Answer): Reading | undefined {
  const { status, body, atMs } = answer;
  const kept = parseVersion(memberOf(body, 'data', 'metadata'), atMs);
  const data = memberOf(body, 'data', 'data');
  if (kept === undefined || (reference.version ?? String(kept.number)) !== String(kept.number)) {
    return undefined;
  }
  if (status === 404 && data === null) return goneOf(id, reference, kept.number, kept.fate ?? 'deleted');
  if (status === 404 || !isObject(data)) return undefined;
  const box = new SecretBox(jsonText(data));
  return { state: 'present', version: versionOf(kept), content: { form: 'text', box } };
}

// What KV version 2 keeps of a secret beside its values: which versions there are, and what became of them.
import { VoxsyncError } from '../../errors.ts';
import type { SecretReference, Version } from '../../secret/reference.ts';
import type { Absent, Observation } from '../source.ts';
import { isObject, memberOf, numberOf, textOf } from './answers.ts';

/** One version, as both the metadata and the data of a secret tell it. */
export interface KeptVersion {
  readonly number: number;
  readonly createdTime: string;
  /** What became of it; `undefined` while it can be read. */
  readonly fate: 'deleted' | 'destroyed' | undefined;
}

/** The metadata of a secret. */
export interface Metadata {
  /** 0 when no value was ever written. */
  readonly currentVersion: number;
  /** What people noted beside the secret. */
  readonly custom: Readonly<Record<string, string>>;
  version(number: number): KeptVersion | undefined;
}

/** The version number that a reference holds on to. Throws `secret-invalid` when it is none. */
export function pinOf(id: string, { secret, version }: SecretReference): number | undefined {
  if (version === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(version)) return Number(version);
  const message = `${id}: version ${JSON.stringify(version)} of ${secret} is no version number`;
  throw new VoxsyncError('secret-invalid', message, { hint: 'Vault counts versions: 1, 2, 3 …' });
}

/** The `data` of a metadata answer that was given at `atMs`; `undefined` when it is not that, or shows versions after its current one. */
export function parseMetadata(data: unknown, atMs: number): Metadata | undefined {
  const currentVersion = numberOf(memberOf(data, 'current_version'));
  const versions = memberOf(data, 'versions');
  if (currentVersion === undefined || !isObject(versions)) return undefined;
  if (Object.keys(versions).some((number) => Number(number) > currentVersion)) return undefined;
  return {
    currentVersion,
    custom: customOf(memberOf(data, 'custom_metadata')),
    version: (number) => parseVersion(memberOf(versions, String(number)), atMs, number),
  };
}

/** Vault keeps texts only, and `null` where there are none. */
function customOf(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  const texts = Object.entries(value).flatMap(([key, text]: [string, unknown]) =>
    typeof text === 'string' ? [[key, text] as const] : [],
  );
  return Object.fromEntries(texts);
}

/** One version's record, as an answer of `atMs` told it; `undefined` when it is none. */
export function parseVersion(record: unknown, atMs: number, known?: number): KeptVersion | undefined {
  const number = known ?? numberOf(memberOf(record, 'version'));
  const createdTime = textOf(memberOf(record, 'created_time'));
  const deletionTime = textOf(memberOf(record, 'deletion_time'));
  const isDestroyed = memberOf(record, 'destroyed');
  if (number === undefined || createdTime === undefined || deletionTime === undefined) return undefined;
  if (typeof isDestroyed !== 'boolean') return undefined;
  const deletedAt = deletionTime === '' ? Number.POSITIVE_INFINITY : Date.parse(deletionTime);
  if (Number.isNaN(deletedAt)) return undefined;
  // A deletion that lies ahead, by Vault's own clock, has been scheduled by `delete_version_after`.
  const isDeleted = deletedAt <= atMs;
  return { number, createdTime, fate: isDestroyed ? 'destroyed' : isDeleted ? 'deleted' : undefined };
}

/** The creation time tells a secret from one that was removed and made anew, which counts from 1 again. */
export function versionOf({ number, createdTime }: KeptVersion): Version {
  return { id: `${number}@${createdTime}`, label: `v${number}` };
}

/** What the metadata says of the version that a reference means. `undefined` when it contradicts itself. Throws `secret-not-found` for a pin that cannot be read. */
export function observationOf(
  id: string,
  reference: SecretReference,
  metadata: Metadata,
  pin: number | undefined,
): Observation | undefined {
  const { currentVersion } = metadata;
  if (pin === undefined && currentVersion === 0) {
    return { state: 'absent', proof: 'Vault metadata: no version was ever written' };
  }
  const kept = metadata.version(pin ?? currentVersion);
  if (kept === undefined) {
    if (pin === undefined) return undefined;
    const became = pin > currentVersion ? 'does not exist' : 'is no longer kept';
    throw pinLost(id, reference, `${became}; the current one is ${currentVersion}`);
  }
  if (kept.fate !== undefined) return goneOf(id, reference, kept.number, kept.fate);
  return { state: 'present', version: versionOf(kept) };
}

/** A deleted version: of the current one, the secret's absence; of a pinned one, `secret-not-found`. */
export function goneOf(
  id: string,
  reference: SecretReference,
  number: number,
  fate: 'deleted' | 'destroyed',
): Absent {
  if (reference.version !== undefined) throw pinLost(id, reference, `is ${fate}`);
  return { state: 'absent', proof: `Vault: the current version ${number} is ${fate}` };
}

function pinLost(id: string, { secret, version }: SecretReference, what: string): VoxsyncError {
  return new VoxsyncError('secret-not-found', `${id}: version ${version} of ${secret} ${what}`, {
    hint: 'Choose another `version`, or remove it to follow the current one.',
  });
}

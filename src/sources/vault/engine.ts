// The two versions of Vault's KV engine behind one interface, and finding out which one is mounted.
import { VoxsyncError } from '../../errors.ts';
import type { SecretReference } from '../../secret/reference.ts';
import type { Observation, Reading } from '../source.ts';
import type { Access } from './access.ts';
import { isObject, memberOf, textOf } from './answers.ts';
import type { Entry } from './listing.ts';
import type { Metadata } from './metadata.ts';
import { joinPath } from './path.ts';
import { isForbidden } from './refusals.ts';
import type { VaultPlace } from './settings.ts';

/** One KV engine. Trouble is thrown as a VoxsyncError. */
export interface Engine {
  /** Observes one secret after the other, knowing all that will be asked for. */
  observer(
    secrets: readonly string[],
    signal: AbortSignal,
  ): (reference: SecretReference) => Promise<Observation>;
  read(reference: SecretReference, signal: AbortSignal): Promise<Reading>;
  /** What is in a folder (with a slash at its end; empty for the whole mount). Beyond `limit` the rest may be left out. */
  list(folder: string, limit: number, signal: AbortSignal): Promise<readonly Entry[]>;
  /** As observing, with what a discovery wants to know. Throws when metadata is needed and cannot be told. */
  find(listed: Listed, isMetadataNeeded: boolean, signal: AbortSignal): Promise<Find>;
}

/** A secret that a listing showed. */
export interface Listed {
  readonly secret: string;
  /** `undefined` where the listing did not tell it. */
  readonly metadata: Metadata | undefined;
}

export interface Find {
  readonly observation: Observation;
  /** `undefined` where it cannot be told: in KV version 1, or where the metadata is forbidden. */
  readonly metadata: Readonly<Record<string, string>> | undefined;
}

/**
 * The version of the engine at the mount. Asked for even where the settings give it, as far as Vault tells:
 * under the wrong version every secret looks absent. Throws `source-invalid` or `source-refused`.
 */
export async function detectVersion(place: VaultPlace, access: Access, signal: AbortSignal): Promise<1 | 2> {
  const told = await askMounts(place, access, signal);
  const { kvVersion } = place.settings;
  if (told === undefined) return kvVersion ?? askConfig(place, access, signal);
  if (kvVersion === undefined || kvVersion === told) return told;
  const message = `${place.id}: the mount ${place.mount} is KV version ${told}, the config says ${kvVersion}`;
  throw invalid(message, `Set \`kvVersion: ${told}\`, or leave it out.`);
}

/** What every token with access to the mount may ask; `undefined` when Vault does not say. */
async function askMounts(place: VaultPlace, access: Access, signal: AbortSignal): Promise<1 | 2 | undefined> {
  const path = joinPath('sys/internal/ui/mounts', place.mount);
  const answer = await access.read(path, signal).catch(unlessForbidden);
  if (answer === undefined || answer.status === 404) return undefined;
  const data = memberOf(answer.body, 'data');
  const mounted = textOf(memberOf(data, 'path'));
  const type = textOf(memberOf(data, 'type'));
  if (mounted === undefined || type === undefined) return undefined;
  if (mounted !== `${place.mount}/`) {
    const message = `${place.id}: ${place.mount} is no mount, but a folder of the mount ${mounted}`;
    throw invalid(message, `Set \`mount: ${mounted.replace(/\/$/, '')}\` and put the folder into the paths.`);
  }
  if (type !== 'kv' && type !== 'generic') {
    throw invalid(
      `${place.id}: the mount ${place.mount} is of type ${type}, not kv`,
      'Set `mount` to a KV engine.',
    );
  }
  return versionIn(memberOf(data, 'options'));
}

/** A mount without a version has the first one. Whatever is neither says nothing. */
function versionIn(options: unknown): 1 | 2 | undefined {
  if (options === null) return 1;
  if (!isObject(options)) return undefined;
  const version = Object.hasOwn(options, 'version') ? memberOf(options, 'version') : '1';
  if (version === '1') return 1;
  return version === '2' ? 2 : undefined;
}

/** Only version 2 has a configuration to read. Its absence proves nothing, so it does not mean version 1. */
async function askConfig(place: VaultPlace, access: Access, signal: AbortSignal): Promise<2> {
  const answer = await access.read(joinPath(place.mount, 'config'), signal).catch(unlessForbidden);
  const hasLimits = answer?.status === 200 && memberOf(answer.body, 'data', 'max_versions') !== undefined;
  if (hasLimits && memberOf(answer.body, 'data', 'cas_required') !== undefined) return 2;
  const message = `${place.id}: Vault does not tell the version of the KV engine at ${place.mount} to ${access.identity}`;
  throw new VoxsyncError('source-refused', message, {
    hint: `Check that the token is valid and that its policies allow what is below \`${place.mount}\` (\`voxsync policy\` prints it), and \`mount\`; or set \`kvVersion: 1\` or \`kvVersion: 2\`.`,
    remoteCode: 403,
  });
}

/** For `catch`: a refusal becomes `undefined`. */
function unlessForbidden(error: unknown): undefined {
  if (!isForbidden(error)) throw error;
  return undefined;
}

function invalid(message: string, hint: string): VoxsyncError {
  return new VoxsyncError('source-invalid', message, { hint });
}

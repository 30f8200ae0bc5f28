// KV version 1: no versions and no metadata, so every look reads the value, and its digest is the version.
import { VoxsyncError } from '../../errors.ts';
import { SecretBox } from '../../secret/box.ts';
import { digest } from '../../secret/digest.ts';
import type { SecretReference } from '../../secret/reference.ts';
import { jsonText } from '../content.ts';
import type { Observation, Reading } from '../source.ts';
import type { Access } from './access.ts';
import { isObject, memberOf, misshapen, saysNothingThere } from './answers.ts';
import type { Engine } from './engine.ts';
import { listNames } from './listing.ts';
import { joinPath, requireSecretPath } from './path.ts';
import { refusalOf } from './refusals.ts';
import type { VaultPlace } from './settings.ts';

export function createKv1(place: VaultPlace, access: Access): Engine {
  const read = async (reference: SecretReference, signal: AbortSignal): Promise<Reading> => {
    requireSecretPath(place.id, reference.secret);
    if (reference.version !== undefined) {
      const message = `${place.id}: ${reference.secret} is asked for by version, and KV version 1 keeps none`;
      throw new VoxsyncError('secret-invalid', message, { hint: 'Remove `version` from the reference.' });
    }
    const path = joinPath(place.mount, reference.secret);
    const answer = await access.read(path, signal);
    if (saysNothingThere(answer)) return { state: 'absent', proof: 'Vault: 404' };
    if (answer.status === 404) throw refusalOf(place.id, { capability: 'read', shown: path.shown }, answer);
    const data = memberOf(answer.body, 'data');
    if (!isObject(data)) throw misshapen(place.id, path.shown, 'a secret');
    const text = jsonText(data);
    return {
      state: 'present',
      // Nobody sees this digest: what leaves the process is keyed.
      version: { id: digest([text], 22), label: 'v1 engine' },
      content: { form: 'text', box: new SecretBox(text) },
    };
  };
  const observe = async (reference: SecretReference, signal: AbortSignal): Promise<Observation> => {
    const reading = await read(reference, signal);
    return reading.state === 'present' ? { state: 'present', version: reading.version } : reading;
  };
  return {
    read,
    observer: (_secrets, signal) => (reference) => observe(reference, signal),
    list: (folder, _limit, signal) =>
      listNames(place, access, joinPath(place.mount, folder.slice(0, -1)), signal),
    find: async ({ secret }, isMetadataNeeded, signal) => {
      if (isMetadataNeeded) {
        const message = `${place.id}: a discovery asks for metadata, and KV version 1 keeps none`;
        throw new VoxsyncError('source-invalid', message, { hint: 'Remove `metadata` from the discovery.' });
      }
      return { observation: await observe({ secret }, signal), metadata: undefined };
    },
  };
}

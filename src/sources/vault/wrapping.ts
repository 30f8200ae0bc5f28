// A SecretID that comes wrapped: its wrapping token is opened once, and one that was opened before is an alarm.
import { VoxsyncError } from '../../errors.ts';
import { SecretBox } from '../../secret/box.ts';
import { memberOf, textOf, type Answer } from './answers.ts';
import type { VaultClient } from './client.ts';
import { unavailability } from './refusals.ts';
import { isSendable } from './session.ts';

/** From the wrapping token, as it is now, to the SecretID. Throws a VoxsyncError. */
export type Unwrapping = (wrapping: SecretBox, signal: AbortSignal) => Promise<SecretBox>;

/** Keeps the SecretID in memory, since the token gives it only once; another token is opened as it comes. */
export function createUnwrapping(id: string, mountPath: string, client: VaultClient): Unwrapping {
  let opened: { readonly wrapping: SecretBox; readonly secretId: SecretBox } | undefined;
  return async (wrapping, signal) => {
    const known = opened;
    if (known?.wrapping.satisfies((text) => text === wrapping.reveal()) === true) return known.secretId;
    if (!isSendable(wrapping)) {
      throw new VoxsyncError('source-invalid', `${id}: auth.secretId holds no wrapping token`);
    }
    await checkMaker({ id, mountPath, client, wrapping, signal });
    const secretId = await unwrap({ id, mountPath, client, wrapping, signal });
    opened = { wrapping, secretId };
    return secretId;
  };
}

interface Opening {
  readonly id: string;
  readonly mountPath: string;
  readonly client: VaultClient;
  readonly wrapping: SecretBox;
  readonly signal: AbortSignal;
}

/** Somebody who opened the token may have wrapped something anew; then another path has made it. Costs the token nothing. */
async function checkMaker({ id, mountPath, client, wrapping, signal }: Opening): Promise<void> {
  const answer = await client.write('sys/wrapping/lookup', { token: wrapping.reveal() }, { signal });
  if (answer.status !== 200) throw lost(id, answer);
  const maker = textOf(memberOf(answer.body, 'data', 'creation_path')) ?? '';
  const start = `auth/${mountPath}/role/`;
  if (maker.includes(start) && /\/(?:custom-)?secret-id$/.test(maker)) return;
  const message = `${id}: the wrapping token in auth.secretId was made by ${JSON.stringify(maker)}, not by a role of auth/${mountPath}`;
  throw new VoxsyncError('source-refused', message, { hint: alarm });
}

async function unwrap({ id, client, wrapping, signal }: Opening): Promise<SecretBox> {
  const answer = await client.write('sys/wrapping/unwrap', {}, { token: wrapping, signal });
  if (answer.status !== 200) throw lost(id, answer);
  const text = textOf(memberOf(answer.body, 'data', 'secret_id'));
  if (text !== undefined) return new SecretBox(text);
  throw new VoxsyncError(
    'source-answer-invalid',
    `${id}: the wrapping token in auth.secretId gave no SecretID`,
  );
}

const alarm =
  'If voxsync has not opened it before (a restart needs a new one), somebody else may have: treat the SecretID as stolen, destroy it, find out who opened it in the audit log, and deliver a new one.';

function lost(id: string, { status }: Answer): VoxsyncError {
  const down = unavailability(status);
  if (down !== undefined) {
    return new VoxsyncError(
      'source-unreachable',
      `${id}: the SecretID was not unwrapped: Vault ${down} (${status})`,
      {
        remoteCode: status,
      },
    );
  }
  const message = `${id}: the wrapping token in auth.secretId was opened before, has expired, or is not one of this Vault's (${status})`;
  return new VoxsyncError('source-refused', message, { hint: alarm });
}

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
  /** The token that we asked for its content, from the question to the answer. */
  let asked: SecretBox | undefined;
  return async (wrapping, signal) => {
    if (opened !== undefined && isSame(opened.wrapping, wrapping)) return opened.secretId;
    if (!isSendable(wrapping)) {
      throw new VoxsyncError('source-invalid', `${id}: auth.secretId holds no wrapping token`);
    }
    const isLost = asked !== undefined && isSame(asked, wrapping);
    await checkMaker({ id, mountPath, client, wrapping, isLost, signal });
    asked = wrapping;
    const secretId = await unwrap({ id, mountPath, client, wrapping, isLost, signal });
    asked = undefined;
    opened = { wrapping, secretId };
    return secretId;
  };
}

function isSame(one: SecretBox, other: SecretBox): boolean {
  return one.satisfies((text) => text === other.reveal());
}

interface Opening {
  readonly id: string;
  readonly mountPath: string;
  readonly client: VaultClient;
  readonly wrapping: SecretBox;
  /** Whether it was opened by us already, as far as we know, and the answer did not arrive. */
  readonly isLost: boolean;
  readonly signal: AbortSignal;
}

/** Somebody who opened the token may have wrapped something anew; then another path has made it. Costs the token nothing. */
async function checkMaker(opening: Opening): Promise<void> {
  const { id, mountPath, client, wrapping, signal } = opening;
  const answer = await client.write('sys/wrapping/lookup', { token: wrapping.reveal() }, { signal });
  if (answer.status !== 200) throw unopened(opening, answer);
  const maker = textOf(memberOf(answer.body, 'data', 'creation_path')) ?? '';
  const start = `auth/${mountPath}/role/`;
  if (maker.startsWith(start) && /\/(?:custom-)?secret-id$/.test(maker)) return;
  const message = `${id}: the wrapping token in auth.secretId was made by ${JSON.stringify(maker)}, not by a role of auth/${mountPath}`;
  throw new VoxsyncError('source-refused', message, { hint: alarm });
}

async function unwrap(opening: Opening): Promise<SecretBox> {
  const { id, client, wrapping, signal } = opening;
  const answer = await client.write('sys/wrapping/unwrap', {}, { token: wrapping, signal });
  if (answer.status !== 200) throw unopened(opening, answer);
  const text = textOf(memberOf(answer.body, 'data', 'secret_id'));
  if (text !== undefined) return new SecretBox(text);
  throw new VoxsyncError(
    'source-answer-invalid',
    `${id}: the wrapping token in auth.secretId gave no SecretID`,
  );
}

const alarm =
  'If voxsync has not opened it before (a restart needs a new one), somebody else may have: treat the SecretID as stolen, destroy it, find out who opened it in the audit log, and deliver a new one.';

function unopened({ id, isLost }: Opening, answer: Answer): VoxsyncError {
  const down = unavailability(id, 'the SecretID was not unwrapped', answer);
  if (down !== undefined) return down;
  const token = `${id}: the wrapping token in auth.secretId`;
  if (isLost) {
    const message = `${token} was opened by us, but the answer did not arrive (${answer.status})`;
    return new VoxsyncError('source-refused', message, { hint: 'Deliver a new wrapping token.' });
  }
  const message = `${token} was opened before, has expired, or is not one of this Vault's (${answer.status})`;
  return new VoxsyncError('source-refused', message, { hint: alarm });
}

// Logging in: what is sent to Vault, and the token that comes back.
import { VoxsyncError } from '../../errors.ts';
import { SecretBox } from '../../secret/box.ts';
import { readCredential } from '../../credential.ts';
import { memberOf, numberOf, textOf, type Answer } from './answers.ts';
import type { VaultClient } from './client.ts';
import { joinPath } from './path.ts';
import { loginRefusal } from './refusals.ts';
import { isSendable } from './session.ts';
import { checkMountPath, type VaultAuth } from './settings.ts';

/** A token that Vault made for us. */
export interface IssuedToken {
  readonly token: SecretBox;
  /** What is left of it; 0 for a token that does not expire. */
  readonly leaseMs: number;
  /** What it had at the login. */
  readonly fullLeaseMs: number;
  readonly isRenewable: boolean;
}

export type Login = (signal: AbortSignal) => Promise<IssuedToken>;

/** Logs in with a RoleID and a SecretID, which is read anew at every login. Throws `source-invalid` for a bad `mountPath`. */
export function appRoleLogin(
  id: string,
  auth: Extract<VaultAuth, { method: 'approle' }>,
  client: VaultClient,
): Login {
  const mountPath = checkMountPath(id, 'auth.mountPath', auth.mountPath ?? 'approle');
  const path = joinPath('auth', mountPath, 'login');
  return async (signal) => {
    const secretId = await readCredential(auth.secretId, `${id}: auth.secretId`);
    const body = { role_id: auth.roleId, secret_id: secretId.reveal() };
    const answer = await client.write(path.encoded, body, { signal });
    if (answer.status !== 200) throw loginRefusal(id, path.shown, answer);
    const issued = issuedBy(answer);
    if (issued !== undefined) return issued;
    throw new VoxsyncError('source-answer-invalid', `${id}: the login at ${path.shown} gave no token`);
  };
}

/** The token in an answer to a login or a renewal; `undefined` when there is none. */
export function issuedBy({ status, body }: Answer): IssuedToken | undefined {
  const text = textOf(memberOf(body, 'auth', 'client_token'));
  const leaseSeconds = numberOf(memberOf(body, 'auth', 'lease_duration'));
  if (status !== 200 || text === undefined || leaseSeconds === undefined) return undefined;
  const token = new SecretBox(text);
  if (!isSendable(token)) return undefined;
  const leaseMs = leaseSeconds * 1000;
  const isRenewable = memberOf(body, 'auth', 'renewable') === true;
  return { token, leaseMs, fullLeaseMs: leaseMs, isRenewable };
}

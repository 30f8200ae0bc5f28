// Logging in: what is sent to Vault, and the token that comes back.
import { VoxsyncError } from '../../errors.ts';
import { SecretBox } from '../../secret/box.ts';
import type { Connections } from './agent.ts';
import { memberOf, numberOf, textOf, type Answer } from './answers.ts';
import type { VaultClient } from './client.ts';
import { loginRefusal } from './login-refusals.ts';
import { joinPath } from './path.ts';
import { proofOf } from './proof.ts';
import { isSendable } from './session.ts';
import { checkMountPath, type LoginAuth } from './settings.ts';

/** A token that Vault made for us. */
export interface IssuedToken {
  readonly token: SecretBox;
  /** What is left of it; 0 for a token that does not expire. */
  readonly leaseMs: number;
  /** What it had at the login. */
  readonly fullLeaseMs: number;
  readonly isRenewable: boolean;
  /** How many requests it is good for; infinite where Vault does not count. */
  readonly uses: number;
}

export type Login = (signal: AbortSignal) => Promise<IssuedToken>;

/** Logs in by the method of the settings. Throws `source-invalid` for a bad `mountPath`. */
export function createLogin(
  id: string,
  auth: LoginAuth,
  client: VaultClient,
  connections: Connections,
): Login {
  const mountPath = checkMountPath(id, 'auth.mountPath', auth.mountPath ?? auth.method);
  const prove = proofOf(id, auth, mountPath, client);
  const user = auth.method === 'userpass' ? checkMountPath(id, 'auth.username', auth.username) : '';
  const path = joinPath('auth', mountPath, 'login', user);
  return async (signal) => {
    if (auth.method === 'cert') await connections.refresh();
    const answer = await client.write(path.encoded, await prove(signal), { signal });
    if (answer.status !== 200) throw loginRefusal(id, path.shown, auth, answer);
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
  // Vault writes 0 for a token that it does not count.
  const uses = numberOf(memberOf(body, 'auth', 'num_uses')) || Number.POSITIVE_INFINITY;
  return { token, leaseMs, fullLeaseMs: leaseMs, isRenewable, uses };
}

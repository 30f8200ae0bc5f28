// Logging in: what is sent to Vault, and the token that comes back.
import { VoxsyncError } from '../../errors.ts';
import { SecretBox } from '../../secret/box.ts';
import type { Connections } from './agent.ts';
import { isObject, memberOf, numberOf, textOf, type Answer } from './answers.ts';
import type { VaultClient } from './client.ts';
import { loginRefusal } from './login-refusals.ts';
import { joinPath } from './path.ts';
import { proofOf } from './proof.ts';
import { createRestraint } from './restraint.ts';
import { isSendable } from './session.ts';
import { checkMountPath, type LoginAuth } from './settings.ts';

/** A token that Vault made for us. */
export interface IssuedToken {
  readonly token: SecretBox;
  /** 0 for a token that does not expire. */
  readonly leaseMs: number;
  readonly isRenewable: boolean;
  /** How many requests it is good for; infinite where Vault does not count. */
  readonly uses: number;
  readonly policies: readonly string[];
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
  const restraint = createRestraint();
  return async (signal) => {
    if (auth.method === 'cert' && (await connections.refresh())) restraint.forget();
    const body = await prove(signal);
    return restraint.unlessRefused(body, async () => {
      const answer = await client.write(path.encoded, body, { signal });
      if (answer.status !== 200) throw loginRefusal(id, path.shown, auth, answer);
      const issued = issuedBy(answer);
      if (issued !== undefined) return issued;
      throw withoutToken(id, path.shown, answer);
    });
  };
}

/** The token in an answer to a login or a renewal; `undefined` when there is none. */
export function issuedBy({ status, body }: Answer): IssuedToken | undefined {
  const auth = memberOf(body, 'auth');
  const text = textOf(memberOf(auth, 'client_token'));
  const leaseSeconds = numberOf(memberOf(auth, 'lease_duration'));
  if (status !== 200 || text === undefined || leaseSeconds === undefined) return undefined;
  const token = new SecretBox(text);
  if (!isSendable(token)) return undefined;
  const isRenewable = memberOf(auth, 'renewable') === true;
  // Vault writes 0 for a token that it does not count.
  const uses = numberOf(memberOf(auth, 'num_uses')) || Number.POSITIVE_INFINITY;
  const told: unknown = memberOf(auth, 'policies');
  const policies = Array.isArray(told) ? told.filter((one) => typeof one === 'string') : [];
  return { token, leaseMs: leaseSeconds * 1000, isRenewable, uses, policies };
}

function withoutToken(id: string, path: string, { body }: Answer): VoxsyncError {
  if (!isObject(memberOf(body, 'auth', 'mfa_requirement'))) {
    return new VoxsyncError('source-answer-invalid', `${id}: the login at ${path} gave no token`);
  }
  const message = `${id}: the login at ${path} asks for a second factor, which voxsync cannot give`;
  return new VoxsyncError('source-refused', message, {
    hint: 'Take this identity out of the login enforcement, or give voxsync a method of its own.',
  });
}

// What a login sends to prove who we are, by method; each credential is read anew at every login.
import { readCredential, type Credential } from '../../credential.ts';
import type { SecretBox } from '../../secret/box.ts';
import type { VaultClient } from './client.ts';
import type { LoginAuth } from './settings.ts';
import { createUnwrapping } from './wrapping.ts';

/** The body of a login. Throws a VoxsyncError for a credential that cannot be had, or the signal's reason. */
export type Proof = (signal: AbortSignal) => Promise<object>;

/** A proof that is asked for at every login anew. */
export function proofOf(id: string, auth: LoginAuth, mountPath: string, client: VaultClient): Proof {
  const read = (credential: Credential, option: string) =>
    readCredential(credential, `${id}: auth.${option}`);
  // The certificate itself is shown by the connection.
  if (auth.method === 'cert') return async () => (auth.role === undefined ? {} : { name: auth.role });
  if (auth.method === 'userpass') {
    return async () => ({ password: (await read(auth.password, 'password')).reveal() });
  }
  if (auth.method === 'approle') {
    const unwrap = auth.wrapped === true ? createUnwrapping(id, mountPath, client) : asItIs;
    return async (signal) => {
      const secretId = await unwrap(await read(auth.secretId, 'secretId'), signal);
      return { role_id: auth.roleId, secret_id: secretId.reveal() };
    };
  }
  return async () => ({ role: auth.role, jwt: (await read(auth.token, 'token')).reveal().trim() });
}

async function asItIs(secretId: SecretBox): Promise<SecretBox> {
  return secretId;
}

// What voxsync is called in messages, where Vault refuses it something.
import type { LoginAuth } from './settings.ts';

/** By the settings. A role id is left out: it is no secret, but it is half of a login. */
export function nameOf(auth: LoginAuth): string {
  const path = `auth/${auth.mountPath ?? auth.method}`;
  if (auth.method === 'approle') return `the AppRole of ${path}`;
  if (auth.method === 'userpass') return `the user ${auth.username} of ${path}`;
  if (auth.role !== undefined) return `the role ${auth.role} of ${path}`;
  return `the certificate for ${path}`;
}

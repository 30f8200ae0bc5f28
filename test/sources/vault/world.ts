// A real Vault behind a proxy that writes down every request, with an AppRole to log in by.
import { vi } from 'vitest';
import { startVault, type VaultServer } from '../../backends/start.ts';
import { startFaultyProxy, type FaultyProxy, type Matcher } from '../../proxy/faulty-proxy.ts';
import type { VaultSettings } from '../../../src/sources/vault/source.ts';
import { adminOf, fileWith, type Admin } from './setup.ts';

export type Auth<Method> = Extract<VaultSettings['auth'], { method: Method }>;

/** What the identities of these tests may do. */
export const policy = 'path "secret/+/app/*" { capabilities = ["read", "list"] }';

/** Sixty references to the three secrets that there are. */
export const many = Array.from({ length: 60 }, (_, index) => ({ secret: `app/${index % 3}` }));

export interface World {
  readonly vault: VaultServer;
  readonly admin: Admin;
  readonly proxy: FaultyProxy;
  /** A role with these settings besides the policy, and one SecretID of it in a file. The journal starts anew. */
  appRole(role?: object): Promise<Auth<'approle'> & { readonly secretId: { readonly file: string } }>;
  /** How many requests had a path that ends so. */
  count(end: string): number;
  /** The tokens that were sent, in order, without repetition. */
  readonly sent: ReadonlySet<string>;
  /** Notes tokens, and misbehaves as told. */
  watch(matcher?: Matcher): void;
  /** Whether Vault knows a token. */
  knows(token: string): Promise<boolean>;
  /** Waits until Vault has ended a token. */
  untilEnded(token: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts it, with the secrets `app/0` to `app/2` and the policy `app`. */
export async function startWorld(): Promise<World> {
  const vault = await startVault();
  const admin = adminOf(vault.address, vault.rootToken);
  const proxy = await startFaultyProxy(vault.address);
  const sent = new Set<string>();
  for (const name of [0, 1, 2]) await admin.put(`app/${name}`, { name });
  await admin.call('PUT', 'sys/policies/acl/app', { policy });
  await admin.call('POST', 'sys/auth/approle', { type: 'approle' });
  const knows = async (token: string) => {
    const headers = { 'x-vault-token': vault.rootToken };
    const url = `${vault.address}/v1/auth/token/lookup`;
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ token }) });
    return answer.ok;
  };
  const watch = (matcher?: Matcher) => {
    sent.clear();
    proxy.forget();
    proxy.misbehave((request) => {
      const token = request.headers['x-vault-token'];
      if (typeof token === 'string') sent.add(token);
      return matcher?.(request);
    });
  };
  return {
    vault,
    admin,
    proxy,
    sent,
    watch,
    appRole: async (role = {}) => {
      const base = 'auth/approle/role/app';
      await admin.call('DELETE', base);
      await admin.call('POST', base, { token_policies: ['app'], token_ttl: '1h', ...role });
      const { role_id: roleId } = await admin.call('GET', `${base}/role-id`);
      const { secret_id: secretId } = await admin.call('POST', `${base}/secret-id`, {});
      watch();
      return {
        method: 'approle',
        roleId: String(roleId),
        secretId: { file: await fileWith(String(secretId)) },
      };
    },
    count: (end) => proxy.journal.filter(({ path }) => path.endsWith(end)).length,
    knows,
    untilEnded: (token) => vi.waitUntil(async () => !(await knows(token)), { timeout: 60_000, interval: 50 }),
    stop: async () => {
      await proxy.close();
      await vault.stop();
    },
  };
}

// Vault and OpenBao as the source under test: a real server that can be sealed, with both versions of the KV engine, behind a proxy.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { startSealableVault } from '../backends/start.ts';
import { startFaultyProxy, type FaultyProxy } from '../proxy/faulty-proxy.ts';
import { adminOf, type Admin } from '../sources/vault/setup.ts';
import type { Ground } from './scene.ts';

/** What the identity of these tests may do, by what it is for. */
const policies = {
  list: `path "secret/metadata/*" { capabilities = ["list"] }
         path "secret/detailed-metadata/*" { capabilities = ["list"] }
         path "kv1/*" { capabilities = ["list"] }`,
  metadata: 'path "secret/metadata/*" { capabilities = ["read"] }',
  data: `path "secret/data/*" { capabilities = ["read"] }
         path "kv1/*" { capabilities = ["read"] }`,
} as const;

export type Permission = keyof typeof policies;

export const kinds: readonly Permission[] = ['list', 'metadata', 'data'];

export interface VaultGround {
  /** KV version 2 at `secret/`, with an AppRole. */
  readonly kv2: Ground;
  /** KV version 1 at `kv1/`, with an AppRole. */
  readonly kv1: Ground;
  /** A ground as it is, with a given token, which ends with `revokeToken` and comes anew with `issueToken`. */
  withGivenToken(ground: Ground): Ground;
  issueToken(): Promise<void>;
  revokeToken(): Promise<void>;
  issueSecretId(): Promise<void>;
  /** Puts one in its place that nobody issued. */
  spoilSecretId(): Promise<void>;
  readonly admin: Admin;
  readonly proxy: FaultyProxy;
  /** Gives the identity these permissions, and no others. */
  allow(...granted: readonly Permission[]): Promise<unknown>;
  seal(): Promise<void>;
  /** Resolves once secrets can be read again. */
  unseal(): Promise<void>;
  stop(): Promise<void>;
}

export async function openVault(name: 'vault' | 'openbao'): Promise<VaultGround> {
  const vault = await startSealableVault(name);
  const proxy = await startFaultyProxy(vault.address);
  const admin = adminOf(vault.address, vault.rootToken);
  const folder = await mkdtemp(path.join(tmpdir(), 'voxsync-vault-'));
  const fileOf = (one: string) => path.join(folder, one);

  const allow: VaultGround['allow'] = (...granted) =>
    Promise.all(
      kinds.map((kind) => {
        const path = `sys/policies/acl/${kind}`;
        return granted.includes(kind)
          ? admin.call('PUT', path, { policy: policies[kind] })
          : admin.call('DELETE', path);
      }),
    );
  await admin.call('POST', 'sys/mounts/kv1', { type: 'kv', options: { version: '1' } });
  await admin.call('POST', 'sys/auth/approle', { type: 'approle' });
  await admin.call('POST', 'auth/approle/role/voxsync', { token_policies: kinds, token_ttl: '1h' });
  await allow(...kinds);
  const { role_id: roleId } = await admin.call('GET', 'auth/approle/role/voxsync/role-id');
  const issueSecretId = async (): Promise<void> => {
    const { secret_id: secretId } = await admin.call('POST', 'auth/approle/role/voxsync/secret-id', {});
    await writeFile(fileOf('secret-id'), String(secretId));
  };
  await issueSecretId();
  const auth = { method: 'approle', roleId: String(roleId), secretId: { file: fileOf('secret-id') } };
  const settings = { kind: 'vault', address: proxy.endpoint, auth };
  let token = '';

  const groundOf = (own: object, write: (one: string, fields: object) => Promise<unknown>): Ground => ({
    settings: { ...settings, ...own },
    lost: { address: 'http://127.0.0.1:9' },
    separator: '/',
    put: (secrets) => Promise.all(Object.entries(secrets).map(([one, fields]) => write(one, fields))),
  });
  return {
    kv2: groundOf({}, (one, fields) => admin.put(one, fields)),
    kv1: groundOf({ mount: 'kv1' }, (one, fields) => admin.call('POST', `kv1/${one}`, fields)),
    withGivenToken: (ground) => ({
      ...ground,
      settings: { ...ground.settings, auth: { method: 'token', token: { file: fileOf('token') } } },
    }),
    issueSecretId,
    spoilSecretId: () => writeFile(fileOf('secret-id'), '00000000-0000-0000-0000-000000000000'),
    issueToken: async () => {
      const issued = await admin.call('POST', 'auth/token/create', { policies: kinds });
      token = String(issued['client_token']);
      await writeFile(fileOf('token'), token);
    },
    revokeToken: async () => void (await admin.call('POST', 'auth/token/revoke', { token })),
    admin,
    proxy,
    allow,
    seal: () => vault.seal(),
    unseal: async () => {
      await vault.unseal();
      const isOpen = async (): Promise<number> => {
        const headers = { 'x-vault-token': vault.rootToken };
        return (await fetch(`${vault.address}/v1/secret/config`, { headers })).status;
      };
      await expect.poll(isOpen, { interval: 20 }).toBe(200);
    },
    stop: async () => {
      await proxy.close();
      await vault.stop();
      await rm(folder, { recursive: true });
    },
  };
}

// Vault and OpenBao as sources: the contract suite, on both versions of their KV engine.
import { openVaultSource } from '../../../src/sources/vault/source.ts';
import type { SourceFixture } from '../contract.ts';
import { describeSourceContract } from '../contract.ts';
import { startOpenBao, startVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import type { Admin } from './setup.ts';
import { adminOf } from './setup.ts';

interface Mount {
  readonly mount: string;
  put(admin: Admin, name: string, data: object): Promise<unknown>;
  remove(admin: Admin, name: string): Promise<unknown>;
}

const second: Mount = {
  mount: 'secret',
  put: (admin, name, data) => admin.put(name, data),
  remove: (admin, name) => admin.call('DELETE', `secret/data/${name}`),
};

const first: Mount = {
  mount: 'plain',
  put: (admin, name, data) => admin.call('POST', `plain/${name}`, data),
  remove: (admin, name) => admin.call('DELETE', `plain/${name}`),
};

/** A server of its own, so that breaking it down breaks nothing else. */
async function openFixture(start: () => Promise<VaultServer>, kv: Mount): Promise<SourceFixture> {
  const vault = await start();
  const admin = adminOf(vault.address, vault.rootToken);
  await admin.call('POST', 'sys/mounts/plain', { type: 'kv', options: { version: '1' } });
  process.env['VOXSYNC_TEST_CONTRACT_TOKEN'] = vault.rootToken;
  const auth = { method: 'token', token: { env: 'VOXSYNC_TEST_CONTRACT_TOKEN' } } as const;
  const settings = { kind: 'vault', address: vault.address, mount: kv.mount, auth } as const;
  return {
    source: await openVaultSource('vault', settings),
    put: async (secrets) => {
      for (const [name, text] of Object.entries(secrets)) await kv.put(admin, name, JSON.parse(text));
    },
    remove: async (name) => void (await kv.remove(admin, name)),
    breakDown: () => vault.stop(),
    close: () => vault.stop(),
  };
}

describeWithBackend('vault', 'Vault', () => {
  describeSourceContract('vault, KV v2', () => openFixture(startVault, second));
  describeSourceContract('vault, KV v1', () => openFixture(startVault, first));
});

describeWithBackend('openbao', 'OpenBao', () => {
  describeSourceContract('openbao, KV v2', () => openFixture(startOpenBao, second));
  describeSourceContract('openbao, KV v1', () => openFixture(startOpenBao, first));
});

import { openVaultSource } from '../../../src/sources/vault/source.ts';
import type { SourceFixture } from '../contract.ts';
import { describeSourceContract } from '../contract.ts';
import { startVault } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import type { Admin } from './setup.ts';
import { adminOf } from './setup.ts';

/** A Vault of its own, so that breaking it down breaks nothing else. */
async function vaultFixture(
  mount: string,
  put: (admin: Admin, name: string, data: object) => Promise<void>,
  remove: (admin: Admin, name: string) => Promise<void>,
): Promise<SourceFixture> {
  const vault = await startVault();
  const admin = adminOf(vault.address, vault.rootToken);
  await admin.call('POST', 'sys/mounts/plain', { type: 'kv', options: { version: '1' } });
  process.env['VOXSYNC_TEST_CONTRACT_TOKEN'] = vault.rootToken;
  const auth = { method: 'token', token: { env: 'VOXSYNC_TEST_CONTRACT_TOKEN' } } as const;
  return {
    source: await openVaultSource('vault', { kind: 'vault', address: vault.address, mount, auth }),
    put: async (secrets) => {
      for (const [name, text] of Object.entries(secrets)) await put(admin, name, JSON.parse(text));
    },
    remove: (name) => remove(admin, name),
    breakDown: () => vault.stop(),
    close: () => vault.stop(),
  };
}

describeWithBackend('vault', 'Vault', () => {
  describeSourceContract('vault, KV v2', () =>
    vaultFixture(
      'secret',
      (admin, name, data) => admin.put(name, data),
      async (admin, name) => void (await admin.call('DELETE', `secret/data/${name}`)),
    ),
  );
  describeSourceContract('vault, KV v1', () =>
    vaultFixture(
      'plain',
      async (admin, name, data) => void (await admin.call('POST', `plain/${name}`, data)),
      async (admin, name) => void (await admin.call('DELETE', `plain/${name}`)),
    ),
  );
});

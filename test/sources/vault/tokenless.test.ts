// A real Vault Proxy that adds its own token: voxsync sends none, and tells a proxy from a Vault that wants one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type RunningServer } from '../../backends/server.ts';
import { startVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { adminOf, errorOf, open, readOne, textOf, type Admin } from './setup.ts';

describeWithBackend('vault', 'a Vault Proxy', () => {
  let vault: VaultServer;
  let admin: Admin;
  let proxy: RunningServer;
  beforeAll(async () => {
    vault = await startVault();
    admin = adminOf(vault.address, vault.rootToken);
    await admin.put('app/a', { a: 1 });
    const token = await admin.issue('path "secret/data/app/*" { capabilities = ["read"] }');
    proxy = await startServer('vault', {
      args: (port, folder) => {
        writeFileSync(join(folder, 'token'), token);
        writeFileSync(join(folder, 'proxy.hcl'), proxyConfig(vault.address, folder, port));
        return ['proxy', `-config=${join(folder, 'proxy.hcl')}`];
      },
      isReady: async (port, _folder, signal) => {
        const headers = { 'x-vault-request': 'true' };
        const answer = await fetch(`http://127.0.0.1:${port}/v1/auth/token/lookup-self`, { headers, signal });
        return answer.status === 200;
      },
    });
  });
  afterAll(async () => {
    await proxy.stop();
    await vault.stop();
  });

  test('answers with its own token, and its refusals stand', async () => {
    const address = `http://127.0.0.1:${proxy.port}`;
    const source = await open({ address, auth: { method: 'none' } });
    expect(textOf(await readOne(source, { secret: 'app/a' }))).toBe('{"a":1}');
    expect(errorOf(await readOne(source, { secret: 'other' }))).toMatchObject({ code: 'source-refused' });
  });

  test('is missed where a Vault answers', async () => {
    const source = await open({ address: vault.address, auth: { method: 'none' } });
    const error = errorOf(await readOne(source, { secret: 'app/a' }));
    expect(error).toMatchObject({ code: 'source-refused', remoteCode: 403 });
    expect(error.message).toContain('KV engine at secret to the Vault Agent or Proxy there');
  });
});

function proxyConfig(vault: string, folder: string, port: number): string {
  return `
    vault { address = "${vault}" }
    auto_auth { method "token_file" { config = { token_file_path = "${join(folder, 'token')}" } } }
    api_proxy { use_auto_auth_token = "force" }
    listener "tcp" {
      address = "127.0.0.1:${port}"
      tls_disable = true
      require_request_header = true
    }
  `;
}

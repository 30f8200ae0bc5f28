// Logins by AppRole on a real Vault: shared by all who wait, at any mount path, by the settings alone.
import { rename, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { VaultSettings } from '../../../src/sources/vault/source.ts';
import { startVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { startFaultyProxy, type FaultyProxy } from '../../proxy/faulty-proxy.ts';
import { adminOf, errorOf, fileWith, never, observeOne, open, readOne, type Admin } from './setup.ts';

describeWithBackend('vault', 'tokens and logins', () => {
  let vault: VaultServer;
  let admin: Admin;
  let proxy: FaultyProxy;
  /** Tokens that went over the wire, in order, without repetition. */
  const sent = new Set<string>();
  beforeAll(async () => {
    vault = await startVault();
    admin = adminOf(vault.address, vault.rootToken);
    proxy = await startFaultyProxy(vault.address);
    await admin.put('app/a', { a: 1 });
    await admin.call('PUT', 'sys/policies/acl/app', {
      policy: 'path "secret/+/app/*" { capabilities = ["read"] }',
    });
    await admin.call('POST', 'sys/auth/approle', { type: 'approle' });
    await admin.call('POST', 'sys/auth/team/roles', { type: 'approle' });
  });
  afterAll(async () => {
    await proxy.close();
    await vault.stop();
  });

  const journalOf = (end: string) => proxy.journal.filter(({ path }) => path.endsWith(end));
  const watch = () => {
    sent.clear();
    proxy.forget();
    proxy.misbehave(({ headers }) => {
      const token = headers['x-vault-token'];
      if (typeof token === 'string') sent.add(token);
      return undefined;
    });
  };
  const appRole = async (role: object = {}, mountPath = 'approle'): Promise<VaultSettings['auth']> => {
    const base = `auth/${mountPath}/role/app`;
    await admin.call('DELETE', base);
    await admin.call('POST', base, { token_policies: ['app'], token_ttl: '1h', ...role });
    const { role_id: roleId } = await admin.call('GET', `${base}/role-id`);
    const { secret_id: secretId } = await admin.call('POST', `${base}/secret-id`, {});
    return {
      method: 'approle',
      roleId: String(roleId),
      secretId: { file: await fileWith(`${secretId}\n`) },
      mountPath,
    };
  };
  const openApp = (auth: VaultSettings['auth']) => {
    watch();
    return open({ address: proxy.endpoint, auth });
  };
  const lookUp = async (token: string) => {
    const headers = { 'x-vault-token': token };
    const answer = await fetch(`${vault.address}/v1/auth/token/lookup-self`, { headers });
    return answer.ok ? 'alive' : 'dead';
  };

  test('logs in by AppRole once for all who wait, and revokes the token at the end', async () => {
    const source = await openApp(await appRole());
    const many = Array.from({ length: 30 }, () => ({ secret: 'app/a' }));
    const all = await Promise.all([source.observe(many, never), source.observe(many, never)]);
    expect(all.flat().every(({ state }) => state === 'present')).toBe(true);
    expect(journalOf('/login')).toHaveLength(1);
    expect(sent.size).toBe(1);
    const [token] = sent;
    expect(await lookUp(token!)).toBe('alive');
    await source.close();
    await source.close();
    expect(await lookUp(token!)).toBe('dead');
    expect(errorOf(await observeOne(source, { secret: 'app/a' })).message).toContain('closed');
  });

  test('logs in at another mount path, for tokens that cannot look themselves up', async () => {
    const source = await openApp(await appRole({ token_no_default_policy: true }, 'team/roles'));
    expect(await observeOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
    expect(journalOf('/login').map(({ path }) => path)).toEqual(['/v1/auth/team/roles/login']);
    // Every refusal looks like the end of the token here; one login must do.
    const forbidden = Array.from({ length: 10 }, (_, index) => ({ secret: `other/${index}` }));
    for (const answer of await source.observe(forbidden, never)) {
      expect(errorOf(answer)).toMatchObject({ code: 'source-refused' });
    }
    expect(journalOf('/login')).toHaveLength(2);
  });

  test('repeats with the new token what was refused after the replacement', async () => {
    const source = await openApp(await appRole());
    await observeOne(source, { secret: 'app/a' });
    const [token] = sent;
    let passOn = () => {};
    const event = new Promise<void>((resolve) => (passOn = resolve));
    proxy.misbehave(({ path, headers }) =>
      path.endsWith('?version=1') && headers['x-vault-token'] === token
        ? { kind: 'after', event }
        : undefined,
    );
    const late = readOne(source, { secret: 'app/a', version: '1' });
    await expect.poll(() => journalOf('?version=1').length).toBe(1);
    await admin.call('POST', 'auth/token/revoke', { token });
    expect(await observeOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
    passOn();
    expect(await late).toMatchObject({ state: 'present' });
    expect(journalOf('?version=1')).toHaveLength(2);
    expect(journalOf('/login')).toHaveLength(2);
  });

  test('uses batch tokens, which can neither be renewed nor revoked', async () => {
    const source = await openApp(await appRole({ token_type: 'batch', token_ttl: '1s' }));
    await expect
      .poll(
        async () => {
          expect(await observeOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
          return journalOf('/login').length;
        },
        { interval: 50 },
      )
      .toBeGreaterThanOrEqual(3);
    await source.close();
    expect(journalOf('/renew-self')).toHaveLength(0);
  });

  test('tells a refused login without quoting anything, and reads the SecretID anew the next time', async () => {
    const auth = await appRole();
    if (auth.method !== 'approle' || !('file' in auth.secretId)) throw new Error('not an AppRole');
    const { file } = auth.secretId;
    await rename(file, `${file}.good`);
    const source = await openApp(auth);
    expect(errorOf(await observeOne(source, { secret: 'app/a' }))).toMatchObject({
      code: 'source-invalid',
      message: `vault: auth.secretId: the file ${file} does not exist`,
    });
    await writeFile(file, 'canary-secret-id');
    const refused = errorOf(await observeOne(source, { secret: 'app/a' }));
    expect(refused).toMatchObject({
      code: 'source-refused',
      message: 'vault: Vault refused the login at auth/approle/login (400)',
    });
    await rename(`${file}.good`, file);
    expect(await observeOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
  });

  test('goes by its settings alone, whatever VAULT_* variables say', async () => {
    const misleading = {
      VAULT_ADDR: 'http://127.0.0.1:9',
      VAULT_TOKEN: 'canary-token',
      VAULT_NAMESPACE: 'canary',
      VAULT_PREFIX: '/canary',
      VAULT_SKIP_VERIFY: 'true',
    };
    for (const [name, value] of Object.entries(misleading)) vi.stubEnv(name, value);
    try {
      const source = await openApp(await appRole());
      const namespaces: unknown[] = [];
      proxy.misbehave(({ headers }) => {
        namespaces.push(headers['x-vault-namespace'], headers['x-vault-token'] === 'canary-token');
        return undefined;
      });
      expect(await readOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
      expect(new Set(namespaces)).toEqual(new Set([undefined, false]));
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

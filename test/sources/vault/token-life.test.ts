// The life of tokens on a real Vault: periods, counted uses, their end in the middle of a pass, and a Vault that is sealed there.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { VaultSettings } from '../../../src/sources/vault/source.ts';
import {
  startSealableVault,
  startVault,
  type SealableVault,
  type VaultServer,
} from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { startFaultyProxy, type FaultyProxy } from '../../proxy/faulty-proxy.ts';
import { adminOf, errorOf, fileWith, never, observeOne, open, tokenAuth, type Admin } from './setup.ts';

const many = Array.from({ length: 60 }, (_, index) => ({ secret: `app/${index % 3}` }));
const policy = 'path "secret/+/app/*" { capabilities = ["read"] }';

describeWithBackend('vault', 'the life of a token', () => {
  let vault: VaultServer;
  let admin: Admin;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    vault = await startVault();
    admin = adminOf(vault.address, vault.rootToken);
    proxy = await startFaultyProxy(vault.address);
    for (const name of [0, 1, 2]) await admin.put(`app/${name}`, { name });
    await admin.call('PUT', 'sys/policies/acl/app', { policy });
    await admin.call('POST', 'sys/auth/approle', { type: 'approle' });
  });
  afterAll(async () => {
    await proxy.close();
    await vault.stop();
  });
  const openApp = async (role: object) => {
    await admin.call('DELETE', 'auth/approle/role/app');
    await admin.call('POST', 'auth/approle/role/app', { token_policies: ['app'], ...role });
    const { role_id: roleId } = await admin.call('GET', 'auth/approle/role/app/role-id');
    const { secret_id: secretId } = await admin.call('POST', 'auth/approle/role/app/secret-id', {});
    const file = await fileWith(String(secretId));
    proxy.forget();
    const auth: VaultSettings['auth'] = { method: 'approle', roleId: String(roleId), secretId: { file } };
    return open({ address: proxy.endpoint, auth });
  };
  const count = (end: string) => proxy.journal.filter(({ path }) => path.endsWith(end)).length;
  /** Ends a token while requests are under way: once, as the tenth of them arrives. */
  const revokeInMidPass = () => {
    let arrived = 0;
    let revoked: Promise<unknown> = Promise.resolve();
    proxy.misbehave(({ path, headers }) => {
      if (!path.includes('/data/')) return undefined;
      arrived += 1;
      if (arrived !== 10) return undefined;
      const token = headers['x-vault-token'];
      revoked = admin.call('POST', 'auth/token/revoke', { token });
      return { kind: 'delay', delayMs: 100 };
    });
    return () => revoked;
  };

  test('a periodic token is renewed for as long as it is needed, with one login', async () => {
    const source = await openApp({ token_period: '1s' });
    await expect
      .poll(
        async () => {
          expect(await observeOne(source, { secret: 'app/0' })).toMatchObject({ state: 'present' });
          return count('/renew-self');
        },
        { timeout: 10_000, interval: 50 },
      )
      .toBeGreaterThanOrEqual(4);
    expect(count('/login')).toBe(1);
  });

  test('an explicit end is not run into: a login comes before it, and no request is refused', async () => {
    const source = await openApp({ token_ttl: '1s', token_explicit_max_ttl: '2s' });
    let refused = 0;
    await expect
      .poll(
        async () => {
          const answers = await source.observe(many, never);
          refused += answers.filter(({ state }) => state !== 'present').length;
          return count('/login');
        },
        { timeout: 15_000, interval: 20 },
      )
      .toBeGreaterThanOrEqual(3);
    expect(refused).toBe(0);
    expect(count('/lookup-self')).toBe(0);
  });

  test.each([
    // The version of the engine, whether it lists in detail, and sixty secrets.
    [1, 62],
    [3, 21],
    [7, 9],
  ])('a token of %i uses serves so many requests, and %i logins serve all', async (uses, logins) => {
    const source = await openApp({ token_ttl: '1h', token_num_uses: uses });
    const answers = await source.observe(many, never);
    expect(answers.map(({ state }) => state)).toEqual(many.map(() => 'present'));
    expect(count('/login')).toBe(logins);
    expect(count('/lookup-self')).toBe(0);
    await source.close();
  });

  test('what is forbidden to a token of few uses is told as forbidden', async () => {
    const source = await openApp({ token_ttl: '1h', token_num_uses: 2 });
    const answers = await source.observe([{ secret: 'other/a' }, { secret: 'app/0' }], never);
    expect(errorOf(answers[0]!)).toMatchObject({ code: 'source-refused', remoteCode: 403 });
    expect(answers[1]).toMatchObject({ state: 'present' });
  });

  test('a token of our own that is revoked in mid-pass is replaced once, and every secret is read', async () => {
    const source = await openApp({ token_ttl: '1h' });
    const revocation = revokeInMidPass();
    const readings = await source.read(many, never);
    await revocation();
    expect(readings.map(({ state }) => state)).toEqual(many.map(() => 'present'));
    expect(count('/login')).toBe(2);
  });

  test('a given token that is revoked in mid-pass leaves secrets unresolved, none of them absent', async () => {
    proxy.forget();
    const source = await open({ address: proxy.endpoint, auth: tokenAuth(await admin.issue(policy)) });
    const revocation = revokeInMidPass();
    const readings = await source.read(many, never);
    await revocation();
    const states = new Set(readings.map(({ state }) => state));
    expect(states).toEqual(new Set(['present', 'unresolved']));
    expect(errorOf(readings.at(-1)!)).toMatchObject({ code: 'source-refused' });
  });
});

describeWithBackend('vault', 'a Vault that is sealed', () => {
  let vault: SealableVault;
  let admin: Admin;
  beforeAll(async () => {
    vault = await startSealableVault();
    admin = adminOf(vault.address, vault.rootToken);
    for (const name of [0, 1, 2]) await admin.put(`app/${name}`, { name });
    await admin.call('POST', 'sys/auth/userpass', { type: 'userpass' });
    await admin.call('PUT', 'sys/policies/acl/app', { policy });
    await admin.call('POST', 'auth/userpass/users/voxsync', { password: 'p', token_policies: ['app'] });
  });
  afterAll(() => vault.stop());
  const sealedError = { code: 'source-unreachable', message: expect.stringContaining('is sealed') };

  test('in mid-pass leaves secrets unresolved, none of them absent, and answers again once unsealed', async () => {
    const proxy = await startFaultyProxy(vault.address);
    onTestFinished(() => proxy.close());
    const password = { file: await fileWith('p') };
    const auth: VaultSettings['auth'] = { method: 'userpass', username: 'voxsync', password };
    const source = await open({ address: proxy.endpoint, auth });
    let sealing: Promise<void> | undefined;
    let arrived = 0;
    proxy.misbehave(({ path }) => {
      if (!path.includes('/metadata/')) return undefined;
      arrived += 1;
      if (arrived === 10) sealing = vault.seal();
      return arrived < 10 ? undefined : { kind: 'delay', delayMs: 200 };
    });
    const answers = await source.observe(many.slice(0, 30), never);
    await sealing;
    expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(['present', 'unresolved']));
    expect(errorOf(answers.at(-1)!)).toMatchObject(sealedError);
    proxy.forget();
    expect(errorOf(await source.discover({ prefix: 'app/' }, never))).toMatchObject(sealedError);
    await vault.unseal();
    await expect
      .poll(async () => (await observeOne(source, { secret: 'app/0' })).state, { timeout: 10_000 })
      .toBe('present');
  });

  test('before the first login says so', async () => {
    await vault.seal();
    const password = { file: await fileWith('p') };
    const auth: VaultSettings['auth'] = { method: 'userpass', username: 'voxsync', password };
    const source = await open({ address: vault.address, auth, kvVersion: 2 });
    expect(errorOf(await observeOne(source, { secret: 'app/0' }))).toMatchObject(sealedError);
    await vault.unseal();
  });
});

// Logins and tokens on a real OpenBao: made, renewed, used up, lost and given back by the API that it shares with Vault.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startOpenBao, startSealableVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { startFaultyProxy, type FaultyProxy } from '../../proxy/faulty-proxy.ts';
import {
  adminOf,
  errorOf,
  fileWith,
  never,
  observeOne,
  open,
  readOne,
  tokenAuth,
  type Admin,
} from './setup.ts';

const policy = 'path "secret/+/app/*" { capabilities = ["read", "list"] }';

describeWithBackend('openbao', 'a login at OpenBao', () => {
  let bao: VaultServer;
  let admin: Admin;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    bao = await startOpenBao();
    admin = adminOf(bao.address, bao.rootToken);
    proxy = await startFaultyProxy(bao.address);
    await admin.put('app/a', { a: 1 });
    await admin.call('PUT', 'sys/policies/acl/app', { policy });
    await admin.call('POST', 'sys/auth/approle', { type: 'approle' });
  });
  afterAll(async () => {
    await proxy.close();
    await bao.stop();
  });
  const openApp = async (role: object, wrapTtl?: string) => {
    await admin.call('DELETE', 'auth/approle/role/app');
    await admin.call('POST', 'auth/approle/role/app', { token_policies: ['app'], ...role });
    const { role_id: roleId } = await admin.call('GET', 'auth/approle/role/app/role-id');
    const path = 'auth/approle/role/app/secret-id';
    const secretId =
      wrapTtl === undefined
        ? String((await admin.call('POST', path, {}))['secret_id'])
        : await wrapped(path, wrapTtl);
    proxy.forget();
    const auth = {
      method: 'approle',
      roleId: String(roleId),
      secretId: { file: await fileWith(secretId) },
    } as const;
    return open({ address: proxy.endpoint, auth: { ...auth, wrapped: wrapTtl !== undefined } });
  };
  const wrapped = async (path: string, ttl: string): Promise<string> => {
    const answer = await fetch(`${bao.address}/v1/${path}`, {
      method: 'POST',
      headers: { 'x-vault-token': bao.rootToken, 'x-vault-wrap-ttl': ttl },
      body: '{}',
    });
    return JSON.parse(await answer.text()).wrap_info.token;
  };
  const count = (end: string) => proxy.journal.filter(({ path }) => path.endsWith(end)).length;
  const isAlive = async (token: string) =>
    (await fetch(`${bao.address}/v1/auth/token/lookup-self`, { headers: { 'x-vault-token': token } })).ok;

  test('is made once, renewed in time, and given back at the end', async () => {
    // A third of it is what a busy machine may be late.
    const source = await openApp({ token_period: '3s' });
    let token = '';
    proxy.misbehave(({ headers }) => {
      token = String(headers['x-vault-token'] ?? token);
      return undefined;
    });
    const observe = async () => {
      expect(await observeOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
      return count('/renew-self');
    };
    await expect.poll(observe, { interval: 50 }).toBeGreaterThanOrEqual(2);
    expect(count('/login')).toBe(1);
    expect(await isAlive(token)).toBe(true);
    await source.close();
    expect(await isAlive(token)).toBe(false);
  });

  test('is made anew when its token was revoked', async () => {
    const source = await openApp({ token_ttl: '1h' });
    expect(await observeOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
    await admin.call('POST', 'sys/leases/revoke-prefix/auth/approle', {});
    expect(await observeOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
    expect(count('/login')).toBe(2);
  });

  test('is made anew when its uses are counted', async () => {
    const source = await openApp({ token_ttl: '1h', token_num_uses: 2 });
    for (const _ of [1, 2, 3]) {
      expect(await observeOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
    }
    expect([count('/login'), count('/lookup-self')]).toEqual([3, 0]);
  });

  test('is made with a wrapped secret id, which is opened once', async () => {
    const source = await openApp({ token_ttl: '1h' }, '5m');
    expect(await readOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
    expect([count('/wrapping/lookup'), count('/wrapping/unwrap'), count('/login')]).toEqual([1, 1, 1]);
  });

  test('that is refused is told as Vault would', async () => {
    const auth = { method: 'approle', roleId: 'nobody', secretId: { file: await fileWith('none') } } as const;
    const source = await open({ address: bao.address, auth });
    expect(errorOf(await readOne(source, { secret: 'app/a' }))).toMatchObject({
      code: 'source-refused',
      message: expect.stringMatching(/refused the login at auth\/approle\/login \(400\)/),
    });
    const unknown = await open({ address: bao.address, auth: tokenAuth('s.nobodys') });
    expect(errorOf(await readOne(unknown, { secret: 'app/a' })).code).toBe('source-refused');
  });
});

describeWithBackend('openbao', 'a sealed OpenBao', () => {
  test('leaves secrets unresolved, and gives them again when it is opened', async () => {
    const bao = await startSealableVault('openbao');
    onTestFinished(() => bao.stop());
    await adminOf(bao.address, bao.rootToken).put('app/a', { a: 1 });
    const source = await open({ address: bao.address, auth: tokenAuth(bao.rootToken) });
    await bao.seal();
    expect(errorOf(await observeOne(source, { secret: 'app/a' }))).toMatchObject({
      code: 'source-unreachable',
      remoteCode: 503,
    });
    expect(await source.discover({ prefix: '' }, never)).toMatchObject({ state: 'unresolved' });
    await bao.unseal();
    await expect.poll(() => observeOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
  });
});

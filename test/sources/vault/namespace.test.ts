// Namespaces: kept apart by a real OpenBao, and refused where a real Vault without them would answer from its root.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startOpenBao, startVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { startFaultyProxy, type FaultyProxy } from '../../proxy/faulty-proxy.ts';
import {
  adminIn,
  adminOf,
  errorOf,
  never,
  observeOne,
  open,
  readOne,
  textOf,
  tokenAuth,
  type Admin,
} from './setup.ts';

const question = '/v1/sys/internal/ui/mounts';

describeWithBackend('openbao', 'namespaces of OpenBao', () => {
  let bao: VaultServer;
  let proxy: FaultyProxy;
  let root: Admin;
  let inside: Admin;
  beforeAll(async () => {
    bao = await startOpenBao();
    proxy = await startFaultyProxy(bao.address);
    root = adminOf(bao.address, bao.rootToken);
    await root.call('POST', 'sys/namespaces/voice', {});
    await adminIn('voice', bao.address, bao.rootToken).call('POST', 'sys/namespaces/eu', {});
    inside = adminIn('voice/eu', bao.address, bao.rootToken);
    await inside.call('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } });
    await inside.call('POST', 'sys/mounts/one', { type: 'kv', options: { version: '1' } });
    await root.put('app/a', { from: 'root' });
    await inside.put('app/a', { from: 'voice/eu' });
    await inside.put('app/b', { from: 'voice/eu' });
    await inside.call('POST', 'one/app/a', { from: 'voice/eu' });
  });
  afterEach(() => proxy.forget());
  afterAll(async () => {
    await proxy.close();
    await bao.stop();
  });

  test('hold the secrets that are read, with a login of their own', async () => {
    const policy = `path "secret/*" { capabilities = ["read", "list"] }`;
    await inside.call('PUT', 'sys/policies/acl/reader', { policy });
    await inside.call('POST', 'sys/auth/approle', { type: 'approle' });
    await inside.call('POST', 'auth/approle/role/app', { token_policies: ['reader'], token_ttl: '1h' });
    const { role_id: roleId } = await inside.call('GET', 'auth/approle/role/app/role-id');
    const { secret_id: secretId } = await inside.call('POST', 'auth/approle/role/app/secret-id', {});
    vi.stubEnv('VOXSYNC_TEST_SECRET_ID', String(secretId));
    const secret = { env: 'VOXSYNC_TEST_SECRET_ID' };
    const auth = { method: 'approle', roleId: String(roleId), secretId: secret } as const;
    const source = await open({ address: proxy.endpoint, auth, namespace: 'voice/eu' });
    expect(textOf(await readOne(source, { secret: 'app/a' }))).toBe('{"from":"voice/eu"}');
    expect(await source.identify?.(never)).toMatch(/^token .*approle, policies default, reader$/);
    expect(await source.discover({ prefix: 'app/' }, never)).toMatchObject({
      state: 'listed',
      found: [{ secret: 'app/a' }, { secret: 'app/b' }],
    });
    vi.unstubAllEnvs();
    await source.close();
    expect(proxy.journal.at(-1)?.path).toBe('/v1/auth/token/revoke-self');
    expect(proxy.journal.filter(({ path }) => path === question)).toHaveLength(1);
    expect(proxy.journal.filter(({ path }) => path.includes('detailed'))).toHaveLength(1);
  });

  test('hold KV version 1 too, and are not mistaken for the root', async () => {
    const settings = { address: proxy.endpoint, auth: tokenAuth(bao.rootToken) };
    const old = await open({ ...settings, namespace: 'voice/eu', mount: 'one' });
    expect(textOf(await readOne(old, { secret: 'app/a' }))).toBe('{"from":"voice/eu"}');
    expect(textOf(await readOne(await open(settings), { secret: 'app/a' }))).toBe('{"from":"root"}');
    // Nothing is asked where no namespace is wanted.
    expect(proxy.journal.filter(({ path }) => path === question)).toHaveLength(1);
  });

  test('that do not exist prove nothing', async () => {
    const settings = { address: proxy.endpoint, auth: tokenAuth(bao.rootToken), kvVersion: 2 } as const;
    const source = await open({ ...settings, namespace: 'voice/us' });
    const error = errorOf(await observeOne(source, { secret: 'app/a' }));
    expect(error).toMatchObject({ code: 'source-invalid', hint: expect.stringContaining('`namespace`') });
    expect(error.message).toContain('namespace not found');
    expect(await source.discover({ prefix: '' }, never)).toMatchObject({ state: 'unresolved' });
  });
});

describeWithBackend('vault', 'a Vault without namespaces', () => {
  let vault: VaultServer;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    vault = await startVault();
    proxy = await startFaultyProxy(vault.address);
    await adminOf(vault.address, vault.rootToken).put('app/a', { from: 'root' });
  });
  afterEach(() => proxy.forget());
  afterAll(async () => {
    await proxy.close();
    await vault.stop();
  });
  const openVoice = () =>
    open({ address: proxy.endpoint, auth: tokenAuth(vault.rootToken), namespace: 'voice' });

  test('is not taken for the namespace: nothing is read, and no token is shown', async () => {
    const shown: unknown[] = [];
    proxy.misbehave(({ headers }) => {
      shown.push(headers['x-vault-token']);
      return undefined;
    });
    const source = await openVoice();
    for (const answer of [
      await readOne(source, { secret: 'app/a' }),
      await observeOne(source, { secret: 'app/a' }),
      await source.discover({ prefix: '' }, never),
    ]) {
      expect(errorOf(answer)).toMatchObject({
        code: 'source-invalid',
        message:
          'vault: `namespace` is voice, but this server ignores namespaces, and would answer from its root',
        hint: expect.stringContaining('OpenBao 2.3'),
      });
    }
    expect(new Set(proxy.journal.map(({ path }) => path))).toEqual(new Set([question]));
    expect(new Set(shown)).toEqual(new Set([undefined]));
  });

  test.each([
    ['a gateway that is overloaded', { kind: 'answer', status: 502 }],
    ['a connection that breaks', { kind: 'reset' }],
  ] as const)('is not judged by %s', async (_what, fault) => {
    proxy.misbehave(({ path }) => (path === question ? fault : undefined));
    const source = await openVoice();
    expect(errorOf(await readOne(source, { secret: 'app/a' })).code).toBe('source-unreachable');
    proxy.forget();
    expect(errorOf(await readOne(source, { secret: 'app/a' })).code).toBe('source-invalid');
  });

  test.each([400, 403, 404])(
    'is believed to keep them where it refuses a made-up one with %d',
    async (status) => {
      proxy.misbehave(({ path }) =>
        path === question ? { kind: 'answer', status, body: { errors: ['no such namespace'] } } : undefined,
      );
      const source = await openVoice();
      expect(await readOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
      expect(await readOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
      expect(proxy.journal.filter(({ path }) => path === question)).toHaveLength(1);
    },
  );
});

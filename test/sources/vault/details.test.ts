// Listings that tell the metadata with every name: used where a real OpenBao offers them, given up for good where a real Vault has none.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { SecretReference } from '../../../src/secret/reference.ts';
import { startOpenBao, startVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { startFaultyProxy, type FaultyProxy } from '../../proxy/faulty-proxy.ts';
import { adminOf, errorOf, never, open, tokenAuth, type Admin } from './setup.ts';

const mounts = '/v1/sys/internal/ui/mounts/secret';
const names = ['a b', '50%', 'a#b', 'a?b=1', 'a=b&c', 'a+b', 'ключ', '😀', '{{x}}', "!'()*", 'both'];
const secretsThere = [...names.map((name) => `app/${name}`), 'app/both/deep/er', 'app/states/kept'];
const plain = 'path "secret/metadata/*" { capabilities = ["read", "list"] }';

/** Secrets in every state, with odd names, in nested folders. */
async function fill(admin: Admin): Promise<void> {
  for (const name of names) await admin.put(`app/${encodeURIComponent(name)}`, { name });
  await admin.put('app/both/deep/er', { a: 1 });
  await admin.call('POST', 'secret/metadata/app/both', { custom_metadata: { team: 'voice' } });
  for (const version of [1, 2]) await admin.put('app/states/kept', { version });
  for (const name of ['deleted', 'destroyed']) await admin.put(`app/states/${name}`, { name });
  await admin.call('DELETE', 'secret/data/app/states/deleted');
  await admin.call('PUT', 'secret/destroy/app/states/destroyed', { versions: [1] });
  await admin.call('POST', 'secret/metadata/app/states/unwritten', { max_versions: 3 });
  await admin.put('single/one', { a: 1 });
}

describeWithBackend('openbao', 'detailed listings of OpenBao', () => {
  let bao: VaultServer;
  let admin: Admin;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    bao = await startOpenBao();
    admin = adminOf(bao.address, bao.rootToken);
    proxy = await startFaultyProxy(bao.address);
    await fill(admin);
  });
  afterEach(() => proxy.forget());
  afterAll(async () => {
    await proxy.close();
    await bao.stop();
  });
  const openWith = (token: string) => open({ address: proxy.endpoint, auth: tokenAuth(token) });
  const openRoot = () => openWith(bao.rootToken);
  const asked = () => proxy.journal.map(({ path }) => decodeURIComponent(path));
  const detailed = (folder: string, limit: number) =>
    `/v1/secret/detailed-metadata/${folder}?list=1&limit=${limit}`;

  test('a discovery costs one call a folder, and finds what the plain one finds', async () => {
    const discovery = await (await openRoot()).discover({ prefix: 'app/' }, never);
    const folders = ['app', 'app/both', 'app/both/deep', 'app/states'];
    const calls = [mounts, ...folders.map((folder) => detailed(folder, 1000))];
    expect(asked().toSorted()).toEqual(calls.toSorted());
    const unaided = await openWith(await admin.issue(plain));
    expect(discovery).toEqual(await unaided.discover({ prefix: 'app/' }, never));
    expect(discovery).toMatchObject({
      state: 'listed',
      gone: ['app/states/deleted', 'app/states/destroyed', 'app/states/unwritten'],
    });
    const found = discovery.state === 'listed' ? discovery.found : [];
    expect(found.map(({ secret }) => secret)).toEqual(secretsThere.toSorted());
    expect(found.find(({ secret }) => secret === 'app/both')?.metadata).toEqual({ team: 'voice' });
  });

  test('references of one folder cost one call, and are told as by their metadata', async () => {
    const references: readonly SecretReference[] = [
      { secret: 'app/states/kept' },
      { secret: 'app/states/kept', version: '1' },
      { secret: 'app/states/kept', version: '7' },
      { secret: 'app/states/deleted' },
      { secret: 'app/states/destroyed' },
      { secret: 'app/states/unwritten' },
    ];
    const observations = await (await openRoot()).observe(references, never);
    expect(asked()).toEqual([mounts, detailed('app/states', 80)]);
    const unaided = await openWith(await admin.issue(plain));
    expect(observations).toEqual(await unaided.observe(references, never));
    expect(observations.map(({ state }) => state)).toEqual([
      'present',
      'present',
      'unresolved',
      'absent',
      'absent',
      'absent',
    ]);
  });

  test('a single reference, and one that a listing does not show, is asked by name', async () => {
    const source = await openRoot();
    const secrets = ['single/one', 'app/ключ', 'app/none', 'app//odd', 'app/../a'];
    const observations = await source.observe(
      secrets.map((secret) => ({ secret })),
      never,
    );
    expect(observations.map(({ state }) => state)).toEqual([
      'present',
      'present',
      'absent',
      'unresolved',
      'unresolved',
    ]);
    expect(observations[2]).toEqual({ state: 'absent', proof: 'Vault metadata: 404' });
    expect(asked().toSorted()).toEqual([
      detailed('app', 40),
      '/v1/secret/metadata/app/none',
      '/v1/secret/metadata/single/one',
      mounts,
    ]);
  });

  test('where the policy lacks it, everything is asked the plain way, and it is not asked for again', async () => {
    const source = await openWith(await admin.issue(plain));
    const first = await source.discover({ prefix: 'app/' }, never);
    const second = await source.discover({ prefix: 'single/' }, never);
    const references = ['kept', 'deleted'].map((name) => ({ secret: `app/states/${name}` }));
    const observations = await source.observe(references, never);
    expect([first.state, second.state, ...observations.map(({ state }) => state)]).toEqual([
      'listed',
      'listed',
      'present',
      'absent',
    ]);
    expect(asked().filter((path) => path.includes('detailed'))).toEqual([detailed('app', 1000)]);
  });

  test('after an hour it is asked for again', async () => {
    const grant = 'path "secret/detailed-metadata/*" { capabilities = ["list"] }';
    await admin.call('PUT', 'sys/policies/acl/now', { policy: plain });
    const issued = await admin.call('POST', 'auth/token/create', { policies: ['now', 'later'] });
    const source = await openWith(String(issued['client_token']));
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      await source.discover({ prefix: 'single/' }, never);
      await admin.call('PUT', 'sys/policies/acl/later', { policy: grant });
      proxy.forget();
      vi.advanceTimersByTime(3_599_000);
      await source.discover({ prefix: 'single/' }, never);
      expect(asked().filter((path) => path.includes('detailed'))).toEqual([]);
      vi.advanceTimersByTime(2000);
      proxy.forget();
      await source.discover({ prefix: 'single/' }, never);
      expect(asked()).toEqual([mounts, detailed('single', 1000)]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a folder that is not told in detail is asked the plain way, alone', async () => {
    const policy = `${plain}
      path "secret/detailed-metadata/app/" { capabilities = ["list"] }
      path "secret/detailed-metadata/app/both/*" { capabilities = ["list"] }`;
    const source = await openWith(await admin.issue(policy));
    const discovery = await source.discover({ prefix: 'app/' }, never);
    expect(discovery).toEqual(await (await openRoot()).discover({ prefix: 'app/' }, never));
    proxy.forget();
    await source.discover({ prefix: 'app/' }, never);
    expect(asked().filter((path) => path.includes('/metadata/'))).toEqual([
      '/v1/secret/metadata/app/states?list=1',
      ...['deleted', 'destroyed', 'kept', 'unwritten'].map(
        (name) => `/v1/secret/metadata/app/states/${name}`,
      ),
    ]);
  });

  test.each([
    ['no listing', 200, { data: { keys: 'none' } }],
    ['larger than we read', 200, `{"data":"${' '.repeat(17 * 1024 * 1024)}"}`],
    ['a page of a gateway', 404, '<html></html>'],
    ['a refused method', 405, { errors: ['1 error occurred: unsupported operation'] }],
  ])('an answer that is %s (%d) is given up for the plain way', async (_what, status, body) => {
    proxy.misbehave(({ path }) => (path.includes('detailed') ? { kind: 'answer', status, body } : undefined));
    const discovery = await (await openRoot()).discover({ prefix: 'app/states/' }, never);
    expect(discovery).toMatchObject({ state: 'listed', found: [{ secret: 'app/states/kept' }] });
  });

  test('an entry without its metadata is asked by name', async () => {
    const change = (body: string) => body.replace(/"kept":\{[^]*?"versions":\{[^]*?\}\}\}/, '"kept":{}');
    proxy.misbehave(({ path }) => (path.includes('detailed') ? { kind: 'rewrite', change } : undefined));
    const discovery = await (await openRoot()).discover({ prefix: 'app/states/' }, never);
    expect(discovery).toMatchObject({
      state: 'listed',
      found: [{ secret: 'app/states/kept', version: { label: 'v2' } }],
      gone: ['app/states/deleted', 'app/states/destroyed', 'app/states/unwritten'],
    });
    expect(asked().filter((path) => path.includes('/metadata/'))).toEqual([
      '/v1/secret/metadata/app/states/kept',
    ]);
  });

  test.each([500, 503])('status %d may pass, so it is waited out and then told', async (status) => {
    proxy.misbehave(({ path }) =>
      path.includes('detailed') ? { kind: 'answer', status, body: { errors: [] } } : undefined,
    );
    const source = await openRoot();
    expect(errorOf(await source.discover({ prefix: 'app/' }, never)).remoteCode).toBe(status);
    const [observation] = await source.observe(
      ['kept', 'deleted'].map((name) => ({ secret: `app/states/${name}` })),
      never,
    );
    expect(errorOf(observation!).remoteCode).toBe(status);
    expect(asked().filter((path) => path.includes('/metadata/'))).toEqual([]);
  });
});

describeWithBackend('vault', 'a Vault without detailed listings', () => {
  let vault: VaultServer;
  let admin: Admin;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    vault = await startVault();
    admin = adminOf(vault.address, vault.rootToken);
    proxy = await startFaultyProxy(vault.address);
    await fill(admin);
  });
  afterEach(() => proxy.forget());
  afterAll(async () => {
    await proxy.close();
    await vault.stop();
  });
  const questions = () => proxy.journal.filter(({ path }) => path.includes('detailed')).length;
  const references = ['kept', 'deleted'].map((name) => ({ secret: `app/states/${name}` }));

  test('is asked for them once, by however many at the same time', async () => {
    const source = await open({ address: proxy.endpoint, auth: tokenAuth(vault.rootToken) });
    const [first, second, third] = await Promise.all([
      source.discover({ prefix: 'app/' }, never),
      source.discover({ prefix: 'single/' }, never),
      source.observe(references, never),
    ]);
    expect([first.state, second.state]).toEqual(['listed', 'listed']);
    expect(third.map(({ state }) => state)).toEqual(['present', 'absent']);
    expect(await source.discover({ prefix: 'app/' }, never)).toEqual(first);
    expect(first).toMatchObject({
      gone: ['app/states/deleted', 'app/states/destroyed', 'app/states/unwritten'],
    });
    const found = first.state === 'listed' ? first.found.map(({ secret }) => secret) : [];
    expect(found).toEqual(secretsThere.toSorted());
    expect(questions()).toBe(1);
  });

  test('refuses them without doubt being cast on the token', async () => {
    await admin.call('POST', 'sys/auth/approle', { type: 'approle' });
    await admin.call('PUT', 'sys/policies/acl/plain', { policy: plain });
    await admin.call('POST', 'auth/approle/role/app', { token_policies: ['plain'] });
    const { role_id: roleId } = await admin.call('GET', 'auth/approle/role/app/role-id');
    const { secret_id: secretId } = await admin.call('POST', 'auth/approle/role/app/secret-id', {});
    vi.stubEnv('VOXSYNC_TEST_SECRET_ID', String(secretId));
    const auth = {
      method: 'approle',
      roleId: String(roleId),
      secretId: { env: 'VOXSYNC_TEST_SECRET_ID' },
    } as const;
    const source = await open({ address: proxy.endpoint, auth });
    expect((await source.observe(references, never)).map(({ state }) => state)).toEqual([
      'present',
      'absent',
    ]);
    vi.unstubAllEnvs();
    expect(questions()).toBe(1);
    expect(proxy.journal.filter(({ path }) => /login|lookup-self/.test(path))).toHaveLength(1);
  });

  test('whoever waits for the answer of another ends with his own signal', async () => {
    proxy.misbehave(({ path }) => (path.includes('detailed') ? { kind: 'hang' } : undefined));
    const source = await open({ address: proxy.endpoint, auth: tokenAuth(vault.rootToken) });
    const slow = new AbortController();
    const first = source.discover({ prefix: 'app/' }, slow.signal);
    await expect.poll(questions).toBe(1);
    const brief = new AbortController();
    const second = source.discover({ prefix: 'single/' }, brief.signal);
    await expect.poll(() => proxy.journal.length).toBe(3);
    brief.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    slow.abort(new Error('stopped'));
    await expect(first).rejects.toThrow('stopped');
    proxy.forget();
    expect(await source.discover({ prefix: 'single/' }, never)).toMatchObject({ state: 'listed' });
    expect(questions()).toBe(1);
  });
});

// Discovery on a real Vault: prefixes, nesting, what is gone, and that trouble anywhere is the whole discovery's.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Discovery } from '../../../src/sources/source.ts';
import { startVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { startFaultyProxy } from '../../proxy/faulty-proxy.ts';
import { adminOf, errorOf, never, open, tokenAuth, type Admin } from './setup.ts';

function namesIn(discovery: Discovery): readonly string[] {
  if (discovery.state === 'unresolved') throw discovery.error;
  expect(discovery.isAuthoritative).toBe(false);
  return discovery.found.map(({ secret }) => secret);
}

describeWithBackend('vault', 'discovery in Vault', () => {
  let vault: VaultServer;
  let admin: Admin;
  beforeAll(async () => {
    vault = await startVault();
    admin = adminOf(vault.address, vault.rootToken);
    const paths = [
      'voice',
      'voice/trunk',
      'voice/trunk/eu',
      'voice/trunk/eu/deep/er',
      'voice/cr m',
      'voicemail/a',
    ];
    for (const path of [...paths, 'zoo']) await admin.put(encodeURI(path), { path });
  });
  afterAll(() => vault.stop());
  const openRoot = () => open({ address: vault.address, auth: tokenAuth(vault.rootToken) });
  const all = [
    'voice',
    'voice/cr m',
    'voice/trunk',
    'voice/trunk/eu',
    'voice/trunk/eu/deep/er',
    'voicemail/a',
    'zoo',
  ];

  test.each([
    ['', all],
    ['voice/', all.slice(1, 5)],
    ['voice', all.slice(0, 6)],
    ['voice/tr', all.slice(2, 5)],
    ['voice/trunk/', all.slice(3, 5)],
    ['voice/trunk/eu/deep/er', all.slice(4, 5)],
    ['none/', []],
    ['none', []],
  ])('prefix %j selects by path, folders and secrets of one name alike', async (prefix, expected) => {
    const source = await openRoot();
    expect(namesIn(await source.discover({ prefix }, never))).toEqual(expected);
  });

  test('tells the versions that observing tells', async () => {
    const source = await openRoot();
    const discovery = await source.discover({ prefix: 'voice/' }, never);
    if (discovery.state === 'unresolved') throw discovery.error;
    expect(discovery.found).toHaveLength(4);
    const references = discovery.found.map(({ secret }) => ({ secret }));
    const versions = discovery.found.map(({ version }) => ({ state: 'present', version }));
    expect(await source.observe(references, never)).toEqual(versions);
  });

  test('lists what is deleted as gone', async () => {
    for (const name of ['deleted', 'destroyed', 'kept']) await admin.put(`states/${name}`, { name });
    await admin.call('DELETE', 'secret/data/states/deleted');
    await admin.call('PUT', 'secret/destroy/states/destroyed', { versions: [1] });
    const discovery = await (await openRoot()).discover({ prefix: 'states/' }, never);
    expect(namesIn(discovery)).toEqual(['states/kept']);
    expect(discovery).toMatchObject({ gone: ['states/deleted', 'states/destroyed'] });
    for (const name of ['deleted', 'destroyed', 'kept']) {
      await admin.call('DELETE', `secret/metadata/states/${name}`);
    }
  });

  test('is unresolved where one folder, one secret, or the mount is forbidden', async () => {
    const path = 'path "secret/metadata/voice';
    const top = `${path}/" { capabilities = ["list"] }`;
    const folders = `${path}/*" { capabilities = ["list"] }`;
    const some = `${path}/trunk" { capabilities = ["list", "read"] } ${path}/cr m" { capabilities = ["read"] }`;
    for (const [policy, told] of [
      [top, '`list` on `secret/metadata/voice/trunk/`'],
      [`${folders} ${some}`, '`read` on `secret/metadata/voice/trunk/eu'],
      [some, '`list` on `secret/metadata/voice/`'],
    ] as const) {
      const source = await open({ address: vault.address, auth: tokenAuth(await admin.issue(policy)) });
      const error = errorOf(await source.discover({ prefix: 'voice/' }, never));
      expect(error).toMatchObject({ code: 'source-refused', hint: expect.stringContaining(told) });
    }
  });

  test('is unresolved where a listing fails on the way, and asks for nothing more', async () => {
    const proxy = await startFaultyProxy(vault.address);
    const source = await open({ address: proxy.endpoint, auth: tokenAuth(vault.rootToken) });
    proxy.misbehave(({ path }) =>
      path.startsWith('/v1/secret/metadata/voice/trunk?')
        ? { kind: 'answer', status: 404, body: { errors: ['no handler for route'] } }
        : undefined,
    );
    expect(errorOf(await source.discover({ prefix: '' }, never))).toMatchObject({ code: 'source-invalid' });
    expect(proxy.journal.filter(({ path }) => !path.includes('?list=1'))).toHaveLength(1);
    await proxy.close();
  });

  test('lists no further once a folder has failed', async () => {
    const proxy = await startFaultyProxy(vault.address);
    const source = await open({ address: proxy.endpoint, auth: tokenAuth(vault.rootToken) });
    const keys = Array.from({ length: 200 }, (_, index) => `f${index}/`);
    proxy.misbehave(({ path }) => {
      if (path === '/v1/secret/metadata?list=1')
        return { kind: 'answer', status: 200, body: { data: { keys } } };
      return path.includes('/f0?') ? { kind: 'answer', status: 400, body: { errors: [] } } : undefined;
    });
    expect(errorOf(await source.discover({ prefix: '' }, never)).remoteCode).toBe(400);
    // This waits its turn behind whatever the discovery still has in the queue.
    await source.observe([{ secret: 'zoo' }], never);
    expect(proxy.journal.length).toBeLessThan(50);
    await proxy.close();
  });

  test('is unresolved where folders nest too deep, a name cannot be addressed, or tags are asked for', async () => {
    const source = await openRoot();
    const deep = `deep/${'d/'.repeat(32)}leaf`;
    await admin.put(deep, { a: 1 });
    expect(errorOf(await source.discover({ prefix: 'deep/' }, never))).toMatchObject({
      code: 'source-invalid',
      message: expect.stringContaining('32 deep'),
    });
    await admin.call('DELETE', `secret/metadata/${deep}`);
    expect(errorOf(await source.discover({ prefix: '/voice' }, never)).code).toBe('secret-invalid');
    expect(errorOf(await source.discover({ prefix: 'a/../b' }, never)).code).toBe('secret-invalid');
    const tagged = await source.discover({ prefix: '', tags: { a: 'b' } }, never);
    expect(errorOf(tagged).code).toBe('source-invalid');
  });

  test('is unresolved rather than cut at 100,000 entries', async () => {
    const proxy = await startFaultyProxy(vault.address);
    const source = await open({ address: proxy.endpoint, auth: tokenAuth(vault.rootToken) });
    const keys = Array.from({ length: 100_001 }, (_, index) => `k${index}`);
    proxy.misbehave(({ path }) =>
      path === '/v1/secret/metadata?list=1'
        ? { kind: 'answer', status: 200, body: { data: { keys } } }
        : undefined,
    );
    expect(errorOf(await source.discover({ prefix: '' }, never))).toMatchObject({
      message: expect.stringContaining('100000 entries'),
    });
    await proxy.close();
  });
});

// KV version 2 on a real Vault and a real OpenBao: versions from metadata, values from data, and what counts as proof of absence.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { VaultServer } from '../../backends/start.ts';
import { startFaultyProxy } from '../../proxy/faulty-proxy.ts';
import {
  adminOf,
  describeOnBoth,
  errorOf,
  never,
  observeOne,
  open,
  readOne,
  textOf,
  tokenAuth,
  type Admin,
} from './setup.ts';

describeOnBoth('KV version 2', (start) => {
  let vault: VaultServer;
  let admin: Admin;
  beforeAll(async () => {
    vault = await start();
    admin = adminOf(vault.address, vault.rootToken);
  });
  afterAll(() => vault.stop());
  const openRoot = () => open({ address: vault.address, auth: tokenAuth(vault.rootToken) });

  test('reads what was written, with the version that metadata tells too', async () => {
    const source = await openRoot();
    await admin.put('one', { token: 't1', deep: { a: [1, 'x'] }, html: '<&>' });
    await admin.put('one', { token: 't2' });
    const reading = await readOne(source, { secret: 'one' });
    expect(JSON.parse(textOf(reading))).toEqual({ token: 't2' });
    const observation = await observeOne(source, { secret: 'one' });
    expect(observation).toEqual({ state: 'present', version: expect.objectContaining({ label: 'v2' }) });
    expect(reading).toMatchObject(observation);
  });

  test('gives another version id to a secret that was removed and made anew', async () => {
    const source = await openRoot();
    await admin.put('anew', { a: 1 });
    const before = await observeOne(source, { secret: 'anew' });
    await admin.call('DELETE', 'secret/metadata/anew');
    expect(await observeOne(source, { secret: 'anew' })).toEqual({
      state: 'absent',
      proof: 'Vault metadata: 404',
    });
    await admin.put('anew', { a: 2 });
    const after = await observeOne(source, { secret: 'anew' });
    expect(after).toMatchObject({ state: 'present', version: { label: 'v1' } });
    expect(after).not.toEqual(before);
  });

  test('observes without reading a value', async () => {
    const proxy = await startFaultyProxy(vault.address);
    const source = await open({ address: proxy.endpoint, auth: tokenAuth(vault.rootToken) });
    await admin.put('cheap/a', { a: 1 });
    await admin.put('cheaper/b', { a: 1 });
    const { signal } = new AbortController();
    await source.observe([{ secret: 'cheap/a' }, { secret: 'cheaper/b', version: '1' }], signal);
    expect(proxy.journal.map(({ path }) => path)).toEqual([
      '/v1/sys/internal/ui/mounts/secret',
      '/v1/secret/metadata/cheap/a',
      '/v1/secret/metadata/cheaper/b',
    ]);
    await proxy.close();
  });

  test('takes a deleted or destroyed current version for proof of absence, in both methods', async () => {
    const source = await openRoot();
    await admin.put('deleted', { a: 1 });
    await admin.call('DELETE', 'secret/data/deleted');
    const deleted = { state: 'absent', proof: 'Vault: the current version 1 is deleted' };
    expect(await observeOne(source, { secret: 'deleted' })).toEqual(deleted);
    expect(await readOne(source, { secret: 'deleted' })).toEqual(deleted);
    await admin.call('PUT', 'secret/destroy/deleted', { versions: [1] });
    const destroyed = { state: 'absent', proof: 'Vault: the current version 1 is destroyed' };
    expect(await observeOne(source, { secret: 'deleted' })).toEqual(destroyed);
    expect(await readOne(source, { secret: 'deleted' })).toEqual(destroyed);
    await admin.call('POST', 'secret/metadata/unwritten', { max_versions: 3 });
    expect(await readOne(source, { secret: 'unwritten' })).toEqual({
      state: 'absent',
      proof: 'Vault metadata: no version was ever written',
    });
  });

  test('takes a deletion that lies ahead for none', async () => {
    await admin.call('POST', 'secret/metadata/expiring', { delete_version_after: '1h' });
    await admin.put('expiring', { a: 1 });
    const source = await openRoot();
    expect(await observeOne(source, { secret: 'expiring' })).toMatchObject({ state: 'present' });
    expect(await readOne(source, { secret: 'expiring' })).toMatchObject({ state: 'present' });
  });

  test.each([
    ['ahead', 7_200_000, { state: 'present' }],
    ['behind', -7_200_000, { state: 'absent', proof: 'Vault: the current version 1 is deleted' }],
  ])('goes by its clock, and not by ours that is %s', async (_, offsetMs, expected) => {
    const secret = `clock/${offsetMs}`;
    await admin.call('POST', `secret/metadata/${secret}`, { delete_version_after: '1h' });
    await admin.put(secret, { a: 1 });
    await admin.put(`${secret}-beside`, { a: 1 });
    if (expected.state === 'absent') await admin.call('DELETE', `secret/data/${secret}`);
    const source = await openRoot();
    const { now } = Date;
    vi.spyOn(Date, 'now').mockImplementation(() => now() + offsetMs);
    // A Date header tells whole seconds.
    await expect.poll(() => observeOne(source, { secret })).toMatchObject(expected);
    // Two of a folder: told by a detailed listing where there is one.
    const both = await source.observe([{ secret }, { secret: `${secret}-beside` }], never);
    expect(both).toMatchObject([expected, { state: 'present' }]);
  });

  test('holds on to a pinned version and never takes its loss for absence', async () => {
    const source = await openRoot();
    await admin.call('POST', 'secret/metadata/pinned', { max_versions: 3 });
    for (const a of [1, 2, 3, 4]) await admin.put('pinned', { a });
    expect(await observeOne(source, { secret: 'pinned', version: '2' })).toMatchObject({
      state: 'present',
      version: { label: 'v2' },
    });
    expect(textOf(await readOne(source, { secret: 'pinned', version: '2' }))).toBe('{"a":2}');
    await admin.call('POST', 'secret/delete/pinned', { versions: [3] });
    await admin.call('PUT', 'secret/destroy/pinned', { versions: [2] });
    for (const [version, told] of [
      ['1', 'version 1 of pinned is no longer kept; the current one is 4'],
      ['2', 'version 2 of pinned is destroyed'],
      ['3', 'version 3 of pinned is deleted'],
      ['5', 'version 5 of pinned does not exist; the current one is 4'],
    ] as const) {
      for (const answer of [
        await observeOne(source, { secret: 'pinned', version }),
        await readOne(source, { secret: 'pinned', version }),
      ]) {
        expect(errorOf(answer)).toMatchObject({ code: 'secret-not-found', message: `vault: ${told}` });
      }
    }
    for (const version of ['0', 'latest', '1.0', '-1', '']) {
      expect(errorOf(await observeOne(source, { secret: 'pinned', version }))).toMatchObject({
        code: 'secret-invalid',
      });
    }
  });

  test('answers in the order asked, and one bad secret leaves the others alone', async () => {
    const source = await openRoot();
    await admin.put('order/a', { n: 'a' });
    await admin.put('order/b', { n: 'b' });
    const names = ['order/b', 'order/../a', 'order/none', 'order/a'];
    const readings = await source.read(
      names.map((secret) => ({ secret })),
      new AbortController().signal,
    );
    expect(readings.map(({ state }) => state)).toEqual(['present', 'unresolved', 'absent', 'present']);
    expect(textOf(readings[0]!)).toBe('{"n":"b"}');
    expect(textOf(readings[3]!)).toBe('{"n":"a"}');
  });

  test.each([
    'a b',
    'a%b',
    '%2e%2e',
    'a#b',
    'a?b=1',
    'a=b&c',
    'a+b',
    'ключ',
    '😀',
    '{{x}}',
    '&#x2F;',
    "!'()*",
    '...',
    ' a ',
  ])('addresses the odd name %j', async (name) => {
    const source = await openRoot();
    await admin.put(`odd/${encodeURIComponent(name)}/leaf`, { name });
    const reference = { secret: `odd/${name}/leaf` };
    expect(JSON.parse(textOf(await readOne(source, reference)))).toEqual({ name });
    expect(await observeOne(source, reference)).toMatchObject({ state: 'present' });
  });

  test.each(['', '/a', 'a/', 'a//b', '.', 'a/..', '../a', 'a/./b', 'a\nb', '\ud800'])(
    'refuses to address %j',
    async (secret) => {
      const source = await openRoot();
      expect(errorOf(await observeOne(source, { secret }))).toMatchObject({ code: 'secret-invalid' });
      expect(errorOf(await readOne(source, { secret }))).toMatchObject({ code: 'secret-invalid' });
    },
  );

  test('names the path and the capability that a policy lacks', async () => {
    const token = await admin.issue('path "secret/metadata/mine/*" { capabilities = ["read"] }');
    const source = await open({ address: vault.address, auth: tokenAuth(token) });
    const error = errorOf(await observeOne(source, { secret: 'theirs/a' }));
    expect(error).toMatchObject({
      code: 'source-refused',
      hint: expect.stringContaining('`read` on `secret/metadata/theirs/a`'),
    });
    await admin.put('mine/a', { a: 1 });
    expect(await observeOne(source, { secret: 'mine/a' })).toMatchObject({ state: 'present' });
    expect(errorOf(await readOne(source, { secret: 'mine/a' }))).toMatchObject({ code: 'source-refused' });
  });

  test('asks the data where metadata is forbidden, and takes its silence for no proof', async () => {
    const token = await admin.issue('path "secret/data/only/*" { capabilities = ["read"] }');
    const source = await open({ address: vault.address, auth: tokenAuth(token) });
    await admin.put('only/a', { a: 1 });
    await admin.put('only/deleted', { a: 1 });
    await admin.call('DELETE', 'secret/data/only/deleted');
    const root = await openRoot();
    expect(await observeOne(source, { secret: 'only/a' })).toEqual(
      await observeOne(root, { secret: 'only/a' }),
    );
    expect(await observeOne(source, { secret: 'only/deleted' })).toMatchObject({ state: 'absent' });
    for (const answer of [
      await observeOne(source, { secret: 'only/none' }),
      await readOne(source, { secret: 'only/none' }),
    ]) {
      expect(errorOf(answer)).toMatchObject({
        code: 'source-refused',
        hint: expect.stringContaining('`read` on `secret/metadata/only/none`'),
      });
    }
  });
});

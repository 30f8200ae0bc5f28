// KV version 1 on a real Vault and a real OpenBao, and telling the two versions apart.
import { afterAll, beforeAll, expect, test } from 'vitest';
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

describeOnBoth('KV version 1 and detection', (start) => {
  let vault: VaultServer;
  let admin: Admin;
  beforeAll(async () => {
    vault = await start();
    admin = adminOf(vault.address, vault.rootToken);
    await admin.call('POST', 'sys/mounts/one', { type: 'kv', options: { version: '1' } });
    await admin.call('POST', 'sys/mounts/team a/kv=1&x', { type: 'kv', options: { version: '1' } });
  });
  afterAll(() => vault.stop());
  const openMount = (mount: string, kvVersion?: 1 | 2) =>
    open({ address: vault.address, auth: tokenAuth(vault.rootToken), mount, kvVersion });

  test('detects version 1; its version id changes with the content and is the same for another process', async () => {
    await admin.call('POST', 'one/app/db', { user: 'u', port: 5432 });
    const source = await openMount('one');
    const reading = await readOne(source, { secret: 'app/db' });
    expect(textOf(reading)).toBe('{"port":5432,"user":"u"}');
    const first = await observeOne(source, { secret: 'app/db' });
    expect(first).toMatchObject({ state: 'present', version: { label: 'v1 engine' } });
    expect(reading).toMatchObject(first);
    expect(await observeOne(await openMount('one'), { secret: 'app/db' })).toEqual(first);
    await admin.call('POST', 'one/app/db', { user: 'u', port: 5433 });
    expect(await observeOne(source, { secret: 'app/db' })).not.toEqual(first);
  });

  test('keeps numbers as they were written', async () => {
    // Version 2 cannot be asked the same: there Vault itself stores numbers as doubles.
    const proxy = await startFaultyProxy(vault.address);
    const written = '{"big":12345678901234567890,"price":1.50,"tiny":1e-9}';
    await admin.call('POST', 'one/numbers', { a: 1 });
    const source = await open({ address: proxy.endpoint, auth: tokenAuth(vault.rootToken), mount: 'one' });
    proxy.misbehave(({ path }) =>
      path === '/v1/one/numbers' ? { kind: 'answer', status: 200, body: `{"data":${written}}` } : undefined,
    );
    expect(textOf(await readOne(source, { secret: 'numbers' }))).toBe(written);
    await proxy.close();
  });

  test('says absent on 404, and refuses a version', async () => {
    const source = await openMount('one');
    const absent = { state: 'absent', proof: 'Vault: 404' };
    expect(await observeOne(source, { secret: 'none' })).toEqual(absent);
    expect(await readOne(source, { secret: 'none' })).toEqual(absent);
    expect(errorOf(await readOne(source, { secret: 'none', version: '1' }))).toMatchObject({
      code: 'secret-invalid',
    });
  });

  test('reads and lists below a mount with an odd path', async () => {
    await admin.call('POST', 'team%20a/kv=1&x/deep/k%20ey', { a: 'b' });
    const source = await openMount('/team a/kv=1&x/');
    expect(textOf(await readOne(source, { secret: 'deep/k ey' }))).toBe('{"a":"b"}');
    expect(await source.discover({ prefix: 'deep/k' }, never)).toMatchObject({
      state: 'listed',
      found: [{ secret: 'deep/k ey', version: { label: 'v1 engine' } }],
    });
  });

  test.each([
    ['secret', 1],
    ['one', 2],
  ] as const)(
    'refuses to take %s for version %d, where every secret would look absent',
    async (mount, wrong) => {
      const source = await openMount(mount, wrong);
      const error = errorOf(await observeOne(source, { secret: 'none' }));
      expect(error).toMatchObject({ code: 'source-invalid', hint: expect.stringContaining('kvVersion') });
      expect(await source.discover({ prefix: '' }, never)).toMatchObject({ state: 'unresolved' });
    },
  );

  test('tells a mount that does not exist, is a folder, or is no KV engine', async () => {
    const missing = errorOf(await observeOne(await openMount('nope'), { secret: 'a' }));
    expect(missing).toMatchObject({ code: 'source-refused', hint: expect.stringContaining('kvVersion') });
    const forced = errorOf(await observeOne(await openMount('nope', 2), { secret: 'a' }));
    expect(forced).toMatchObject({ code: 'source-invalid', hint: expect.stringContaining('mount') });
    const folder = errorOf(await observeOne(await openMount('secret/app'), { secret: 'a' }));
    expect(folder).toMatchObject({ code: 'source-invalid', hint: expect.stringContaining('mount: secret`') });
    const other = errorOf(await observeOne(await openMount('cubbyhole'), { secret: 'a' }));
    expect(other).toMatchObject({ code: 'source-invalid', message: expect.stringContaining('cubbyhole') });
  });

  test('asks for kvVersion where Vault does not tell, and believes it then', async () => {
    const proxy = await startFaultyProxy(vault.address);
    const refusal = { kind: 'answer', status: 403, body: { errors: ['permission denied'] } } as const;
    proxy.misbehave(({ path }) => (/\/sys\/|\/config$/.test(path) ? refusal : undefined));
    const settings = { address: proxy.endpoint, auth: tokenAuth(vault.rootToken) };
    await admin.put('told', { a: 1 });
    const unsure = errorOf(await observeOne(await open(settings), { secret: 'told' }));
    expect(unsure).toMatchObject({ code: 'source-refused', hint: expect.stringContaining('kvVersion: 2') });
    const sure = await open({ ...settings, kvVersion: 2 });
    expect(await observeOne(sure, { secret: 'told' })).toMatchObject({ state: 'present' });
    proxy.misbehave(({ path }) => (path.includes('/sys/') ? refusal : undefined));
    expect(await observeOne(await open(settings), { secret: 'told' })).toMatchObject({ state: 'present' });
    await proxy.close();
  });
});

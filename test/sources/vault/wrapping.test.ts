// Wrapped SecretIDs on a real Vault: opened once, kept for later logins, and an alarm over whatever may be a theft.
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBackend } from '../../backends/suite.ts';
import type { Matcher } from '../../proxy/faulty-proxy.ts';
import { adminOf, errorOf, observeOne, open } from './setup.ts';
import { startWorld, type World } from './world.ts';

const present = expect.objectContaining({ state: 'present' });
const reference = { secret: 'app/0' };
const secretIdPath = 'auth/approle/role/app/secret-id';
const stolen = {
  code: 'source-refused',
  hint: expect.stringContaining('treat the SecretID as stolen'),
};

describeWithBackend('vault', 'a wrapped SecretID', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  /** A wrapping token around what a request to the path gives. */
  const wrap = async (path: string, method = 'POST', body?: object): Promise<string> => {
    const { vault } = world;
    const answer = await fetch(`${vault.address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': vault.rootToken, 'x-vault-wrap-ttl': '5m' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return String(JSON.parse(await answer.text()).wrap_info.token);
  };
  const start = async (token: (path: string) => Promise<string>, matcher?: Matcher) => {
    const auth = { ...(await world.appRole()), wrapped: true };
    const given = await token(secretIdPath);
    await writeFile(auth.secretId.file, `${given}\n`);
    world.watch(matcher);
    return { given, ...auth.secretId, source: await open({ address: world.proxy.endpoint, auth }) };
  };
  const alarm = (message: string) => ({ ...stolen, message: expect.stringContaining(message) });

  test('is opened once and kept for later logins', async () => {
    const { source } = await start(wrap);
    expect(await observeOne(source, reference)).toEqual(present);
    await world.admin.call('POST', 'sys/leases/revoke-prefix/auth/approle/login', { sync: true });
    expect(await observeOne(source, reference)).toEqual(present);
    expect(['/unwrap', '/login'].map((end) => world.count(end))).toEqual([1, 2]);
  });

  test('under an id of its own is taken as well, and a new token is opened as it comes', async () => {
    const { source, file } = await start(() =>
      wrap('auth/approle/role/app/custom-secret-id', 'POST', { secret_id: 'chosen-by-us' }),
    );
    expect(await observeOne(source, reference)).toEqual(present);
    await writeFile(file, await wrap(secretIdPath));
    await world.admin.call('POST', 'sys/leases/revoke-prefix/auth/approle/login', { sync: true });
    expect(await observeOne(source, reference)).toEqual(present);
    expect(world.count('/unwrap')).toBe(2);
  });

  test('that somebody opened before raises the alarm, and the next one is taken', async () => {
    const { source, given, file } = await start(async (path) => {
      const token = await wrap(path);
      await adminOf(world.vault.address, token).call('POST', 'sys/wrapping/unwrap', {});
      return token;
    });
    const error = errorOf(await observeOne(source, reference));
    expect(error).toMatchObject(alarm('opened before'));
    expect(`${error.message}${error.hint}`).not.toContain(given);
    await writeFile(file, await wrap(secretIdPath));
    expect(await observeOne(source, reference)).toEqual(present);
  });

  test('that somebody made who is no role raises the alarm, unopened', async () => {
    // As long as it is not asked for as our own path, anybody who may write something may choose the rest.
    await world.admin.call('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '1' } });
    await world.admin.call('POST', `kv/${secretIdPath}`, { secret_id: 'of-the-thief' });
    const forged: readonly (readonly [string, () => Promise<string>])[] = [
      ['sys/wrapping/wrap', () => wrap('sys/wrapping/wrap', 'POST', { secret_id: 'of-the-thief' })],
      [`kv/${secretIdPath}`, () => wrap(`kv/${secretIdPath}`, 'GET')],
      ['auth/approle/role/app/role-id', () => wrap('auth/approle/role/app/role-id', 'GET')],
    ];
    for (const [path, make] of forged) {
      const { source, given } = await start(make);
      expect(errorOf(await observeOne(source, reference))).toMatchObject(
        alarm(`was made by "${path}", not by a role of auth/approle`),
      );
      expect(world.count('/unwrap')).toBe(0);
      await adminOf(world.vault.address, given).call('POST', 'sys/wrapping/unwrap', {});
    }
  });

  test('whose content was lost on the way is no theft: another one is asked for', async () => {
    const { source, file } = await start(wrap, ({ path }) =>
      path.endsWith('/unwrap') ? { kind: 'cut', bytes: 20 } : undefined,
    );
    expect(errorOf(await observeOne(source, reference))).toMatchObject({
      code: 'source-refused',
      message:
        'vault: the wrapping token in auth.secretId was opened by us, but the answer did not arrive (400)',
      hint: 'Deliver a new wrapping token.',
    });
    world.watch();
    await writeFile(file, await wrap(secretIdPath));
    expect(await observeOne(source, reference)).toEqual(present);
  });

  test('that Vault cannot open now is opened later, and what is no token is not sent', async () => {
    const { source, file } = await start(wrap, ({ path }) =>
      path.includes('/wrapping/') ? { kind: 'answer', status: 503, body: { errors: ['sealed'] } } : undefined,
    );
    expect(errorOf(await observeOne(source, reference))).toMatchObject({
      code: 'source-unreachable',
      message: 'vault: the SecretID was not unwrapped: Vault is sealed, or under maintenance (503)',
      hint: expect.stringContaining('Unseal'),
    });
    world.watch();
    expect(await observeOne(source, reference)).toEqual(present);
    await world.admin.call('POST', 'sys/leases/revoke-prefix/auth/approle/login', { sync: true });
    await writeFile(file, 'two words');
    expect(errorOf(await observeOne(source, reference))).toMatchObject({
      code: 'source-invalid',
      message: 'vault: auth.secretId holds no wrapping token',
    });
  });
});

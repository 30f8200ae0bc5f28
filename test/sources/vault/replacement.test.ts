// Tokens of ours that Vault ends: told from a path that is forbidden, replaced at once, and never by a storm of logins.
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBackend } from '../../backends/suite.ts';
import { errorOf, never, observeOne, open } from './setup.ts';
import { many, startWorld, type World } from './world.ts';

describeWithBackend('vault', 'a token of ours that Vault does not know any more', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());
  const openApp = async (role?: object) => {
    const auth = await world.appRole(role);
    return { auth, source: await open({ address: world.proxy.endpoint, auth }) };
  };
  const revoke = () => world.admin.call('POST', 'auth/token/revoke', { token: [...world.sent].at(-1) });

  test('is replaced as often as it is revoked, with one login each time', async () => {
    const { source } = await openApp();
    for (const logins of [1, 2, 3, 4]) {
      const readings = await source.read(many, never);
      expect(readings.map(({ state }) => state)).toEqual(many.map(() => 'present'));
      expect([world.count('/login'), world.sent.size]).toEqual([logins, logins]);
      await revoke();
    }
  });

  test('is not replaced for a path that is forbidden, however often', async () => {
    const { source } = await openApp();
    await observeOne(source, { secret: 'app/0' });
    await revoke();
    const forbidden = Array.from({ length: 30 }, (_, index) => ({ secret: `other/${index}` }));
    for (const round of [forbidden, forbidden]) {
      for (const answer of await source.observe(round, never)) {
        expect(errorOf(answer)).toMatchObject({
          code: 'source-refused',
          message: expect.stringMatching(
            /^vault: Vault refused to read secret\/metadata\/other\/\d+ for the AppRole of auth\/approle with the policies app, default \(403: /,
          ),
        });
      }
    }
    expect(world.count('/login')).toBe(2);
  });

  test('is replaced in the middle of a pass, though it may not look itself up', async () => {
    const { source } = await openApp({ token_no_default_policy: true });
    await observeOne(source, { secret: 'app/0' });
    await revoke();
    const readings = await source.read(many, never);
    expect(readings.map(({ state }) => state)).toEqual(many.map(() => 'present'));
    expect(world.count('/login')).toBe(2);
    expect(errorOf(await observeOne(source, { secret: 'other' }))).toMatchObject({ remoteCode: 403 });
    expect(world.count('/login')).toBe(2);
  });

  test('and whose login is refused meanwhile: one try for the whole pass, and Vault locks nobody out', async () => {
    const { auth, source } = await openApp();
    await observeOne(source, { secret: 'app/0' });
    const good = 'auth/approle/role/app/secret-id';
    await world.admin.call('POST', `${good}/destroy`, {
      secret_id: await readFile(auth.secretId.file, 'utf8'),
    });
    await revoke();
    for (const pass of [many, many, many]) {
      for (const answer of await source.read(pass, never)) {
        expect(errorOf(answer)).toMatchObject({
          code: 'source-refused',
          message: 'vault: Vault refused the login at auth/approle/login (400)',
        });
      }
    }
    expect(world.count('/login')).toBe(2);
    const { secret_id: secretId } = await world.admin.call('POST', good, {});
    await writeFile(auth.secretId.file, String(secretId));
    expect(await observeOne(source, { secret: 'app/0' })).toMatchObject({ state: 'present' });
  });
});

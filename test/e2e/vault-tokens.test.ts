// Tokens of Vault that end in the middle of a pass, and what becomes of them when the program ends: nothing is lost, and nothing stays.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { startWorld, type World } from '../sources/vault/world.ts';
import { valuesOf } from './looks.ts';
import { patience } from './program.ts';
import { openStage } from './stage.ts';

const names = Array.from({ length: 40 }, (_, index) => `KEY_${index}`);

describeWithBackend('vault', 'a token of Vault', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const put = (value: string) => Promise.all(names.map((name) => world.admin.put(`app/${name}`, { value })));
  const all = (value: string) => Object.fromEntries(names.map((name) => [`app ${name}`, value]));
  const openWith = async (auth: object) => {
    await put('first');
    const stage = await openStage();
    await stage.configure({
      sources: { vault: { kind: 'vault', address: world.proxy.endpoint, auth } },
      mappings: [
        {
          application: 'app',
          secrets: names.map((name) => ({
            name,
            from: { source: 'vault', secret: `app/${name}`, field: 'value' },
          })),
        },
      ],
      schedule: { every: '1s' },
      server: { host: '127.0.0.1', port: 0 },
    });
    return stage;
  };
  /** Ends the token in use as the twentieth value is asked for. */
  const endInMidPass = () => {
    let asked = 0;
    let ended: Promise<unknown> | undefined;
    world.watch(({ path, headers }) => {
      if (!path.includes('/data/')) return undefined;
      asked += 1;
      if (asked === 20) {
        ended = world.admin.call('POST', 'auth/token/revoke', { token: headers['x-vault-token'] });
      }
      return ended && { kind: 'after', event: ended };
    });
  };

  test('that was given to us and is revoked in mid-pass: 4, the rest stays as it is, and a new one mends it', async () => {
    const stage = await openWith({ method: 'token', token: { file: 'token' } });
    await stage.save('token', await world.admin.issue('path "secret/+/app/*" { capabilities = ["read"] }'));
    expect((await stage.voxsync('sync')).exitCode).toBe(0);
    expect(valuesOf(stage, ['app'])).toEqual(all('first'));

    await put('second');
    endInMidPass();
    const { exitCode, stdout } = await stage.voxsync('sync');
    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/for the token in the file \S+\/token \(403/);
    const values = Object.entries(valuesOf(stage, ['app']));
    expect(values.map(([name]) => name).toSorted()).toEqual(Object.keys(all('')).toSorted());
    expect(new Set(values.map(([, value]) => value))).toEqual(new Set(['first', 'second']));

    world.watch();
    await stage.save('token', await world.admin.issue('path "secret/+/app/*" { capabilities = ["read"] }'));
    expect((await stage.voxsync('sync')).exitCode).toBe(0);
    expect(valuesOf(stage, ['app'])).toEqual(all('second'));
    expect(world.count('/revoke-self')).toBe(0);
  });

  test('that was issued to us and is revoked in mid-pass: all is written, and the next one is given back', async () => {
    const auth = await world.appRole();
    const stage = await openWith(auth);
    endInMidPass();
    expect((await stage.voxsync('sync')).exitCode).toBe(0);
    expect(valuesOf(stage, ['app'])).toEqual(all('first'));
    expect(world.count('/login')).toBe(2);
    expect(await Promise.all([...world.sent].map((token) => world.knows(token)))).toEqual([false, false]);
  });

  test('that was issued to us is given back by every command, whatever became of it', async () => {
    const stage = await openWith(await world.appRole());
    for (const args of [
      ['plan'],
      ['check', '--online'],
      ['explain', 'KEY_1'],
      ['sync', '--dry-run'],
      ['sync'],
    ]) {
      await stage.voxsync(...args);
      expect([args[0], world.count('/login')]).toEqual([args[0], world.count('/revoke-self')]);
    }
    await world.admin.call('PUT', 'sys/policies/acl/app', {
      policy: 'path "none" { capabilities = ["read"] }',
    });
    expect((await stage.voxsync('sync')).exitCode).toBe(4);
    await world.admin.call('PUT', 'sys/policies/acl/app', {
      policy: 'path "secret/+/app/*" { capabilities = ["read"] }',
    });
    expect([world.count('/login'), world.count('/revoke-self')]).toEqual([6, 6]);
    expect(await Promise.all([...world.sent].map((token) => world.knows(token)))).toEqual(
      Array.from({ length: 6 }, () => false),
    );
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'of a long-lived process serves all its passes, and is given back at %s',
    async (signal) => {
      const stage = await openWith(await world.appRole());
      const loop = stage.start('run');
      await vi.waitUntil(() => (loop.stdout().match(/"pass finished"/g) ?? []).length >= 2, patience);
      const [token, ...others] = world.sent;
      expect([others, await world.knows(token!)]).toEqual([[], true]);
      loop.kill(signal);
      expect((await loop.ended).exitCode).toBe(signal === 'SIGTERM' ? 143 : 130);
      expect([world.count('/login'), world.count('/revoke-self')]).toEqual([1, 1]);
      expect(await world.knows(token!)).toBe(false);
    },
  );
});

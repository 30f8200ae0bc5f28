// A Vault that is sealed before the first login, or in the middle of a pass: nothing is absent, and it is asked again.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { VaultSettings } from '../../../src/sources/vault/source.ts';
import { startSealableVault, type SealableVault } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { startFaultyProxy } from '../../proxy/faulty-proxy.ts';
import { adminOf, errorOf, fileWith, never, observeOne, open, type Admin } from './setup.ts';
import { policy } from './world.ts';

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

  test('in the middle of a large pass leaves secrets unresolved, none of them absent, and is not asked for each', async () => {
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
      return sealing && { kind: 'after', event: sealing };
    });
    const thousands = Array.from({ length: 2000 }, (_, index) => ({ secret: `app/${index % 3}` }));
    const answers = await source.observe(thousands, never);
    expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(['present', 'unresolved']));
    const error = errorOf(answers.at(-1)!);
    expect(error).toMatchObject(sealedError);
    expect(error.message).toMatch(
      /^vault: not asked, because the requests before it failed: Vault is sealed/,
    );
    expect(proxy.journal.length).toBeLessThan(100);
    proxy.forget();
    expect(errorOf(await source.discover({ prefix: 'app/' }, never))).toMatchObject(sealedError);
    await vault.unseal();
    await expect.poll(async () => (await observeOne(source, { secret: 'app/0' })).state).toBe('present');
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

// Two thousand secrets in nested folders of a real Vault: all found, a few requests at a time, and no request too many.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { startFaultyProxy, type FaultyProxy } from '../../proxy/faulty-proxy.ts';
import { adminOf, never, open, tokenAuth } from './setup.ts';

const regions = Array.from({ length: 10 }, (_, index) => `region-${index}`);
const names = Array.from({ length: 20 }, (_, index) => `name-${String(index).padStart(2, '0')}`);
/** Ten folders of ten folders of twenty secrets. */
const folders = regions.flatMap((region) => regions.map((part) => `${region}/deep/${part}`));
const secrets = folders.flatMap((folder) => names.map((name) => `many/${folder}/${name}`));

describeWithBackend('vault', 'Vault at scale', () => {
  let vault: VaultServer;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    vault = await startVault();
    proxy = await startFaultyProxy(vault.address);
    const admin = adminOf(vault.address, vault.rootToken);
    for (const folder of folders) {
      await Promise.all(names.map((name) => admin.put(`many/${folder}/${name}`, { name })));
    }
  }, 60_000);
  afterAll(async () => {
    await proxy.close();
    await vault.stop();
  });

  test('finds 2,000 secrets with one list for each folder and one look for each secret', async () => {
    const source = await open({ address: proxy.endpoint, auth: tokenAuth(vault.rootToken) });
    const discovery = await source.discover({ prefix: 'many/' }, never);
    if (discovery.state !== 'listed') throw discovery.error;
    expect(discovery.found.map(({ secret }) => secret)).toEqual(secrets.toSorted());
    expect(discovery.gone).toEqual([]);
    const paths = proxy.journal.map(({ path }) => path);
    const lists = paths.filter((path) => path.endsWith('?list=1'));
    // many/, ten regions, ten times deep/, a hundred parts.
    expect(lists).toHaveLength(1 + 10 + 10 + 100);
    expect(new Set(lists).size).toBe(lists.length);
    expect(paths.filter((path) => path.includes('/data/'))).toEqual([]);
    // And two questions: for the version of the engine, and for detailed listings.
    expect(paths).toHaveLength(121 + 2000 + 2);
  }, 30_000);

  test('lists no further than the prefix reaches', async () => {
    proxy.forget();
    const source = await open({ address: proxy.endpoint, auth: tokenAuth(vault.rootToken) });
    const discovery = await source.discover({ prefix: 'many/region-3/deep/region-7/name-1' }, never);
    if (discovery.state !== 'listed') throw discovery.error;
    expect(discovery.found).toHaveLength(10);
    expect(proxy.journal).toHaveLength(2 + 1 + 10);
  });
});

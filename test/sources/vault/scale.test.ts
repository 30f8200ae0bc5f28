// Two thousand secrets in nested folders of a real Vault and a real OpenBao: all found, a few requests at a time, and no request too many.
import PQueue from 'p-queue';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOpenBao, startVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { startFaultyProxy, type FaultyProxy } from '../../proxy/faulty-proxy.ts';
import { adminOf, errorOf, never, open, tokenAuth } from './setup.ts';

const regions = Array.from({ length: 10 }, (_, index) => `region-${index}`);
const names = Array.from({ length: 20 }, (_, index) => `name-${String(index).padStart(2, '0')}`);
/** Ten folders of ten folders of twenty secrets. */
const folders = regions.flatMap((region) => regions.map((part) => `${region}/deep/${part}`));
/** many/, ten regions, ten times deep/, a hundred parts. */
const folderCount = 1 + 10 + 10 + 100;
const secrets = folders.flatMap((folder) => names.map((name) => `many/${folder}/${name}`));

interface World {
  readonly server: VaultServer;
  readonly proxy: FaultyProxy;
}

async function openWorld(start: () => Promise<VaultServer>): Promise<World> {
  const server = await start();
  const admin = adminOf(server.address, server.rootToken);
  for (const folder of folders) {
    await Promise.all(names.map((name) => admin.put(`many/${folder}/${name}`, { name })));
  }
  return { server, proxy: await startFaultyProxy(server.address) };
}

async function closeWorld({ server, proxy }: World): Promise<void> {
  await proxy.close();
  await server.stop();
}

/** What a new source finds, and the paths that it asked for. */
async function discover({ server, proxy }: World, prefix: string) {
  proxy.forget();
  const source = await open({ address: proxy.endpoint, auth: tokenAuth(server.rootToken) });
  const discovery = await source.discover({ prefix }, never);
  if (discovery.state !== 'listed') throw discovery.error;
  expect(discovery.gone).toEqual([]);
  const found = discovery.found.map(({ secret }) => secret);
  return { found, paths: proxy.journal.map(({ path }) => path) };
}

describeWithBackend('vault', 'Vault at scale', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(startVault);
  });
  afterAll(() => closeWorld(world));

  test('finds 2,000 secrets with one list for each folder and one look for each secret', async () => {
    const { found, paths } = await discover(world, 'many/');
    expect(found).toEqual(secrets.toSorted());
    const lists = paths.filter((path) => path.endsWith('?list=1'));
    expect(lists).toHaveLength(folderCount);
    expect(new Set(lists).size).toBe(lists.length);
    expect(paths.filter((path) => path.includes('/data/'))).toEqual([]);
    // And two questions: for the version of the engine, and for detailed listings.
    expect(paths).toHaveLength(folderCount + 2000 + 2);
  });

  test('lists no further than the prefix reaches', async () => {
    const { found, paths } = await discover(world, 'many/region-3/deep/region-7/name-1');
    expect(found).toHaveLength(10);
    expect(paths).toHaveLength(2 + 1 + 10);
  });
});

describeWithBackend('openbao', 'OpenBao at scale', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(startOpenBao);
  });
  afterAll(() => closeWorld(world));

  test('finds 2,000 secrets with one call for each folder', async () => {
    const { found, paths } = await discover(world, 'many/');
    expect(found).toEqual(secrets.toSorted());
    expect(paths.filter((path) => path.includes('/detailed-metadata/'))).toHaveLength(folderCount);
    // And one question for the version of the engine.
    expect(paths).toHaveLength(folderCount + 1);
  });

  test('takes a folder of more than 1,000 page by page, and misses none', async () => {
    const admin = adminOf(world.server.address, world.server.rootToken);
    const wide = Array.from({ length: 2005 }, (_, index) => `wide/${index}${index % 4 === 0 ? '/in' : ''}`);
    const writing = new PQueue({ concurrency: 8 });
    await writing.addAll(wide.map((secret) => () => admin.put(secret, { secret })));
    const { found, paths } = await discover(world, 'wide/');
    expect(found).toEqual(wide.toSorted());
    const pages = paths.filter((path) => path.startsWith('/v1/secret/detailed-metadata/wide?'));
    expect(pages).toHaveLength(3);
    expect(paths).toHaveLength(1 + 3 + 502);
  });

  test('is left unresolved where listings have no end, and not asked for ever', async () => {
    const { proxy, server } = world;
    proxy.forget();
    let named = 0;
    proxy.misbehave(({ path }) => {
      if (!path.includes('detailed')) return undefined;
      const keys = Array.from({ length: 1000 }, () => `k${(named += 1)}`);
      return { kind: 'answer', status: 200, body: { data: { keys, key_info: {} } } };
    });
    const source = await open({ address: proxy.endpoint, auth: tokenAuth(server.rootToken) });
    expect(errorOf(await source.discover({ prefix: '' }, never))).toMatchObject({
      code: 'source-invalid',
      message: 'vault: more than 100000 entries were listed',
    });
    expect(proxy.journal.length).toBe(1 + 101);
  });
});

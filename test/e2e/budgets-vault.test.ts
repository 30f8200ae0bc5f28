// Call budgets with Vault and OpenBao behind a proxy that counts: the exact number of calls of each kind on both sides.
import PQueue from 'p-queue';
import { expect, onTestFinished, test } from 'vitest';
import { startFaultyProxy, type FaultyProxy } from '../proxy/faulty-proxy.ts';
import { adminOf, describeOnBoth, type Admin } from '../sources/vault/setup.ts';
import { startVault } from '../backends/start.ts';
import { costOf, type Cost } from './costs.ts';
import { openStage, type Stage } from './stage.ts';
import { namesOf } from './values.ts';

const folders = 10;
const paths = namesOf('KEY_', 1000).map((name, index) => `voice/${index % folders}/${name}`);
const rotated = paths.slice(300, 310);

describeOnBoth('budgets', (start) => {
  test('1,000 secrets in ten folders: no value is read but those that changed', async () => {
    const { admin, proxy, stage } = await openWorld(start);
    // Vault tells metadata secret by secret; OpenBao tells it with the listing of a folder.
    const looks: Cost =
      start === startVault
        ? { 'detailed list': 1, list: 1 + folders, metadata: 1000 }
        : { 'detailed list': 1 + folders };
    const idle = { GetApplications: 1, GetSecrets: 1 };

    const first = await costsOf(stage, proxy);
    expect(first.target).toEqual({ GetApplications: 2, GetSecrets: 2, AddSecret: 1000 });
    expect(first.read).toEqual(paths.toSorted());

    expect(await costsOf(stage, proxy)).toEqual({ target: idle, source: { ...looks, mount: 1 }, read: [] });
    // Side by side; OpenBao has too few calls to make for more to be sure to meet.
    expect(proxy.highestConcurrency).toBeGreaterThanOrEqual(start === startVault ? 4 : 2);

    for (const path of rotated) await admin.put(path, { value: `next of ${path}` });
    expect(await costsOf(stage, proxy)).toEqual({
      target: { GetApplications: 2, GetSecrets: 3, SetSecretInfo: 10 },
      source: { ...looks, mount: 2, value: 10 },
      read: rotated.toSorted(),
    });
  });
});

async function openWorld(start: typeof startVault) {
  const server = await start();
  onTestFinished(() => server.stop());
  const proxy = await startFaultyProxy(server.address);
  onTestFinished(() => proxy.close());
  const admin: Admin = adminOf(server.address, server.rootToken);
  const writing = new PQueue({ concurrency: 8 });
  await writing.addAll(paths.map((path) => () => admin.put(path, { value: `first of ${path}` })));
  const stage = await openStage();
  stage.env['TOKEN'] = server.rootToken;
  const auth = { method: 'token', token: { env: 'TOKEN' } };
  const name = "{{ path | split: '/' | last }}";
  await stage.configure({
    sources: { vault: { kind: 'vault', address: proxy.endpoint, auth } },
    mappings: [
      {
        application: 'app',
        discover: [{ from: { source: 'vault', prefix: 'voice/' }, fields: ['value'], name }],
      },
    ],
  });
  return { admin, proxy, stage };
}

/** What a pass cost on both sides, and which secrets' values were read from the source. */
async function costsOf(stage: Stage, proxy: FaultyProxy) {
  proxy.forget();
  const target = await costOf(stage);
  const source: Record<string, number> = {};
  for (const { path } of proxy.journal) source[kindOf(path)] = (source[kindOf(path)] ?? 0) + 1;
  const read = proxy.journal.flatMap(({ path }) => /^\/v1\/secret\/data\/([^?]+)/.exec(path)?.[1] ?? []);
  return { target, source, read: read.toSorted() };
}

function kindOf(path: string): string {
  if (path.startsWith('/v1/secret/data/')) return 'value';
  if (path.startsWith('/v1/secret/detailed-metadata/')) return 'detailed list';
  if (path.startsWith('/v1/secret/metadata/')) return path.includes('list=') ? 'list' : 'metadata';
  return path.startsWith('/v1/sys/internal/ui/mounts/') ? 'mount' : path;
}

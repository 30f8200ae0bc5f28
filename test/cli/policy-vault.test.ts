// The Vault policy that `voxsync policy` prints, given to a token of a real Vault and a real OpenBao: a sync passes with it, and with nothing less as cheaply.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOpenBao, startVault, type VaultServer } from '../backends/start.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { startFaultyProxy, type FaultyProxy } from '../proxy/faulty-proxy.ts';
import { adminOf, type Admin } from '../sources/vault/setup.ts';
import { openStage, type Stage } from './stage.ts';

interface Mount {
  readonly name: string;
  readonly kvVersion: 1 | 2;
}

const from = (secret: string) => ({ source: 'vault', secret });
const discovery = (prefix: string, name: string) => ({
  from: { source: 'vault', prefix },
  name: `${name}_{{ path }}`,
});
const mappings = [
  {
    application: 'app',
    secrets: [
      { name: 'TRUNK', from: from('voice/trunk') },
      { name: 'GONE', from: from('voice/gone') },
      { name: 'COVERED', from: from('app/crm') },
    ],
    discover: [discovery('app/', 'A'), discovery('deep/pre', 'D')],
  },
];
const first: Mount = { name: 'old', kvVersion: 1 };
const second: Mount = { name: 'secret', kvVersion: 2 };

interface World {
  readonly server: VaultServer;
  readonly admin: Admin;
  readonly proxy: FaultyProxy;
}

async function openWorld(start: () => Promise<VaultServer>): Promise<World> {
  const server = await start();
  const admin = adminOf(server.address, server.rootToken);
  await admin.call('POST', 'sys/mounts/old', { type: 'kv', options: { version: '1' } });
  return { server, admin, proxy: await startFaultyProxy(server.address) };
}

async function closeWorld({ server, proxy }: World): Promise<void> {
  await proxy.close();
  await server.stop();
}

async function configured({ proxy }: World, { name, kvVersion }: Mount): Promise<Stage> {
  const stage = await openStage();
  const auth = { method: 'token', token: { file: 'token' } };
  await stage.configure({
    sources: { vault: { kind: 'vault', address: proxy.endpoint, mount: name, kvVersion, auth } },
    mappings,
  });
  return stage;
}

async function printed(world: World, mount: Mount): Promise<string> {
  return (await (await configured(world, mount)).voxsync('policy', '--source', 'vault')).stdout;
}

function put({ admin }: World, mount: Mount, path: string) {
  return mount.kvVersion === 2
    ? admin.call('POST', `${mount.name}/data/${path}`, { data: { value: path } })
    : admin.call('POST', `${mount.name}/${path}`, { value: path });
}

function remove({ admin }: World, mount: Mount, path: string) {
  return admin.call(
    'DELETE',
    mount.kvVersion === 2 ? `${mount.name}/metadata/${path}` : `${mount.name}/${path}`,
  );
}

/** All is there; nothing changes; then one is gone for good. Gives the exit codes, what was done, and the calls at rest. */
async function story(world: World, mount: Mount, policy: string) {
  const stage = await configured(world, mount);
  await stage.save('token', await world.admin.issue(policy));
  for (const path of ['voice/trunk', 'voice/gone', 'app/crm', 'app/x/y', 'deep/prefix', 'deep/pre/z', 'no'])
    await put(world, mount, path);
  const created = await stage.voxsync('sync');
  world.proxy.forget();
  const rested = await stage.voxsync('sync');
  const atRest = world.proxy.journal
    .map(({ path }) => path)
    .filter((path) => path.startsWith(`/v1/${mount.name}/`));
  await remove(world, mount, 'voice/gone');
  const deleted = await stage.voxsync('sync');
  const all = [created, rested, deleted];
  return {
    exitCodes: all.map(({ exitCode }) => exitCode),
    applied: all.map(({ stdout }) => /Applied: .*/.exec(stdout)?.[0]),
    atRest,
    valuesRead: atRest.filter((path) => path.startsWith(`/v1/${mount.name}/data/`)).length,
  };
}

const passed = {
  // A mapping still names what was deleted, which is told: 3.
  exitCodes: [0, 0, 3],
  applied: ['Applied: 7 created.', undefined, 'Applied: 1 deleted.'],
  valuesRead: 0,
};

/** Without what the policy itself says may be left out. */
function neededOf(policy: string): string {
  return policy.replace(/# Cheaper, and may be left out[^]*/, '');
}

/** Every policy that lacks one capability of one path. */
function withoutEach(policy: string): readonly string[] {
  const found = [...policy.matchAll(/capabilities = \[([^\]]*)\]/g)];
  return found.flatMap(({ 0: whole, 1: list = '', index }) =>
    list.split(', ').map((capability) => {
      const left = list.split(', ').filter((one) => one !== capability);
      const kept = left.length === 0 ? '"deny"' : left.join(', ');
      return `${policy.slice(0, index)}capabilities = [${kept}]${policy.slice(index + whole.length)}`;
    }),
  );
}

describeWithBackend('vault', 'the printed policy on Vault', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(startVault);
  });
  afterAll(() => closeWorld(world));

  test.each([
    { mount: second, parts: 11 },
    { mount: first, parts: 7 },
  ])(
    'is enough for KV version $mount.kvVersion, and every part of it is needed',
    async ({ mount, parts }) => {
      const policy = await printed(world, mount);
      const needed = neededOf(policy);
      expect(await story(world, mount, policy)).toMatchObject(passed);
      expect(await story(world, mount, needed)).toMatchObject(passed);
      const lesser = withoutEach(needed);
      expect(lesser.length).toBe(parts);
      for (const less of lesser) {
        const { exitCodes, valuesRead } = await story(world, mount, less);
        // Without the metadata of a secret that is still there, its value is read to see whether it changed.
        expect(exitCodes.includes(4) || valuesRead > 0, `with ${less}`).toBe(true);
      }
    },
  );

  test('gives no secret that the config does not name', async () => {
    const stage = await configured(world, second);
    const { stdout } = await stage.voxsync('policy', '--output', 'json');
    const token = await world.admin.issue(JSON.parse(stdout).sources[0].document);
    for (const path of ['data/no', 'metadata/no', 'data/voice/trunk2', 'data/deep/other']) {
      const answer = await fetch(`${world.server.address}/v1/secret/${path}`, {
        headers: { 'x-vault-token': token },
      });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });
});

describeWithBackend('openbao', 'the printed policy on OpenBao', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(startOpenBao);
  });
  afterAll(() => closeWorld(world));

  test('costs one call a folder at rest; without a part of what may be left out it passes, at a higher cost', async () => {
    const policy = await printed(world, second);
    const whole = await story(world, second, policy);
    expect(whole).toMatchObject(passed);
    const folders = ['app', 'app/x', 'deep', 'deep/pre', 'voice'];
    expect(whole.atRest.map((path) => path.replace(/\?.*/, '')).toSorted()).toEqual(
      folders.map((folder) => `/v1/secret/detailed-metadata/${folder}`),
    );
    const needed = neededOf(policy);
    const optional = policy.slice(needed.length);
    const lesser = [needed, ...withoutEach(optional).map((less) => needed + less)];
    expect(lesser).toHaveLength(1 + 4);
    for (const less of lesser) {
      const { atRest, ...rest } = await story(world, second, less);
      expect(rest).toEqual(passed);
      expect(atRest.length, `with ${less}`).toBeGreaterThan(folders.length);
    }
  });

  test('is enough for KV version 1', async () => {
    const policy = await printed(world, first);
    expect(policy).toBe(neededOf(policy));
    expect(await story(world, first, policy)).toMatchObject(passed);
  });

  test('lists no folder that the config does not name', async () => {
    const token = await world.admin.issue(await printed(world, second));
    for (const folder of ['', 'other', 'deep/other', 'voice/deeper']) {
      const answer = await fetch(`${world.server.address}/v1/secret/detailed-metadata/${folder}?list=true`, {
        headers: { 'x-vault-token': token },
      });
      expect([folder, answer.status]).toEqual([folder, 403]);
    }
  });
});

// The Vault policy that `voxsync policy` prints, given to a token of a real Vault: a sync passes with it, and with nothing less as cheaply.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startVault, type VaultServer } from '../backends/start.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { startFaultyProxy, type FaultyProxy } from '../proxy/faulty-proxy.ts';
import { adminOf, type Admin } from '../sources/vault/setup.ts';
import { openStage, type Stage } from './stage.ts';

interface Mount {
  readonly name: string;
  readonly kvVersion: 1 | 2;
  /** How many capabilities the policy has. */
  readonly parts: number;
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

describeWithBackend('vault', 'the printed Vault policy', () => {
  let vault: VaultServer;
  let admin: Admin;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    vault = await startVault();
    admin = adminOf(vault.address, vault.rootToken);
    proxy = await startFaultyProxy(vault.address);
    await admin.call('POST', 'sys/mounts/old', { type: 'kv', options: { version: '1' } });
  });
  afterAll(async () => {
    await proxy.close();
    await vault.stop();
  });

  const put = (mount: Mount, path: string) =>
    mount.kvVersion === 2
      ? admin.call('POST', `${mount.name}/data/${path}`, { data: { value: path } })
      : admin.call('POST', `${mount.name}/${path}`, { value: path });
  const remove = (mount: Mount, path: string) =>
    admin.call('DELETE', mount.kvVersion === 2 ? `${mount.name}/metadata/${path}` : `${mount.name}/${path}`);

  async function configured({ name, kvVersion }: Mount): Promise<Stage> {
    const stage = await openStage();
    const auth = { method: 'token', token: { file: 'token' } };
    await stage.configure({
      sources: { vault: { kind: 'vault', address: proxy.endpoint, mount: name, kvVersion, auth } },
      mappings,
    });
    return stage;
  }

  /** All is there; nothing changes; then one is gone for good. Gives the exit codes, what was done, and the values read at rest. */
  async function story(mount: Mount, policy: string) {
    const stage = await configured(mount);
    await stage.save('token', await admin.issue(policy));
    for (const path of ['voice/trunk', 'voice/gone', 'app/crm', 'app/x/y', 'deep/prefix', 'deep/pre/z', 'no'])
      await put(mount, path);
    const first = await stage.voxsync('sync');
    proxy.forget();
    const second = await stage.voxsync('sync');
    const values = proxy.journal.filter((entry) => entry.path.startsWith(`/v1/${mount.name}/data/`)).length;
    await remove(mount, 'voice/gone');
    const third = await stage.voxsync('sync');
    const all = [first, second, third];
    return {
      exitCodes: all.map(({ exitCode }) => exitCode),
      applied: all.map(({ stdout }) => /Applied: .*/.exec(stdout)?.[0]),
      values,
    };
  }

  test.each<Mount>([
    { name: 'secret', kvVersion: 2, parts: 11 },
    { name: 'old', kvVersion: 1, parts: 7 },
  ])('is enough for KV version $kvVersion, and every part of it is needed', async (mount) => {
    const stage = await configured(mount);
    const { stdout: policy } = await stage.voxsync('policy', '--source', 'vault');
    const passed = {
      // A mapping still names what was deleted, which is told: 3.
      exitCodes: [0, 0, 3],
      applied: ['Applied: 7 created.', undefined, 'Applied: 1 deleted.'],
      values: 0,
    };
    expect(await story(mount, policy)).toEqual(passed);
    const lesser = withoutEach(policy);
    expect(lesser.length).toBe(mount.parts);
    for (const less of lesser) {
      const { exitCodes, values } = await story(mount, less);
      // Without the metadata of a secret that is still there, its value is read to see whether it changed.
      expect(exitCodes.includes(4) || values > 0, `with ${less}`).toBe(true);
    }
  });

  test('gives no secret that the config does not name', async () => {
    const stage = await configured({ name: 'secret', kvVersion: 2, parts: 0 });
    const { stdout } = await stage.voxsync('policy', '--output', 'json');
    const token = await admin.issue(JSON.parse(stdout).sources[0].document);
    for (const path of ['data/no', 'metadata/no', 'data/voice/trunk2', 'data/deep/other']) {
      const answer = await fetch(`${vault.address}/v1/secret/${path}`, {
        headers: { 'x-vault-token': token },
      });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });
});

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

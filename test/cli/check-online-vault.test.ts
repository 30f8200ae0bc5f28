// `voxsync check --online` on a real Vault: each missing capability is named, and no value is read where there are versions.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startVault, type VaultServer } from '../backends/start.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { startFaultyProxy, type FaultyProxy } from '../proxy/faulty-proxy.ts';
import { adminOf, type Admin } from '../sources/vault/setup.ts';
import { openStage } from './stage.ts';

const value = 'a-value-that-must-not-be-seen';
const from = (secret: string) => ({ source: 'vault', secret });
const mappings = [
  {
    application: 'app',
    secrets: [
      { name: 'TRUNK', from: from('voice/trunk') },
      { name: 'GONE', from: from('voice/gone') },
    ],
    discover: [{ from: { source: 'vault', prefix: 'app/' }, name: '{{ path }}' }],
  },
];

describeWithBackend('vault', 'check --online on Vault', () => {
  let vault: VaultServer;
  let admin: Admin;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    vault = await startVault();
    proxy = await startFaultyProxy(vault.address);
    admin = adminOf(vault.address, vault.rootToken);
    await admin.call('POST', 'sys/mounts/old', { type: 'kv', options: { version: '1' } });
    for (const path of ['voice/trunk', 'app/a', 'app/b/c']) await admin.put(path, { value });
    await admin.call('POST', 'old/voice/trunk', { value });
  });
  afterEach(() => proxy.forget());
  afterAll(async () => {
    await proxy.close();
    await vault.stop();
  });

  async function check(settings: object, policyOf: (policy: string) => string | undefined) {
    const stage = await openStage();
    const auth = { method: 'token', token: { file: 'token' } };
    await stage.configure({
      sources: { vault: { kind: 'vault', address: proxy.endpoint, timeout: '5s', auth, ...settings } },
      mappings,
    });
    const { stdout: printed } = await stage.voxsync('policy', '--source', 'vault');
    const policy = policyOf(printed);
    await stage.save('token', policy === undefined ? 'hvs.no-token-of-anyone' : await admin.issue(policy));
    return stage.voxsync('check', '--online');
  }

  test('with the printed policy all is proven, what is gone is told, and no value is read', async () => {
    const answers: string[] = [];
    const change = (body: string) => {
      answers.push(body);
      return body;
    };
    proxy.misbehave(() => ({ kind: 'rewrite', change }));
    const { stdout, exitCode } = await check({}, (policy) => policy);
    expect(stdout).toMatch(/source vault +ok +token token, policies default, p[0-9a-f]+/);
    expect(stdout).toMatch(/voice\/trunk +ok +version v1; its value may be read/);
    expect(stdout).toMatch(/voice\/gone +absent +vault: voice\/gone: Vault metadata: 404/);
    expect(stdout).toMatch(/app\/\* +ok +2 found; all of them may be read/);
    expect(exitCode).toBe(3);
    expect(answers.length).toBeGreaterThan(6);
    expect(answers.join('')).not.toContain(value);
  });

  test('KV version 1 has no versions: it says that the value was read', async () => {
    const { stdout } = await check({ mount: 'old', kvVersion: 1 }, (policy) => policy);
    expect(stdout).toMatch(/voice\/trunk +ok +version v1 engine; its value was read and dropped/);
    expect(stdout).not.toContain(value);
  });

  const cut = (path: string) => (policy: string) =>
    policy.replace(
      new RegExp(`(path "${path.replace('*', String.raw`\*`)}" \\{\\n {2}capabilities = )\\[.*\\]`),
      '$1["deny"]',
    );

  test.each([
    [
      'no values',
      cut('secret/data/voice/trunk'),
      /voice\/trunk +unresolved .*refused to read secret\/data\/voice\/trunk[^]*?hint: .*`read` on `secret\/data\/voice\/trunk`/,
    ],
    [
      'no metadata',
      cut('secret/metadata/voice/trunk'),
      /voice\/trunk +unresolved .*[^]*?hint: .*`read` on `secret\/metadata\/voice\/trunk`/,
    ],
    [
      'no discovered values',
      cut('secret/data/app/*'),
      /app\/\* +unresolved .*[^]*?hint: .*`read` on `secret\/data\/app\/a`/,
    ],
    [
      'no listing',
      (policy: string) => policy.replace('"list", "read"', '"read"'),
      /app\/\* +unresolved .*[^]*?hint: .*`list` on `secret\/metadata\/app\/`/,
    ],
    [
      'a token that nobody issued',
      () => undefined,
      /source vault +unresolved .*lookup-self[^]*?hint: .*its token is valid/,
    ],
  ])('%s', async (_what, policyOf, says) => {
    const ended = await check({}, policyOf);
    expect(ended.stdout).toMatch(says);
    expect(ended.exitCode).toBe(4);
    expect(ended.stdout).not.toContain('hvs.');
  });

  test('a wrong mount, a wrong version, a sealed Vault', async () => {
    const mount = await check({ mount: 'none' }, (policy) => policy);
    expect([mount.exitCode, mount.stdout]).toEqual([
      4,
      expect.stringContaining('does not tell the version of the KV engine at none'),
    ]);
    const version = await check(
      { mount: 'old', kvVersion: 2 },
      () => 'path "old/*" { capabilities = ["read", "list"] }',
    );
    expect([version.exitCode, version.stdout]).toEqual([3, expect.stringContaining('Set `kvVersion: 1`')]);
    proxy.misbehave(() => ({ kind: 'answer', status: 503, body: { errors: ['Vault is sealed'] } }));
    const sealed = await check({}, (policy) => policy);
    expect([sealed.exitCode, sealed.stdout]).toEqual([6, expect.stringContaining('is sealed')]);
  });
});

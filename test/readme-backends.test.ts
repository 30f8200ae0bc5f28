// The first real sync as the README tells it, word for word: its configs, its Vault policy, its commands, against real servers.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { compose } from '../src/compose.ts';
import { loadConfig } from '../src/config/load.ts';
import { startEmulator, writeCredentialsFile, type Emulator } from '../src/emulator/emulator.ts';
import { runPass } from '../src/reconcile/pass.ts';
import { countsOf, problemsOf } from '../src/reconcile/report.ts';
import { locateBackend } from './backends/locate.ts';
import { startMoto, startVault, type MotoServer, type VaultServer } from './backends/start.ts';
import { describeWithBackend } from './backends/suite.ts';
import { blocksOf, isConfig, readmeFile } from './readme.ts';

const readme = await readFile(readmeFile, 'utf8');
let folder: string;
let emulator: Emulator;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'voxsync-readme-'));
  emulator = await startEmulator({ applications: [{ name: 'call-center' }, { name: 'ivr' }] });
  await writeCredentialsFile(path.join(folder, 'credentials.json'), emulator.credentials);
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

describeWithBackend('moto', 'the first sync from AWS', () => {
  let moto: MotoServer;
  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
    vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
    moto = await startMoto();
    const admin = new SecretsManagerClient({ region: 'eu-central-1', endpoint: moto.endpoint });
    await admin.send(new CreateSecretCommand({ Name: 'prod/crm', SecretString: '{"apiKey":"from-aws"}' }));
    admin.destroy();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await moto.stop();
  });

  test('creates what the mapping names, and has nothing to do after that', async () => {
    const config = configWith('kind: aws-secrets-manager').replace(
      'region: eu-central-1 }',
      `region: eu-central-1, endpoint: '${moto.endpoint}' }`,
    );
    expect((await sync(config)).counts).toMatchObject({ created: 1, failed: 0, held: 0 });
    expect(emulator.state.readValue('call-center', 'CRM_API_KEY')).toBe('from-aws');
    expect((await sync(config)).counts).toMatchObject({ created: 0, updated: 0, inSync: 1 });
  });
});

describeWithBackend('vault', 'the first sync from Vault', () => {
  let vault: VaultServer;
  let environment: Readonly<Record<string, string>>;
  beforeAll(async () => {
    vault = await startVault();
    const [policy = ''] = blocksOf(readme, 'hcl');
    await writeFile(path.join(folder, 'voxsync-policy.hcl'), policy);
    const commands = blocksOf(readme, 'sh').find((text) => text.includes('vault policy write')) ?? '';
    await shell('vault kv put secret/voice/trunk token=of-the-trunk');
    await shell('vault kv put secret/voice/app/crm token=of-the-crm');
    await shell('vault kv put secret/other/crm token=none-of-our-business');
    const printed = await shell(`${commands}\necho "role id: $VAULT_ROLE_ID"`);
    environment = { VAULT_ROLE_ID: /^role id: (\S+)$/m.exec(printed)?.[1] ?? '' };
  });
  afterAll(() => vault.stop());

  test('creates what the mapping names and discovers, with no more than the policy allows', async () => {
    expect((await sync(vaultConfig(), environment)).counts).toMatchObject({ created: 2, failed: 0, held: 0 });
    expect(emulator.state.readValue('ivr', 'TRUNK_TOKEN')).toBe('of-the-trunk');
    expect(emulator.state.readValue('ivr', 'APP_CRM_TOKEN')).toBe('of-the-crm');
    expect((await sync(vaultConfig(), environment)).counts).toMatchObject({ created: 0, inSync: 2 });
  });

  test('is refused what the policy does not name', async () => {
    const { counts, codes } = await sync(vaultConfig().replace('voice/trunk', 'other/crm'), environment);
    expect(counts).toMatchObject({ held: 1, inSync: 1 });
    expect(codes).toEqual(['source-refused']);
  });

  function vaultConfig(): string {
    return configWith('kind: vault').replace('https://vault.example:8200', vault.address);
  }

  async function shell(script: string): Promise<string> {
    const location = locateBackend('vault');
    const bin = 'path' in location ? path.dirname(location.path) : '';
    const env = {
      PATH: `${bin}:${process.env['PATH']}`,
      HOME: folder,
      VAULT_ADDR: vault.address,
      VAULT_TOKEN: vault.rootToken,
    };
    const { stdout } = await promisify(execFile)('bash', ['-euc', script], { cwd: folder, env });
    return stdout;
  }
});

/** The README's config with this text, pointed to the emulator as the README says. */
function configWith(text: string): string {
  const config = blocksOf(readme, 'yaml').find((block) => isConfig(block) && block.includes(text)) ?? '';
  return config.replace(/# endpoint: \S+/, `endpoint: ${emulator.url}`);
}

async function sync(text: string, environment: Readonly<Record<string, string>> = {}) {
  const file = path.join(folder, 'voxsync.yaml');
  await writeFile(file, text);
  const composition = await compose(await loadConfig(file, environment));
  try {
    const signal = new AbortController().signal;
    const report = await runPass(composition.setup, { isDryRun: false, stopping: signal, aborting: signal });
    return { counts: countsOf(report), codes: problemsOf(report).map(({ code }) => code) };
  } finally {
    await composition.close();
  }
}

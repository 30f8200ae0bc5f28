// Starts each real server and makes it do what it is there for.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { listenOnLoopback } from '../proxy/faulty-proxy.ts';
import { openApi } from './kubernetes/api.ts';
import { createAccount, createNamespace, createPod, deletePod, requestToken } from './kubernetes/objects.ts';
import { startServer } from './server.ts';
import {
  startKubernetes,
  startMoto,
  startVault,
  type KubernetesServer,
  type MotoServer,
  type VaultServer,
} from './start.ts';
import { describeWithBackend } from './suite.ts';
import { kubernetesPlugin } from './vault/recipe.ts';

describeWithBackend('vault', 'Vault in dev mode', () => {
  let vault: VaultServer;

  beforeAll(async () => {
    // Vault does not start with a log level that it does not know.
    vi.stubEnv('VAULT_LOG_LEVEL', 'of-the-caller');
    vault = await startVault();
    vi.unstubAllEnvs();
  });

  afterAll(() => vault.stop());

  test('writes a KV v2 secret and reads it back', async () => {
    const url = `${vault.address}/v1/secret/data/voice/trunk`;
    const headers = { 'x-vault-token': vault.rootToken };
    const body = JSON.stringify({ data: { token: 'first line\nsecond line' } });
    const written = await fetch(url, { method: 'POST', headers, body });
    expect(await written.json()).toMatchObject({ data: { version: 1 } });
    const read = await fetch(url, { headers });
    expect(await read.json()).toMatchObject({
      data: { data: { token: 'first line\nsecond line' }, metadata: { version: 1 } },
    });
  });

  test('refuses another token', async () => {
    const headers = { 'x-vault-token': 'of-the-caller' };
    const answer = await fetch(`${vault.address}/v1/secret/data/voice/trunk`, { headers });
    expect(answer.status).toBe(403);
  });
});

describeWithBackend('vault', 'Vault with TLS', () => {
  test('is trusted by its own authority only, and leaves nothing behind', async () => {
    const vault = await startVault({ tls: true });
    const caFile = vault.caFile ?? '';
    const dispatcher = new Agent({ connect: { ca: await readFile(caFile) } });
    const trusted = await request(`${vault.address}/v1/sys/health`, { dispatcher });
    expect(await trusted.body.json()).toMatchObject({ initialized: true, sealed: false, version: '1.21.0' });
    await expect(request(`${vault.address}/v1/sys/health`)).rejects.toThrow(/certificate/);
    await dispatcher.close();
    await vault.stop();
    await vault.stop();
    expect(existsSync(dirname(caFile))).toBe(false);
    await expect(fetch(vault.address)).rejects.toThrow('fetch failed');
  });
});

describeWithBackend('vault', 'a server that does not start', () => {
  test('is reported with what it wrote', async () => {
    const started = startServer('vault', {
      args: () => ['server', '-no-such-flag'],
      isReady: async () => false,
    });
    await expect(started).rejects.toThrow(/vault ended before it was ready[^]*no-such-flag/);
  });

  test('is tried again on another port when its port was taken', async () => {
    const squatter = createServer();
    const takenPort = Number(new URL(await listenOnLoopback(squatter)).port);
    const tried: number[] = [];
    const server = await startServer('vault', {
      args: (freePort) => {
        tried.push(tried.length === 0 ? takenPort : freePort);
        return ['server', '-dev', '-dev-no-store-token', `-dev-listen-address=127.0.0.1:${tried.at(-1)}`];
      },
      isReady: async (port, _folder, signal) =>
        (await fetch(`http://127.0.0.1:${port}/v1/sys/health`, { signal })).ok,
    });
    await server.stop();
    squatter.close();
    expect(tried).toEqual([takenPort, server.port]);
  });
});

describeWithBackend('moto', 'moto as AWS Secrets Manager', () => {
  let moto: MotoServer;
  let client: SecretsManagerClient;

  beforeAll(async () => {
    moto = await startMoto();
    client = new SecretsManagerClient({
      endpoint: moto.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });

  afterAll(async () => {
    client.destroy();
    await moto.stop();
  });

  test('creates a secret, reads it back, and forgets it on reset', async () => {
    const created = await client.send(new CreateSecretCommand({ Name: 'prod/crm', SecretString: 's3cret' }));
    const read = await client.send(new GetSecretValueCommand({ SecretId: 'prod/crm' }));
    expect(read).toMatchObject({
      SecretString: 's3cret',
      VersionId: created.VersionId,
      VersionStages: ['AWSCURRENT'],
    });
    await moto.reset();
    const again = client.send(new GetSecretValueCommand({ SecretId: 'prod/crm' }));
    await expect(again).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});

describeWithBackend(['kubernetes', 'etcd'], 'the Kubernetes API server', () => {
  let kubernetes: KubernetesServer;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
  });
  afterAll(() => kubernetes.stop());
  const account = { namespace: 'voice', name: 'voxsync' };

  test('signs tokens for a service account, knows them again, and forgets them with their pod', async () => {
    const { api } = kubernetes;
    await createNamespace(api, account.namespace);
    await createAccount(api, account);
    const pod = await createPod(api, account, 'first');
    const bound = () => requestToken(api, account, { audience: 'vault', pod });
    const [first, second] = [await bound(), await bound()];
    const review = (token: string, audience: string) =>
      api.call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
        spec: { token, audiences: [audience] },
      });
    expect(await review(first, 'vault')).toMatchObject({
      status: { authenticated: true, user: { username: 'system:serviceaccount:voice:voxsync' } },
    });
    const refused = { status: { error: expect.any(String), user: {} } };
    expect(await review(first, 'other')).toMatchObject(refused);
    await deletePod(api, pod);
    // Not the first: the server remembers for ten seconds what it has accepted. It may hear of the end of the pod later than we.
    await expect.poll(() => review(second, 'vault')).toMatchObject(refused);
  });

  test('refuses who is not its administrator', async () => {
    const { address, ca } = kubernetes;
    const stranger = openApi({ address, ca, token: 'of-the-caller' });
    onTestFinished(() => stranger.close());
    await expect(stranger.call('GET', '/api/v1/namespaces')).rejects.toThrow(/401/);
  });
});

describeWithBackend('vault', 'Vault with plugins', () => {
  test('offers the Kubernetes login', async () => {
    const vault = await startVault({ plugins: true });
    const headers = { 'x-vault-token': vault.rootToken };
    const body = JSON.stringify({ type: kubernetesPlugin });
    const enabled = await fetch(`${vault.address}/v1/sys/auth/kubernetes`, { method: 'POST', headers, body });
    expect(enabled.status).toBe(204);
    await vault.stop();
  });
});

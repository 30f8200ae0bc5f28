// The source in a process of its own: credentials and region from the SDK's chain, and nothing printed.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listenOnLoopback } from '../../proxy/faulty-proxy.ts';

const sourceUrl = new URL('../../../src/sources/aws-secrets-manager/source.ts', import.meta.url).href;
const neverThere = '/nonexistent';

let server: Server;
let endpoint: string;
let folder: string;
let received: IncomingHttpHeaders[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'voxsync-aws-'));
  await writeFile(
    path.join(folder, 'credentials'),
    '[voice]\naws_access_key_id = AKIAFROMPROFILE\naws_secret_access_key = example\n',
  );
  await writeFile(path.join(folder, 'config'), '[profile voice]\nregion = eu-west-3\n');
  server = createServer((request, response) => {
    received.push(request.headers);
    response.end('{"SecretList":[]}');
  });
  endpoint = await listenOnLoopback(server);
});

beforeEach(() => {
  received = [];
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

/** Discovers with these settings in a fresh process, which sees nothing of our environment. */
async function discover(settings: Record<string, unknown>, environment: Record<string, string>) {
  const script = `
    const { openAwsSource } = await import(${JSON.stringify(sourceUrl)});
    const settings = { kind: 'aws-secrets-manager', ...${JSON.stringify({ endpoint, ...settings })} };
    const source = openAwsSource('aws', settings);
    const { state, error } = await source.discover({ prefix: '' }, new AbortController().signal);
    await source.close();
    const switched = Object.keys(process.env).filter((name) => name.startsWith('AWS_SDK_JS'));
    console.log(JSON.stringify({ state, error: error && [error.code, error.message], switched }));
  `;
  const shared = {
    AWS_CONFIG_FILE: path.join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { env: { PATH: process.env['PATH'], HOME: folder, ...shared, ...environment } },
  );
  return { told: JSON.parse(stdout), stderr };
}

const keys = { AWS_ACCESS_KEY_ID: 'AKIAFROMENV', AWS_SECRET_ACCESS_KEY: 'example' };
const listed = { state: 'listed', switched: [] };

test('keys and region come from the environment; nothing is printed or left in it', async () => {
  const { told, stderr } = await discover({}, { ...keys, AWS_REGION: 'eu-north-1' });
  expect({ told, stderr }).toEqual({ told: listed, stderr: '' });
  expect(received[0]?.authorization).toMatch(/AKIAFROMENV\/\d+\/eu-north-1\//);
});

test('a profile gives keys and region, keys in the environment or not, without a word', async () => {
  const { told, stderr } = await discover({ profile: 'voice' }, keys);
  expect({ told, stderr }).toEqual({ told: listed, stderr: '' });
  expect(received[0]?.authorization).toMatch(/AKIAFROMPROFILE\/\d+\/eu-west-3\//);
});

test('the region of the settings comes first', async () => {
  await discover({ region: 'sa-east-1' }, { ...keys, AWS_REGION: 'eu-north-1' });
  expect(received[0]?.authorization).toContain('/sa-east-1/');
});

test('without a region, the error says so', async () => {
  const { told, stderr } = await discover({}, { ...keys, AWS_CONFIG_FILE: neverThere });
  expect(told.error).toEqual(['config-invalid', 'aws: ListSecrets needs a region (Error)']);
  expect(stderr).toBe('');
});

test('without credentials, the error says so, and nothing is asked', async () => {
  const { told, stderr } = await discover({ region: 'eu-north-1' }, {});
  expect(told.error).toEqual([
    'source-refused',
    'aws: no AWS credentials (CredentialsProviderError); tried AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile "default", web identity and container credentials (not set), instance metadata (switched off)',
  ]);
  expect({ stderr, received }).toEqual({ stderr: '', received: [] });
});

test('plain http goes through the proxy of the environment', async () => {
  const environment = { ...keys, AWS_REGION: 'eu-north-1', HTTP_PROXY: endpoint };
  const { told, stderr } = await discover({ endpoint: 'http://127.0.0.2' }, environment);
  expect({ told, stderr }).toEqual({ told: listed, stderr: '' });
  expect(received[0]?.host).toBe('127.0.0.2');
});

test('plain http to another machine is refused, wherever its address comes from', async () => {
  const environment = { ...keys, AWS_REGION: 'eu-north-1', HTTP_PROXY: endpoint };
  const elsewhere = { ...environment, AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://secrets.invalid' };
  const { told, stderr } = await discover({ endpoint: undefined }, elsewhere);
  expect(told.error).toEqual([
    'config-invalid',
    'aws: plain http would show secrets on their way to secrets.invalid',
  ]);
  expect({ stderr, received }).toEqual({ stderr: '', received: [] });
});

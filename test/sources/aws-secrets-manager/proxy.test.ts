// The proxy that the environment names: who goes through it, who does not, and what a proxy that refuses is called.
import { execFile } from 'node:child_process';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { AwsSettings } from '../../../src/sources/aws-secrets-manager/source.ts';
import { openAwsSource } from '../../../src/sources/aws-secrets-manager/source.ts';
import { makeCertificate } from '../../proxy/certificate.ts';
import { listenOnLoopback } from '../../proxy/faulty-proxy.ts';

const { signal } = new AbortController();
const sourceUrl = new URL('../../../src/sources/aws-secrets-manager/source.ts', import.meta.url).href;
let proxy: Server;
let proxyAddress: string;
/** `HOST:PORT` of every tunnel that was asked for, and the credentials that came along. */
let tunnels: { target: string | undefined; authorization: string | undefined }[];
/** Where tunnels lead; without one they are refused. */
let behind: number | undefined;

beforeAll(async () => {
  proxy = createServer((_request, response) => response.end('{"SecretList":[]}'));
  proxy.on('connect', (request, socket) => {
    tunnels.push({ target: request.url, authorization: request.headers['proxy-authorization'] });
    if (behind === undefined) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const onward = connect(behind, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
  });
  proxyAddress = await listenOnLoopback(proxy);
});

beforeEach(() => {
  tunnels = [];
  behind = undefined;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  vi.stubEnv('HTTPS_PROXY', proxyAddress.replace('//', '//user:pass@'));
});

afterEach(() => {
  vi.unstubAllEnvs();
});

afterAll(() => {
  proxy.close();
});

async function discover(settings: Partial<AwsSettings>) {
  const source = openAwsSource('aws', { kind: 'aws-secrets-manager', timeoutMs: 3000, ...settings });
  const discovery = await source.discover({ prefix: '' }, signal);
  await source.close();
  return discovery;
}

test('AWS is reached by a tunnel, with the credentials of the proxy; a refusal is told as one of the proxy', async () => {
  expect(await discover({ region: 'eu-north-1' })).toMatchObject({
    error: { code: 'source-unreachable', message: 'aws: ListSecrets failed (EPROXY)' },
  });
  expect(tunnels[0]).toEqual({
    target: 'secretsmanager.eu-north-1.amazonaws.com:443',
    authorization: `Basic ${Buffer.from('user:pass').toString('base64')}`,
  });
});

test.each(['*', '.invalid', 'secrets.invalid', 'other.example, secrets.invalid:443'])(
  'NO_PROXY %s goes without',
  async (exempt) => {
    vi.stubEnv('NO_PROXY', exempt);
    await discover({ region: 'eu-north-1', endpoint: 'https://secrets.invalid' });
    expect(tunnels).toEqual([]);
  },
);

test.each(['other.example', 'crets.invalid', 'secrets.invalid:8443'])(
  'NO_PROXY %s means somebody else',
  async (exempt) => {
    vi.stubEnv('NO_PROXY', exempt);
    await discover({ region: 'eu-north-1', endpoint: 'https://secrets.invalid' });
    expect(tunnels[0]?.target).toBe('secrets.invalid:443');
  },
);

const assumeRole = [{ roleArn: 'arn:aws:iam::123456789012:role/voxsync' }];

// The usual address of Secrets Manager answers over IPv6 as well; STS has one of its own for that.
test.each([
  [{}, 'secretsmanager.us-east-1.amazonaws.com:443'],
  [{ useFipsEndpoint: true }, 'secretsmanager-fips.us-east-1.amazonaws.com:443'],
  [{ useDualstackEndpoint: true }, 'secretsmanager.us-east-1.amazonaws.com:443'],
  [{ assumeRole }, 'sts.us-east-1.amazonaws.com:443'],
  [{ assumeRole, useFipsEndpoint: true }, 'sts-fips.us-east-1.amazonaws.com:443'],
  [{ assumeRole, useDualstackEndpoint: true }, 'sts.us-east-1.api.aws:443'],
])('%j goes to %s', async (settings, target) => {
  const discovery = await discover({ region: 'us-east-1', ...settings });
  expect(discovery).toMatchObject({ error: { code: 'source-unreachable' } });
  expect(tunnels[0]?.target).toBe(target);
});

test('an ARN of another region goes to that region, whatever the source names', async () => {
  const source = openAwsSource('aws', {
    kind: 'aws-secrets-manager',
    timeoutMs: 3000,
    region: 'eu-north-1',
    useFipsEndpoint: true,
  });
  const secret = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:prod/crm-AbCdEf';
  await source.observe([{ secret }], signal);
  await source.close();
  expect(tunnels[0]?.target).toBe('secretsmanager-fips.us-west-2.amazonaws.com:443');
});

test('an address of a proxy that is none says which variable to mend', async () => {
  vi.stubEnv('HTTPS_PROXY', 'no address');
  expect(await discover({ region: 'eu-north-1' })).toMatchObject({
    error: { code: 'config-invalid', message: expect.stringContaining('HTTPS_PROXY') },
  });
});

test('TLS runs within the tunnel, end to end, and nothing is printed', async () => {
  const certificate = await makeCertificate(['secrets.invalid']);
  const hosts: (string | undefined)[] = [];
  const server = createTlsServer(certificate, ({ headers }, response) => {
    hosts.push(headers.host);
    response.end('{"SecretList":[]}');
  });
  behind = Number(new URL(await listenOnLoopback(server)).port);
  const script = `
    const { openAwsSource } = await import(${JSON.stringify(sourceUrl)});
    const settings = { kind: 'aws-secrets-manager', region: 'eu-north-1', endpoint: 'https://secrets.invalid' };
    const source = openAwsSource('aws', settings);
    const { state } = await source.discover({ prefix: '' }, new AbortController().signal);
    await source.close();
    console.log(state);
  `;
  const told = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate.file } },
  );
  server.close();
  expect(told).toEqual({ stdout: 'listed\n', stderr: '' });
  expect({ hosts, targets: tunnels.map(({ target }) => target) }).toEqual({
    hosts: ['secrets.invalid'],
    targets: ['secrets.invalid:443'],
  });
});

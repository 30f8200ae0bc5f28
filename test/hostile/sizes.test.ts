// Answers that are too large, too dense, too deep or too slow: each ends by a limit, and memory stays bounded.
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { SecretBox } from '../../src/secret/box.ts';
import { openAwsSource } from '../../src/sources/aws-secrets-manager/source.ts';
import { openVaultSource } from '../../src/sources/vault/source.ts';
import { openVoximplantTarget } from '../../src/target/voximplant/target.ts';
import { listenOnLoopback } from '../proxy/faulty-proxy.ts';
import { drip, endlessly, headOf } from './raw-http.ts';

const timeoutMs = 1000;
const megabyte = 1024 * 1024;
/** What the densest answer within the limit of a client takes, twice over; what was read without any took gigabytes. */
const growthLimitMiB = 1200;
const { signal: never } = new AbortController();

let server: Server;
let endpoint: string;
let answer: (socket: Socket) => void;

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  vi.stubEnv('VOXSYNC_SIZES_TOKEN', 'token');
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  endpoint = await listenOnLoopback(server);
});

afterAll(() => {
  server.close();
  vi.unstubAllEnvs();
});

/** One question to each of those that we ask, with the key of a list in its answers. Throws what it was answered with. */
const questions: readonly (readonly [title: string, list: string, ask: () => Promise<void>])[] = [
  ['Voximplant', 'result', askVoximplant],
  ['AWS', 'SecretList', askAws],
  ['Vault', 'errors', askVault],
];

async function askVoximplant(): Promise<void> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const credentials = new SecretBox(JSON.stringify({ account_id: 1, key_id: 'k', private_key: key }));
  const retry = { attempts: 1, minDelayMs: 1, maxDelayMs: 1 };
  const target = await openVoximplantTarget({ id: 'main', credentials, endpoint, timeoutMs, retry });
  try {
    await target.list(7, 'cheap', never);
  } finally {
    await target.close();
  }
}

async function askAws(): Promise<void> {
  const kind = 'aws-secrets-manager';
  const source = openAwsSource('aws', { kind, region: 'eu-central-1', endpoint, timeoutMs });
  const [said] = await source.observe([{ secret: 'prod/crm' }], never);
  await source.close();
  if (said?.state === 'unresolved') throw said.error;
}

async function askVault(): Promise<void> {
  const auth = { method: 'token', token: { env: 'VOXSYNC_SIZES_TOKEN' } } as const;
  const source = await openVaultSource('vault', {
    kind: 'vault',
    address: endpoint,
    auth,
    kvVersion: 2,
    timeoutMs,
  });
  const [said] = await source.observe([{ secret: 'app' }], never);
  await source.close();
  if (said?.state === 'unresolved') throw said.error;
}

const head = (length?: number, extra = {}) => headOf({ status: 200, headers: {}, length, extra });

const whole =
  (body: Buffer, extra = {}) =>
  (socket: Socket): void => {
    socket.write(head(body.length, extra));
    socket.end(body);
  };

const nearLimit = 7.9 * megabyte;

/** A list of many small things. */
function dense(list: string, item: string): (socket: Socket) => void {
  const items = `${item},`.repeat(nearLimit / (item.length + 1));
  return whole(Buffer.from(`{"${list}":[${items}${item}]}`));
}

type Send = (socket: Socket, list: string) => void;

const bodies: readonly (readonly [title: string, send: Send])[] = [
  [
    'a hundred megabytes of blanks',
    (socket) => endlessly(socket, head(100 * megabyte), Buffer.alloc(megabyte, ' ')),
  ],
  ['an endless list', (socket) => endlessly(socket, head(), Buffer.from('[],'.repeat(30_000)))],
  ['endless depth', (socket) => endlessly(socket, head(), Buffer.alloc(100_000, '['))],
  ['an endless text', (socket) => endlessly(socket, `${head()}"`, Buffer.alloc(100_000, 'ä'))],
  ['a list of millions of numbers', (socket, list) => dense(list, '0')(socket)],
  ['a list of millions of objects', (socket, list) => dense(list, '{}')(socket)],
  ['a list of a million errors', (socket) => dense('errors', '{"code":{}}')(socket)],
  ['lists in lists', whole(Buffer.from(`${'['.repeat(4_000_000)}${']'.repeat(4_000_000)}`))],
  ['objects in objects', whole(Buffer.from(`${'{"result":'.repeat(700_000)}1${'}'.repeat(700_000)}`))],
  ['a gzip bomb', whole(gzipSync(Buffer.alloc(100 * megabyte, ' ')), { 'content-encoding': 'gzip' })],
  [
    'a head without an end',
    (socket) => endlessly(socket, 'HTTP/1.1 200 OK\r\nx: ', Buffer.alloc(100_000, 'y')),
  ],
  [
    'headers without an end',
    (socket) => endlessly(socket, 'HTTP/1.1 200 OK\r\n', Buffer.from('x: y\r\n'.repeat(9000))),
  ],
  ['a head that drips', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nx: ', 'y')],
  ['a body that drips', (socket) => drip(socket, head(1_000_000), ' ')],
  [
    'chunks that drip',
    (socket) => drip(socket, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\n \r\n'),
  ],
  ['silence', () => {}],
];

describe.each(questions)('%s', (_, list, ask) => {
  test.each(bodies)('%s', async (_, send) => {
    answer = (socket) => send(socket, list);
    const before = peakMiB();
    const failure: unknown = await ask().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(VoxsyncError);
    expect(failure).not.toMatchObject({ code: 'unexpected' });
    expect(peakMiB() - before).toBeLessThan(growthLimitMiB);
  });
});

/** The most that this process ever took. */
function peakMiB(): number {
  return process.resourceUsage().maxRSS / 1024;
}

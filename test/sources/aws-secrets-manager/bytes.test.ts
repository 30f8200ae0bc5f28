// Answers that are wrong below their JSON: told as what they are, read no further than is safe, and no value made of them.
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openAwsSource } from '../../../src/sources/aws-secrets-manager/source.ts';
import type { Source } from '../../../src/sources/source.ts';
import { endlessly } from '../../hostile/raw-http.ts';
import { listenOnLoopback } from '../../proxy/faulty-proxy.ts';
import { never, states } from './setup.ts';

let server: Server;
let source: Source;
let answer: (socket: Socket) => void;
let sent = 0;

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
    socket.on('close', () => {
      sent += socket.bytesWritten;
    });
  });
  const endpoint = await listenOnLoopback(server);
  source = openAwsSource('aws', {
    kind: 'aws-secrets-manager',
    region: 'eu-central-1',
    endpoint,
    timeoutMs: 9000,
  });
});

afterAll(async () => {
  await source.close();
  server.close();
  vi.unstubAllEnvs();
});

const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\n';
const secret = { secret: 'prod/crm', version: 'v' };

async function readWith(send: (socket: Socket) => void) {
  answer = send;
  sent = 0;
  const [reading] = await source.read([secret], never);
  return reading!;
}

test('a value that is not UTF-8 is no value: its bytes would be replaced without a word', async () => {
  const [before = '', after = ''] = JSON.stringify({
    Name: 'prod/crm',
    VersionId: 'v',
    SecretString: 'a|b',
  }).split('|');
  const body = Buffer.concat([Buffer.from(before), Buffer.from('c328', 'hex'), Buffer.from(after)]);
  const reading = await readWith((socket) => {
    socket.write(`${head}content-length: ${body.length}\r\n\r\n`);
    socket.end(body);
  });
  expect(reading).toMatchObject({
    error: { code: 'source-answer-invalid', message: 'aws: an answer is not UTF-8' },
  });
});

test('an answer without an end is left when it is larger than any that AWS gives', async () => {
  const reading = await readWith((socket) => endlessly(socket, `${head}\r\n`, Buffer.alloc(100_000, ' ')));
  expect(reading).toMatchObject({
    error: { code: 'source-answer-invalid', message: 'aws: an answer is larger than 8 MiB' },
  });
  await expect.poll(() => sent).toBeGreaterThan(0);
  expect(sent).toBeLessThan(40_000_000);
});

test.each<[string, string]>([
  ['a start line of nothing', '\r\n\r\n\r\n'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n'],
  ['a status that is none', 'HTTP/1.1 abc OK\r\ncontent-length: 2\r\n\r\n{}'],
  ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}'],
  ['a length too large', `${head}content-length: 9\r\n\r\n{}`],
  ['chunks that are none', `${head}transfer-encoding: chunked\r\n\r\nzz\r\n`],
  ['an offer to upgrade', 'HTTP/1.1 101 Upgrade\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n'],
  ['headers without an end', `${head}x-filler: ${'f'.repeat(100_000)}\r\n\r\n{}`],
])('%s is an unreachable AWS, and no defect of ours', async (_, text) => {
  expect(states([await readWith((socket) => void socket.end(text))])).toEqual(['source-unreachable']);
});

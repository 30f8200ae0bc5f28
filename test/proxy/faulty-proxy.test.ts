// The proxy itself: what it passes on, writes down, and does wrong.
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FaultyProxy } from './faulty-proxy.ts';
import {
  awsError,
  countOperations,
  failOperation,
  listenOnLoopback,
  startFaultyProxy,
} from './faulty-proxy.ts';

let server: Server;
let proxy: FaultyProxy;

beforeAll(async () => {
  server = createServer((request, response) => {
    const headers = { 'x-from': 'server', 'x-account-seen': String(request.headers['x-account']) };
    response.writeHead(201, headers).write(`${request.method} ${request.url} `);
    request.pipe(response);
  });
  proxy = await startFaultyProxy(await listenOnLoopback(server));
});

afterEach(() => proxy.forget());

afterAll(async () => {
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

const call = (operation: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${proxy.endpoint}/a?b=1`, {
    method: 'POST',
    body: 'täglich',
    headers: { 'x-amz-target': `secretsmanager.${operation}` },
    ...(signal === undefined ? {} : { signal }),
  });

test('passes requests on and writes them down', async () => {
  const response = await call('ListSecrets');
  expect(response.status).toBe(201);
  expect(response.headers.get('x-from')).toBe('server');
  expect(await response.text()).toBe('POST /a?b=1 täglich');
  expect(proxy.journal).toEqual([
    { method: 'POST', path: '/a?b=1', amzTarget: 'secretsmanager.ListSecrets', bodyLength: 8 },
  ]);
});

test('knows how many requests were under way at once', async () => {
  let arrived = 0;
  let release = (): void => {};
  const all = new Promise<void>((resolve) => (release = resolve));
  const held = createServer((_request, response) => {
    arrived += 1;
    if (arrived === 3) release();
    void all.then(() => response.end());
  });
  const holding = await startFaultyProxy(await listenOnLoopback(held));
  await Promise.all(Array.from({ length: 3 }, () => fetch(holding.endpoint)));
  expect(holding.highestConcurrency).toBe(3);
  await holding.close();
  await new Promise((resolve) => held.close(resolve));
});

test('answers in the place of the server, as often as told', async () => {
  proxy.misbehave(failOperation('ListSecrets', awsError(400, 'ThrottlingException'), 1));
  const first = await call('ListSecrets');
  expect(first.status).toBe(400);
  expect(await first.json()).toMatchObject({ __type: 'ThrottlingException' });
  expect((await call('ListSecrets')).status).toBe(201);
  expect((await call('GetSecretValue')).status).toBe(201);
  expect(countOperations(proxy.journal)).toEqual({ ListSecrets: 2, GetSecretValue: 1 });
});

test('passes a request on after an event', async () => {
  const order: string[] = [];
  let release = () => {};
  const event = new Promise<void>((resolve) => (release = resolve));
  proxy.misbehave(({ earlier }) => (earlier === 0 ? { kind: 'after', event } : undefined));
  const first = call('ListSecrets').then(({ status }) => order.push(`first ${status}`));
  await expect.poll(() => proxy.journal.length).toBe(1);
  order.push(`second ${(await call('ListSecrets')).status}`);
  release();
  await first;
  expect(order).toEqual(['second 201', 'first 201']);
});

test('shows a matcher the body and the number of earlier requests', async () => {
  const seen: unknown[] = [];
  proxy.misbehave(({ body, earlier }) => {
    seen.push([body, earlier]);
    return undefined;
  });
  await call('ListSecrets');
  await call('ListSecrets');
  expect(seen).toEqual([
    ['täglich', 0],
    ['täglich', 1],
  ]);
});

test('resets a connection', async () => {
  proxy.misbehave(() => ({ kind: 'reset' }));
  await expect(call('ListSecrets')).rejects.toThrow('fetch failed');
});

test('cuts an answer', async () => {
  proxy.misbehave(() => ({ kind: 'cut', bytes: 4 }));
  const response = await call('ListSecrets');
  await expect(response.text()).rejects.toThrow('terminated');
});

test('hangs until the caller gives up', async () => {
  proxy.misbehave(() => ({ kind: 'hang' }));
  await expect(call('ListSecrets', AbortSignal.timeout(100))).rejects.toThrow('aborted due to timeout');
});

test('delays', async () => {
  proxy.misbehave(() => ({ kind: 'delay', delayMs: 80 }));
  const begun = performance.now();
  expect((await call('ListSecrets')).status).toBe(201);
  expect(performance.now() - begun).toBeGreaterThan(75);
});

test('rewrites an answer', async () => {
  proxy.misbehave(() => ({ kind: 'rewrite', change: (body) => `${body}!` }));
  expect(await (await call('ListSecrets')).text()).toBe('POST /a?b=1 täglich!');
});

test('adds headers on the way to the server', async () => {
  proxy.misbehave(() => ({ kind: 'headers', headers: { 'x-account': '222222222222' } }));
  const response = await call('ListSecrets');
  expect(response.headers.get('x-account-seen')).toBe('222222222222');
  expect(await response.text()).toBe('POST /a?b=1 täglich');
});

test('hands the connection and the answer over', async () => {
  proxy.misbehave(() => ({
    kind: 'raw',
    send: (socket, { status, body }) => {
      socket.end(`HTTP/1.1 299 odd\r\ncontent-length: 3\r\n\r\n${status}`);
      expect(body.toString()).toBe('POST /a?b=1 täglich');
    },
  }));
  const response = await call('ListSecrets');
  expect(response.status).toBe(299);
  expect(await response.text()).toBe('201');
});

// Calls one after the other go over one connection: each further one would cost a handshake before it is of use.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { expect, onTestFinished, test, vi } from 'vitest';
import { generateCredentials } from '../src/emulator/credentials.ts';
import { openConnections, send } from '../src/http.ts';
import { letCallsOut } from '../src/reconcile/turns.ts';
import { SecretBox } from '../src/secret/box.ts';
import { openAwsSource } from '../src/sources/aws-secrets-manager/source.ts';
import { openVoximplantTarget } from '../src/target/voximplant/target.ts';
import { makeCertificate } from './proxy/certificate.ts';
import { listenOnLoopback } from './proxy/faulty-proxy.ts';
import { open, tokenAuth } from './sources/vault/setup.ts';

const never = new AbortController().signal;

/** A server that answers with JSON, and what came to it. */
async function serve(answer: () => unknown) {
  const came = { connections: 0, requests: 0, open: 0 };
  // It closes nothing by itself.
  const server = createServer(
    { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 },
    (request, response) => {
      came.requests += 1;
      request.resume().on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(answer()));
      });
    },
  );
  server.on('connection', (socket) => {
    came.connections += 1;
    came.open += 1;
    socket.once('close', () => (came.open -= 1));
  });
  const address = await listenOnLoopback(server);
  const cut = () => server.closeAllConnections();
  const end = async () => {
    const ended = new Promise((resolve) => {
      server.close(resolve);
    });
    cut();
    await ended;
  };
  onTestFinished(end);
  return { address, came, cut, end };
}

const row = { secret_id: 1, secret_name: 'KEY', created: '2026-01-01 00:00:00', modified: null };
const listing = () => ({ result: [row], count: 1, total_count: 1 });

async function openAccount(address: string) {
  const target = await openVoximplantTarget({
    id: 'main',
    credentials: new SecretBox(JSON.stringify(await generateCredentials(1, 'a@example.com'))),
    endpoint: `${address}/platform_api`,
    retry: { attempts: 2, minDelayMs: 1, maxDelayMs: 1 },
  });
  onTestFinished(() => target.close());
  return target;
}

test('to Voximplant', async () => {
  const { address, came } = await serve(listing);
  const target = await openAccount(address);
  for (let pass = 0; pass < 5; pass += 1) await target.list(1, 'cheap', never);
  expect(came).toEqual({ connections: 1, requests: 5, open: 1 });
});

test('to Voximplant, before there is a call, and not after the end', async () => {
  const { address, came } = await serve(listing);
  const target = await openAccount(address);
  await expect.poll(() => came).toEqual({ connections: 1, requests: 0, open: 1 });
  await target.close();
  // Sooner than a connection that nobody uses ends by itself, which takes four seconds.
  await expect.poll(() => came, { timeout: 3000 }).toEqual({ connections: 1, requests: 0, open: 0 });
});

test('to Voximplant, and no longer open when there was no call for some seconds', async () => {
  const { address, came } = await serve(listing);
  await openAccount(address);
  await expect.poll(() => came).toEqual({ connections: 1, requests: 0, open: 1 });
  await expect.poll(() => came).toEqual({ connections: 1, requests: 0, open: 0 });
});

test('to Voximplant, closed by the server before there is a call', async () => {
  const { address, came, cut } = await serve(listing);
  const target = await openAccount(address);
  await expect.poll(() => came.open).toBe(1);
  cut();
  await expect.poll(() => came.open).toBe(0);
  await target.list(1, 'cheap', never);
  expect(came).toEqual({ connections: 2, requests: 1, open: 1 });
});

test('to a Voximplant that is not there, told by the first call alone', async () => {
  const { address, end } = await serve(listing);
  await end();
  const target = await openAccount(address);
  await expect(target.list(1, 'cheap', never)).rejects.toMatchObject({ code: 'target-unreachable' });
});

test('over TLS, with one handshake for what is opened ahead and what is sent after it', async () => {
  const certificate = await makeCertificate(['localhost']);
  let handshakes = 0;
  const server = createTlsServer(certificate, (request, response) => {
    request.resume().on('end', () => response.end('answer'));
  });
  server.on('secureConnection', () => (handshakes += 1));
  const { port } = new URL(await listenOnLoopback(server));
  const connections = openConnections(`https://localhost:${port}`, { connect: { ca: certificate.cert } });
  onTestFinished(async () => {
    await connections.destroy();
    server.close();
  });
  await expect.poll(() => handshakes).toBe(1);
  const answer = await send(connections.dispatcher, { path: '/', method: 'POST', body: 'a=1' });
  expect(await answer.body.text()).toBe('answer');
  expect(handshakes).toBe(1);
});

test('a call on a connection that was used before is written before the work that follows', async () => {
  const { address } = await serve(listing);
  const target = await openAccount(address);
  let written = 0;
  const count = () => (written += 1);
  subscribe('undici:client:sendHeaders', count);
  onTestFinished(() => void unsubscribe('undici:client:sendHeaders', count));
  await target.list(1, 'cheap', never);
  const next = target.list(1, 'cheap', never);
  await letCallsOut();
  expect(written).toBe(2);
  await next;
});

test('to AWS', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  onTestFinished(() => void vi.unstubAllEnvs());
  let page = 0;
  const { address, came } = await serve(() => ({
    SecretList: [],
    ...((page += 1) < 5 && { NextToken: `page-${page}` }),
  }));
  const source = openAwsSource('aws', {
    kind: 'aws-secrets-manager',
    region: 'eu-central-1',
    endpoint: address,
  });
  onTestFinished(() => source.close());
  expect(await source.discover({ prefix: 'prod/' }, never)).toMatchObject({ state: 'listed' });
  expect(came).toEqual({ connections: 1, requests: 5, open: 1 });
});

test('to Vault', async () => {
  const metadata = { version: 1, created_time: 't', deletion_time: '', destroyed: false };
  const { address, came } = await serve(() => ({ data: { data: { a: 1 }, metadata } }));
  const source = await open({ address, auth: tokenAuth('canary-token'), kvVersion: 2 });
  for (const secret of ['a', 'b', 'c']) await source.read([{ secret }], never);
  expect(came.requests).toBeGreaterThan(3);
  expect(came.connections).toBe(1);
});

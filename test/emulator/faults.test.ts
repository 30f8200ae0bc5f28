// Faults, latency and the hook before each call, as a client on the other end of the wire meets them.
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { parseFault, type Emulator, type EmulatorFault } from '../../src/emulator/emulator.ts';
import { column } from './client.ts';
import { holdUntil, inApp, start } from './started.ts';

const add = { ...inApp, secret_name: 'KEY', secret_value: 'v' };

async function startWith(fault: EmulatorFault) {
  const { emulator, client } = await start();
  emulator.faults.add(fault);
  return { emulator, client, names: () => emulator.state.secrets('app').map((secret) => secret.name) };
}

/** What comes back on a bare socket, and how the connection ended. */
async function addOverSocket(
  emulator: Emulator,
  authorization: string,
): Promise<{ readonly text: string; readonly error: string | undefined }> {
  const { port } = new URL(emulator.url);
  const body = new URLSearchParams(add).toString();
  const socket = connect(Number(port), '127.0.0.1');
  const chunks: Buffer[] = [];
  let error: string | undefined;
  const closed = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (thrown: NodeJS.ErrnoException) => {
      error = thrown.code;
    });
    socket.on('close', () => resolve());
  });
  const head = [
    'POST /platform_api/AddSecret HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: close',
    `Authorization: ${authorization}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  await closed;
  return { text: Buffer.concat(chunks).toString(), error };
}

describe('a fault', () => {
  test('answers an API error instead of doing the call', async () => {
    const { client, names } = await startWith({ kind: 'error', method: 'AddSecret', code: 314 });
    expect(await client.codeOf('AddSecret', add)).toBe(314);
    expect(names()).toEqual([]);
    expect(await client.call('AddSecret', add)).toHaveProperty('result');
  });

  test.each([
    [{ kind: 'http' }, 503, 'application/json; charset=utf-8'],
    [{ kind: 'http', status: 429 }, 429, 'application/json; charset=utf-8'],
    [{ kind: 'html' }, 502, 'text/html'],
    [{ kind: 'html', status: 200 }, 200, 'text/html'],
    [{ kind: 'error', status: 500 }, 500, 'application/json; charset=utf-8'],
  ] as const)('%j answers status and type, and asks to wait', async (fault, status, type) => {
    const { emulator } = await startWith({ ...fault, retryAfterSeconds: 7 });
    const response = await fetch(`${emulator.url}/GetSecrets`, { method: 'POST' });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('retry-after')).toBe('7');
  });

  test('lets the call take effect behind a page when told so', async () => {
    const { emulator, client, names } = await startWith({ kind: 'html', status: 504, isCommitted: true });
    await expect(client.call('AddSecret', add)).rejects.toThrow(SyntaxError);
    expect(names()).toEqual(['KEY']);
    expect(emulator.journal.entries[0]).toMatchObject({
      method: 'AddSecret',
      account: 12_345,
      outcome: { kind: 'faulted', fault: 'html', isCommitted: true },
    });
  });

  test.each([
    ['reset-before', []],
    ['reset-after', ['KEY']],
  ] as const)('%s resets the connection without an answer', async (kind, expected) => {
    const { emulator, client, names } = await startWith({ kind });
    expect(await addOverSocket(emulator, client.authorization)).toEqual({ text: '', error: 'ECONNRESET' });
    expect(names()).toEqual(expected);
  });

  test('cuts the body and the connection after the call took effect', async () => {
    const { emulator, client, names } = await startWith({ kind: 'cut' });
    const { text } = await addOverSocket(emulator, client.authorization);
    const [head = '', body = ''] = text.split('\r\n\r\n');
    const promised = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    expect(body.length).toBeGreaterThan(0);
    expect(body.length).toBeLessThan(promised);
    expect(names()).toEqual(['KEY']);
  });

  test('truncates the JSON of a complete answer', async () => {
    const { client, names } = await startWith({ kind: 'truncated' });
    await expect(client.call('AddSecret', add)).rejects.toThrow(SyntaxError);
    expect(names()).toEqual(['KEY']);
  });

  test('hangs until the caller gives up, without effect', async () => {
    const { emulator, client, names } = await startWith({ kind: 'hang' });
    const controller = new AbortController();
    emulator.onCall(() => controller.abort(new Error('enough')));
    const { authorization } = client;
    const call = fetch(`${emulator.url}/AddSecret`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(add),
      signal: controller.signal,
    });
    await expect(call).rejects.toThrow('enough');
    expect(names()).toEqual([]);
  });

  test('hits the calls it is meant for: method, application, from the nth on, so many times', async () => {
    const { emulator, client } = await start({ applications: [{ name: 'app' }, { name: 'other' }] });
    emulator.faults.add({
      kind: 'error',
      method: 'GetSecrets',
      application: 'app',
      nth: 2,
      count: 2,
      code: 9,
    });
    const other = { application_id: '1002' };
    const isHit = async (method: string, parameters: Record<string, string>) =>
      'error' in (await client.call(method, parameters));
    expect(await isHit('GetSecrets', inApp)).toBe(false);
    expect(await isHit('GetSecrets', other)).toBe(false);
    expect(await isHit('GetApplications', {})).toBe(false);
    expect(await isHit('GetSecrets', inApp)).toBe(true);
    expect(await isHit('GetSecrets', other)).toBe(false);
    expect(await isHit('GetSecrets', { application_name: 'app' })).toBe(true);
    expect(await isHit('GetSecrets', inApp)).toBe(false);
  });

  test('is read from text', async () => {
    const text = 'kind=html,method=AddSecret,nth=2,count=all,status=504,retryAfterSeconds=3,isCommitted=true';
    expect(parseFault(text)).toMatchObject({
      kind: 'html',
      method: 'AddSecret',
      nth: 2,
      count: 'all',
      status: 504,
      retryAfterSeconds: 3,
      isCommitted: true,
    });
    expect(parseFault('kind=hang, application=app')).toMatchObject({
      kind: 'hang',
      application: 'app',
      nth: 1,
    });
  });

  test('hits all calls until it is removed', async () => {
    const { emulator, client } = await start();
    const remove = emulator.faults.add({ kind: 'error', method: '*', application: 1001, count: 'all' });
    for (const method of ['GetSecrets', 'DelSecret', 'GetSecrets']) {
      expect(await client.codeOf(method, inApp)).toBe(2);
    }
    expect(await client.call('GetApplications')).toHaveProperty('result');
    remove();
    expect(await client.call('GetSecrets', inApp)).toHaveProperty('result');
    emulator.faults.add({ kind: 'error', count: 'all' });
    emulator.faults.clear();
    expect(await client.call('GetSecrets', inApp)).toHaveProperty('result');
  });

  test('that makes no sense is refused', async () => {
    const { emulator } = await start();
    expect(() => emulator.faults.add({ kind: 'error', nth: 0 })).toThrow(/^fault nth: /);
    expect(() => parseFault('kind=eror')).toThrow(/^fault kind: .*expected one of "error"\|"http"/);
    expect(() => parseFault('kind=error,nth=0')).toThrow('fault nth: Too small: expected number to be >0');
    expect(() => parseFault('kind=error,metod=GetSecrets')).toThrow('did you mean method?');
    expect(() => parseFault('error')).toThrow('write it as key=value,key=value');
  });
});

test('a call takes effect in the middle of its latency, also one that is refused', async () => {
  const { emulator, client } = await start({ latencyMs: 2000 });
  const names = () => emulator.state.secrets('app').map((secret) => secret.name);
  let isAnswered = false;
  const begun = performance.now();
  const call = client.call('AddSecret', add).finally(() => (isAnswered = true));
  await expect.poll(names, { interval: 10 }).toEqual(['KEY']);
  expect(isAnswered).toBe(false);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(998);
  await call;
  expect(performance.now() - begun).toBeGreaterThanOrEqual(1998);
  expect(await client.call('AddSecret', add)).toMatchObject({ error: { code: 493 } });
  expect(performance.now() - begun).toBeGreaterThanOrEqual(3996);
});

test('calls wait side by side', async () => {
  const { emulator, client } = await start({ latencyMs: 60 });
  void holdUntil(emulator, 2);
  const begun = performance.now();
  const calls = [client.call('AddSecret', add), client.call('GetSecrets', inApp)];
  await Promise.all(calls);
  // One timer tick of slack: timers may fire a fraction of a millisecond early.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(58);
  expect(emulator.journal.highestConcurrency).toBe(2);
});

test('the latency counts from when a call begins to come in', async () => {
  const { emulator, client } = await start({ latencyMs: 1200 });
  const answered: string[] = [];
  const slow = request(`${emulator.url}/GetSecrets`, {
    method: 'POST',
    headers: { authorization: client.authorization, 'content-type': 'application/x-www-form-urlencoded' },
  });
  const slowAnswer = once(slow, 'response').then(() => answered.push('began first, sent its body last'));
  slow.flushHeaders();
  await delay(200);
  const quickAnswer = client.call('GetSecrets', inApp).then(() => answered.push('came at once'));
  await delay(400);
  slow.end(new URLSearchParams(inApp).toString());
  await Promise.all([slowAnswer, quickAnswer]);
  expect(answered).toEqual(['began first, sent its body last', 'came at once']);
});

test('a listener may change the state between two pages', async () => {
  const { emulator, client } = await start();
  for (const name of ['A', 'B', 'C']) emulator.state.addSecret('app', { name, value: 'v' });
  const stop = emulator.onCall(({ method, parameters, number }) => {
    expect(number).toBeGreaterThan(0);
    if (method === 'GetSecrets' && parameters.offset === '2') emulator.state.deleteSecret('app', 'A');
  });
  const first = await client.call('GetSecrets', { ...inApp, count: '2' });
  const second = await client.call('GetSecrets', { ...inApp, count: '2', offset: '2' });
  expect([column(first, 'secret_name'), column(second, 'secret_name')]).toEqual([['A', 'B'], []]);
  expect([first.total_count, second.total_count]).toEqual([3, 2]);
  stop();
  await client.call('GetSecrets', { ...inApp, offset: '2' });
  expect(emulator.state.secrets('app')).toHaveLength(2);
});

// Servers that misbehave, on loopback, without a Vault: redirects, pages, hangs, cut bodies, floods, and every status.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { VoxsyncError } from '../../../src/errors.ts';
import type { VaultSettings } from '../../../src/sources/vault/source.ts';
import { listenOnLoopback } from '../../proxy/faulty-proxy.ts';
import { errorOf, fileWith, never, observeOne, open, readOne, textOf, tokenAuth } from './setup.ts';

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

const data = {
  data: { a: 1 },
  metadata: { version: 1, created_time: 't', deletion_time: '', destroyed: false },
};

const loginAnswer = { client_token: 'canary-issued', lease_duration: 0, renewable: false };

/** A server that knows KV version 2 and answers reads of data by the handler; tells what it was asked. */
async function serve(handler: Handler): Promise<{ address: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((incoming, outgoing) => {
    asked.push(incoming);
    if (incoming.url?.includes('/sys/internal/')) return sendJson(outgoing, 403, { errors: [] });
    return handler(incoming, outgoing);
  });
  const address = await listenOnLoopback(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address, asked };
}

function sendJson(outgoing: ServerResponse, status: number, body: unknown, headers = {}): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
  outgoing.end(JSON.stringify(body));
}

function openAt(address: string, more: Partial<VaultSettings> = {}) {
  return open({ address, auth: tokenAuth('canary-token'), kvVersion: 2, ...more });
}

async function failureOf(handler: Handler, more: Partial<VaultSettings> = {}): Promise<VoxsyncError> {
  const { address } = await serve(handler);
  const error = errorOf(await readOne(await openAt(address, more), { secret: 'app' }));
  expect(`${error.message} ${error.hint}`).not.toContain('canary');
  return error;
}

test('asks with the token in a header, and marks the request as Vault wants it', async () => {
  const { address, asked } = await serve((_, outgoing) => sendJson(outgoing, 200, { data }));
  expect(textOf(await readOne(await openAt(`${address}/`), { secret: 'app' }))).toBe('{"a":1}');
  expect(asked[1]).toMatchObject({
    method: 'GET',
    url: '/v1/secret/data/app',
    headers: { 'x-vault-token': 'canary-token', 'x-vault-request': 'true' },
  });
});

test('reads from a Vault behind a path', async () => {
  const { address, asked } = await serve((_, outgoing) => sendJson(outgoing, 200, { data }));
  await readOne(await openAt(`${address}/behind/vault/`), { secret: 'app' });
  expect(asked[1]?.url).toBe('/behind/vault/v1/secret/data/app');
});

test('reuses its connections', async () => {
  const { address, asked } = await serve((_, outgoing) => sendJson(outgoing, 200, { data }));
  const source = await openAt(address);
  for (let count = 0; count < 5; count += 1) await readOne(source, { secret: 'app' });
  expect(asked).toHaveLength(10);
  expect(new Set(asked.map(({ socket }) => socket)).size).toBeLessThanOrEqual(2);
});

test('never has more than eight requests under way', async () => {
  let underWay = 0;
  let most = 0;
  const { address } = await serve((_, outgoing) => {
    underWay += 1;
    most = Math.max(most, underWay);
    setTimeout(() => {
      underWay -= 1;
      sendJson(outgoing, 200, { data });
    }, 5);
  });
  const many = Array.from({ length: 100 }, () => ({ secret: 'app' }));
  const readings = await (await openAt(address)).read(many, never);
  expect(readings.every(({ state }) => state === 'present')).toBe(true);
  expect(most).toBe(8);
});

test('follows no redirect to another host, and sends nothing there', async () => {
  const other = await serve((_, outgoing) => sendJson(outgoing, 200, { data }));
  for (const status of [301, 302, 303, 307, 308]) {
    const error = await failureOf((incoming, outgoing) =>
      sendJson(outgoing, status, {}, { location: `${other.address}${incoming.url}` }),
    );
    expect(error).toMatchObject({
      code: 'source-answer-invalid',
      message: `vault: redirect to ${other.address} (HTTP ${status}) was not followed`,
    });
  }
  expect(other.asked).toEqual([]);
});

test('follows redirects to the hosts of the cluster that are named, logins included, and to no others', async () => {
  const active = await serve((incoming, outgoing) =>
    sendJson(outgoing, 200, incoming.method === 'GET' ? { data } : { auth: loginAnswer }),
  );
  const standby = await serve((incoming, outgoing) =>
    sendJson(outgoing, 307, {}, { location: `${active.address}${incoming.url}` }),
  );
  const auth = {
    method: 'approle',
    roleId: 'role',
    secretId: { file: await fileWith('canary-secret-id') },
  } as const;
  const { host } = new URL(active.address);
  const source = await openAt(standby.address, { auth, redirectHosts: ['vault-9.internal', host] });
  expect(await readOne(source, { secret: 'app' })).toMatchObject({ state: 'present' });
  expect(active.asked.map(({ method, url, headers }) => [method, url, headers['x-vault-token']])).toEqual([
    ['POST', '/v1/auth/approle/login', undefined],
    ['GET', '/v1/auth/token/lookup-self', 'canary-issued'],
    ['GET', '/v1/secret/data/app', 'canary-issued'],
  ]);
  // Without a port it is that of the address, so the other port stays foreign.
  for (const redirectHosts of [['127.0.0.1'], ['localhost'], ['127.0.0.1:99999'], []]) {
    const other = await openAt(standby.address, { auth, redirectHosts });
    expect(errorOf(await readOne(other, { secret: 'app' }))).toMatchObject({
      message: `vault: redirect to ${active.address} (HTTP 307) was not followed`,
      hint: expect.stringContaining('`redirectHosts`'),
    });
  }
  expect(active.asked).toHaveLength(3);
});

test('names the host that a redirect led to where that cannot be reached', async () => {
  const closed = 'http://127.0.0.1:1';
  const error = await failureOf(
    (incoming, outgoing) => sendJson(outgoing, 307, {}, { location: `${closed}${incoming.url}` }),
    { redirectHosts: ['127.0.0.1:1'] },
  );
  expect(error.message).toBe(`vault: ${closed} cannot be reached: ECONNREFUSED`);
});

test('follows no redirect from https to http, or the other way', async () => {
  const { address, asked } = await serve((_, outgoing) => sendJson(outgoing, 200, { data }));
  const { host } = new URL(address);
  const error = await failureOf(
    (_, outgoing) => sendJson(outgoing, 307, {}, { location: `https://${host}/v1/secret/data/app` }),
    { redirectHosts: [host] },
  );
  expect(error.message).toContain(`redirect to https://${host}`);
  expect(asked).toEqual([]);
});

/** Redirects so often to itself, then answers. */
function hop(limit: number): Handler {
  return (incoming, outgoing) => {
    const count = Number(new URL(incoming.url ?? '', 'http://x').searchParams.get('hop') ?? 0);
    if (count === limit) sendJson(outgoing, 200, { data });
    else sendJson(outgoing, 307, {}, { location: `/v1/secret/data/app?hop=${count + 1}` });
  };
}

test('follows redirects on the same host, three at most', async () => {
  const { address } = await serve(hop(3));
  expect(await readOne(await openAt(address), { secret: 'app' })).toMatchObject({ state: 'present' });
  expect((await failureOf(hop(4))).message).toContain('more than 3 times');
  const nowhere = await failureOf((_, outgoing) => sendJson(outgoing, 302, {}));
  expect(nowhere.message).toContain('to no address');
});

test('does not send the login again elsewhere', async () => {
  const auth = {
    method: 'approle',
    roleId: 'role',
    secretId: { file: await fileWith('canary-secret-id') },
  } as const;
  const { address, asked } = await serve(() => {});
  const moved = await failureOf(
    (incoming, outgoing) => sendJson(outgoing, 307, {}, { location: `${address}${incoming.url}` }),
    { auth },
  );
  expect(moved.code).toBe('source-answer-invalid');
  expect(asked).toEqual([]);
  const echoed = await failureOf(
    (_, outgoing) => sendJson(outgoing, 400, { errors: ['canary-secret-id is wrong'] }),
    { auth },
  );
  expect(echoed.code).toBe('source-refused');
  const tokenless = await failureOf((_, outgoing) => sendJson(outgoing, 200, { auth: null }), { auth });
  expect(tokenless.code).toBe('source-answer-invalid');
});

test.each([200, 404, 403, 400])('takes a page with status %d for no answer of Vault', async (status) => {
  const error = await failureOf((_, outgoing) => {
    outgoing.writeHead(status, { 'content-type': 'text/html' }).end('<html>canary</html>');
  });
  expect(error).toMatchObject({ code: 'source-answer-invalid', remoteCode: status });
});

test.each([
  ['no body', ''],
  ['other JSON', '[1]'],
  ['no list of errors', '{"data":null}'],
  ['text that is no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ['a mount that does not exist', '{"errors":["no handler for route"]}'],
])('takes a 404 with %s for no proof of absence', async (_, body) => {
  const { address } = await serve((_, outgoing) => outgoing.writeHead(404).end(body));
  const source = await openAt(address);
  for (const answer of [
    await readOne(source, { secret: 'app' }),
    await observeOne(source, { secret: 'app' }),
  ]) {
    expect(['source-invalid', 'source-answer-invalid']).toContain(errorOf(answer).code);
  }
  expect(await source.discover({ prefix: '' }, never)).toMatchObject({ state: 'unresolved' });
});

test.each([
  ['nothing', {}],
  ['no metadata', { data: { data: { a: 1 } } }],
  ['another version', { data: { ...data, metadata: { ...data.metadata, version: 7 } } }],
  ['no object', { data: { ...data, data: 'text' } }],
  ['null', { data: { ...data, data: null } }],
])('takes a 200 with %s for no secret', async (_, body) => {
  const { address } = await serve((_, outgoing) => sendJson(outgoing, 200, body));
  const source = await openAt(address);
  const error = errorOf(await readOne(source, { secret: 'app', version: '1' }));
  expect(error.code).toBe('source-answer-invalid');
  expect(errorOf(await observeOne(source, { secret: 'app' })).code).toBe('source-answer-invalid');
});

test.each([
  [400, 'source-answer-invalid', 'told by the server'],
  [403, 'source-refused', 'told by the server'],
  [412, 'source-unreachable', 'caught up'],
  [429, 'source-throttled', 'fewer requests'],
  [472, 'source-unreachable', 'disaster recovery standby'],
  [473, 'source-unreachable', 'performance standby'],
  [500, 'source-unreachable', 'told by the server'],
  [502, 'source-unreachable', 'told by the server'],
  [503, 'source-unreachable', 'sealed'],
] as const)('tells status %d as %s', async (status, code, words) => {
  const errors = ['1 error occurred:\n\t* told by the server\n\n'];
  const error = await failureOf((_, outgoing) => sendJson(outgoing, status, { errors }));
  expect(error).toMatchObject({ code, remoteCode: status, message: expect.stringContaining(words) });
  expect(error.message).toMatch(/^vault: [^\n]*$/);
});

test('does not quote what is long', async () => {
  const error = await failureOf((_, outgoing) => sendJson(outgoing, 400, { errors: ['canary '.repeat(30)] }));
  expect(error.message).toBe('vault: Vault did not read secret/data/app (400)');
});

test('tries again what may pass, and keeps to the wait that is asked for', async () => {
  let count = 0;
  const { address } = await serve((_, outgoing) => {
    count += 1;
    if (count === 1) outgoing.destroy();
    else if (count === 2) sendJson(outgoing, 429, { errors: [] }, { 'retry-after': '1' });
    else sendJson(outgoing, 200, { data });
  });
  const start = performance.now();
  expect(await readOne(await openAt(address), { secret: 'app' })).toMatchObject({ state: 'present' });
  expect(performance.now() - start).toBeGreaterThan(990);
  expect(count).toBe(3);
});

test('gives up on a server that hangs, before or within its answer', async () => {
  for (const handler of [
    () => {},
    (_: IncomingMessage, outgoing: ServerResponse) => void outgoing.writeHead(200).write('{"data":'),
  ]) {
    const error = await failureOf(handler, { timeoutMs: 50 });
    expect(error).toMatchObject({
      code: 'source-unreachable',
      message: expect.stringContaining('did not answer within 0.05 s'),
    });
  }
});

test('tells a cut answer, a closed port and a name that does not resolve as unreachable', async () => {
  const cut = await failureOf((_, outgoing) => {
    outgoing.writeHead(200, { 'content-length': '100' });
    outgoing.write('{"data":{', () => outgoing.destroy());
  });
  expect(cut.code).toBe('source-unreachable');
  const closed = await openAt('http://127.0.0.1:1');
  expect(errorOf(await readOne(closed, { secret: 'app' })).message).toContain(
    'cannot be reached: ECONNREFUSED',
  );
  const tls = await serve(() => {});
  const plain = await openAt(tls.address.replace('http:', 'https:'));
  expect(errorOf(await readOne(plain, { secret: 'app' })).message).toContain('does not speak TLS');
});

test('reads no answer beyond 16 MiB', async () => {
  const chunk = ' '.repeat(1024 * 1024);
  const error = await failureOf((_, outgoing) => {
    for (let count = 0; count < 17; count += 1) outgoing.write(chunk);
    outgoing.end('{}');
  });
  expect(error).toMatchObject({
    code: 'source-answer-invalid',
    message: 'vault: the answer is larger than 16 MiB',
  });
});

test('throws the reason of an aborted signal from every method, and stops asking', async () => {
  const reason = new Error('the pass was stopped');
  const references = Array.from({ length: 50 }, () => ({ secret: 'app' }));
  for (const method of ['observe', 'read', 'discover'] as const) {
    const controller = new AbortController();
    const { address, asked } = await serve(() => controller.abort(reason));
    const source = await openAt(address);
    const work = {
      observe: () => source.observe(references, controller.signal),
      read: () => source.read(references, controller.signal),
      discover: () => source.discover({ prefix: '' }, controller.signal),
    }[method];
    await expect(work()).rejects.toBe(reason);
    await expect(work()).rejects.toBe(reason);
    expect(asked.length).toBeLessThanOrEqual(9);
  }
});

test('closes while requests are under way', async () => {
  const { address, asked } = await serve(() => {});
  const source = await openAt(address);
  const reading = readOne(source, { secret: 'app' });
  await expect.poll(() => asked.length).toBe(2);
  await source.close();
  expect(errorOf(await reading).code).toBe('unexpected');
});

test.each([
  [{ address: 'vault.example:8200' }, 'address'],
  [{ address: 'ftp://vault.example' }, 'address'],
  [{ address: 'https://user:canary@vault.example' }, 'address'],
  [{ address: 'https://vault.example?token=canary' }, 'address'],
  [{ mount: 'a/../b' }, 'mount'],
  [{ mount: '/' }, 'mount'],
  [{ auth: { method: 'approle', roleId: 'r', secretId: { env: 'X' }, mountPath: 'a//b' } }, 'auth.mountPath'],
] as const)('refuses the settings %j at once', async (more, place) => {
  const opening = openAt('https://vault.example', more);
  await expect(opening).rejects.toMatchObject({ code: 'source-invalid' });
  await expect(opening).rejects.toThrow(new RegExp(`^vault: ${place} (?!.*canary)`));
});

test('refuses a token that cannot stand in a header', async () => {
  const { address, asked } = await serve(() => {});
  const source = await openAt(address, { auth: tokenAuth('canary\nsecond line') });
  const error = errorOf(await readOne(source, { secret: 'app' }));
  expect(error).toMatchObject({
    code: 'source-invalid',
    message: 'vault: auth.token holds more than one word',
  });
  expect(asked).toEqual([]);
});

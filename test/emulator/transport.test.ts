// How a call may arrive: addresses, forms of parameters, and what is no call at all.
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { codeIn, isJson, readJson, rowsOf, type Json } from './client.ts';
import { inApp, start } from './started.ts';

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  /** Written piece by piece, so that the body goes out chunked unless a Content-Length is among the headers. */
  readonly body?: readonly (string | Buffer)[];
}

/** Sends exactly what it is told; `fetch` would tidy some of it. */
async function send(url: string, sent: Sent): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(url);
  const { path, headers, method = 'POST' } = sent;
  const outgoing = httpRequest({ hostname, port, path, method, headers, agent: false });
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, text: body }), reject);
    });
  });
  for (const piece of sent.body ?? []) outgoing.write(piece);
  outgoing.end();
  return answered;
}

const boundary = '--------------------------42';

function multipart(parts: readonly { readonly head: string; readonly value: string | Buffer }[]): Buffer[] {
  const pieces = parts.flatMap(({ head, value }) => [
    Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
  return [...pieces, Buffer.from(`--${boundary}--\r\n`)];
}

const multipartType = `multipart/form-data; boundary=${boundary}`;
const formType = 'application/x-www-form-urlencoded';

async function started() {
  const { emulator, client } = await start();
  emulator.state.addSecret('app', { name: 'KEY', value: 'v' });
  const { authorization } = client;
  const sendTo = (path: string, type: string, body: readonly (string | Buffer)[]) =>
    send(emulator.url, { path, headers: { authorization, 'content-type': type }, body });
  const listed = async (
    path: string,
    type: string,
    body: readonly (string | Buffer)[],
  ): Promise<readonly Json[]> => rowsOf(readJson((await sendTo(path, type, body)).text));
  return { emulator, client, authorization, sendTo, listed };
}

describe('the method', () => {
  test.each([
    ['in the path', '/platform_api/GetSecrets', ''],
    ['in the path with a slash behind it', '/platform_api/GetSecrets/', ''],
    ['as cmd', '/platform_api', 'cmd=GetSecrets&'],
    ['as cmd, with a slash behind the path', '/platform_api/', 'cmd=GetSecrets&'],
    ['both ways at once', '/platform_api/GetSecrets', 'cmd=GetSecrets&'],
    ['as cmd in the query', '/platform_api?cmd=GetSecrets', ''],
    ['in a whole URL, as to a proxy', 'https://api.voximplant.com/platform_api/GetSecrets', ''],
  ])('is taken %s', async (_label, path, body) => {
    const { listed } = await started();
    expect(await listed(path, formType, [`${body}application_id=1001`])).toMatchObject([
      { secret_name: 'KEY' },
    ]);
  });

  test.each([
    ['unknown', '/platform_api/GetSecret', 103],
    ['in other case', '/platform_api/getsecrets', 103],
    ['missing', '/platform_api', 102],
    ['of an object', '/platform_api/constructor', 103],
  ])('is refused when it is %s', async (_label, path, code) => {
    const { sendTo } = await started();
    const answer = await sendTo(path, formType, ['application_id=1001']);
    expect(answer.status).toBe(200);
    expect(codeIn(readJson(answer.text))).toBe(code);
  });
});

describe('parameters', () => {
  test('come in the query of a GET', async () => {
    const { emulator, authorization } = await started();
    const url = `${emulator.url}/GetSecrets?application_id=1001`;
    const response = await fetch(url, { headers: { authorization } });
    expect(rowsOf(readJson(await response.text()))).toHaveLength(1);
  });

  test('may be split between query and body, and unknown ones are ignored', async () => {
    const { listed } = await started();
    const path = '/platform_api/GetSecrets?application_id=1001&colour=blue';
    expect(await listed(path, formType, ['count=1&taste=sour'])).toHaveLength(1);
  });

  test('of a form may be chunked and cut anywhere, and are UTF-8', async () => {
    const { sendTo, emulator } = await started();
    const encoded = 'application_id=1001&secret_name=KEY&secret_value=%C3%A9+%F0%9F%94%91%2B';
    const pieces = [encoded.slice(0, 30), encoded.slice(30, 52), encoded.slice(52)];
    await sendTo('/platform_api/SetSecretInfo', `${formType}; charset=UTF-8`, pieces);
    expect(emulator.state.readValue('app', 'KEY')).toBe('é 🔑+');
  });

  test('in a JSON body are none', async () => {
    const { sendTo } = await started();
    const answer = await sendTo('/platform_api/GetSecrets', 'application/json', [JSON.stringify(inApp)]);
    expect(codeIn(readJson(answer.text))).toBe(101);
  });
});

describe('multipart', () => {
  test.each([
    ['quoted names (Node)', (name: string) => `Content-Disposition: form-data; name="${name}"`],
    [
      'unquoted names and a type for each part (.NET)',
      (name: string) =>
        `Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=${name}`,
    ],
  ])('with %s and no Content-Length', async (_label, headOf) => {
    const { sendTo, emulator } = await started();
    const fields = {
      cmd: 'SetSecretInfo',
      application_id: '1001',
      secret_name: 'KEY',
      secret_value: 'a\r\né\n--b',
    };
    const parts = Object.entries(fields).map(([name, value]) => ({ head: headOf(name), value }));
    const answer = await sendTo('/platform_api', multipartType, multipart(parts));
    expect(readJson(answer.text)).toEqual({ result: 1 });
    expect(emulator.state.readValue('app', 'KEY')).toBe('a\r\né\n--b');
  });

  test('with ISO-8859-1 parts (Java)', async () => {
    const { sendTo, emulator } = await started();
    const kind = 'Content-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: 8bit';
    const fields = { application_id: '1001', secret_name: 'KEY', secret_value: 'Grüße' };
    const parts = Object.entries(fields).map(([name, value]) => ({
      head: `Content-Disposition: form-data; name="${name}"\r\n${kind}`,
      value: Buffer.from(value, 'latin1'),
    }));
    await sendTo(
      '/platform_api/SetSecretInfo',
      `multipart/form-data; boundary="${boundary}"`,
      multipart(parts),
    );
    expect(emulator.state.readValue('app', 'KEY')).toBe('Grüße');
  });

  test("of the platform's own FormData", async () => {
    const { emulator, authorization } = await started();
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...inApp, secret_name: 'KEY' })) form.set(name, value);
    const response = await fetch(`${emulator.url}/GetSecretValue`, {
      method: 'POST',
      headers: { authorization },
      body: form,
    });
    const { result } = readJson(await response.text());
    expect(isJson(result) && result.secret_value).toBe('v');
  });

  test.each([
    ['no boundary', 'multipart/form-data', multipart([])],
    [
      'no end',
      multipartType,
      multipart([{ head: 'Content-Disposition: form-data; name=a', value: 'b' }]).slice(0, 2),
    ],
    [
      'a part without a name',
      multipartType,
      multipart([{ head: 'Content-Disposition: form-data', value: 'b' }]),
    ],
    ['no part', multipartType, [Buffer.from('hello')]],
  ])('with %s is a bad request', async (_label, type, body) => {
    const { sendTo } = await started();
    expect((await sendTo('/platform_api/GetSecrets', type, body)).status).toBe(400);
  });
});

describe('what is no call', () => {
  test.each([
    ['another path', { path: '/', headers: {} }, 404],
    ['a path that only begins alike', { path: '/platform_apis/GetSecrets', headers: {} }, 404],
    ['a longer path', { path: '/platform_api/GetSecrets/1', headers: {} }, 404],
    ['another HTTP method', { path: '/platform_api/GetSecrets', method: 'PUT', headers: {} }, 405],
    ['a target that is no address', { path: 'http://[', headers: {} }, 400],
  ])('%s gets a page', async (_label, sent: Sent, status) => {
    const { emulator } = await started();
    const answer = await send(emulator.url, sent);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain('<html>');
    expect(emulator.journal.entries.at(-1)?.outcome).toEqual({ kind: 'refused', code: status });
  });

  test('a body over a mebibyte is refused while the next call is served', async () => {
    const { sendTo, listed } = await started();
    const half = 'x'.repeat(600_000);
    const answer = await sendTo('/platform_api/AddSecret', formType, ['secret_value=', half, half]);
    expect(answer.status).toBe(413);
    expect(await listed('/platform_api/GetSecrets', formType, ['application_id=1001'])).toHaveLength(1);
  });
});

test('listens on the loopback address only', async () => {
  const { emulator } = await started();
  expect(new URL(emulator.url).hostname).toBe('127.0.0.1');
  await expect(fetch(emulator.url.replace('127.0.0.1', '[::1]'))).rejects.toThrow('fetch failed');
});

// Every answer that is not the one hoped for, and what the target makes of it.
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SecretBox } from '../../src/secret/box.ts';
import type { RequestEvent } from '../../src/target/voximplant/client.ts';
import { parseRetryAfter } from '../../src/target/voximplant/http-errors.ts';
import {
  openVoximplantTarget,
  type VoximplantSettings,
  type VoximplantTarget,
} from '../../src/target/voximplant/target.ts';
import { reply, replyJson, startServer, type Answer, type TestServer } from './server.ts';
import { failureOf, never, quick } from './setup.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const credentials = new SecretBox(JSON.stringify({ account_id: 1, key_id: 'k', private_key: key }));
const contents = { value: new SecretBox('canary-value'), description: 'text' };
const seen = { id: 8, description: 'before' };

let server: TestServer;
let target: VoximplantTarget;
let events: RequestEvent[];

async function open(answer: Answer, settings: Partial<VoximplantSettings> = {}): Promise<void> {
  server = await startServer(answer);
  await openAccount(settings);
}

async function openAccount(settings: Partial<VoximplantSettings> = {}): Promise<void> {
  events = [];
  target = await openVoximplantTarget({
    id: 'main',
    credentials,
    endpoint: server.url,
    retry: { ...quick, attempts: 1 },
    onRequest: (event) => events.push(event),
    ...settings,
  });
}

afterEach(async () => {
  await target.close();
  await server.close();
});

const cutOff: Answer = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"result":');
  setImmediate(() => response.destroy());
};
const reset: Answer = (response) => void response.destroy();
const hang: Answer = () => undefined;
const apiError = (code: unknown) => replyJson({ error: { code, msg: 'canary-value' } });

describe('a write whose fate nobody knows', () => {
  test.each([
    ['nothing', reply(200, ''), 'target-answer-invalid'],
    ['an HTML page', reply(200, '<html>canary-value</html>'), 'target-answer-invalid'],
    ['a gateway error', reply(502, '<html>Bad gateway</html>'), 'target-unreachable'],
    ['half of the JSON', reply(200, '{"result":1'), 'target-answer-invalid'],
    ['no result', replyJson({}), 'target-answer-invalid'],
    ['a result of 0', replyJson({ result: 0 }), 'target-answer-invalid'],
    ['null', replyJson(null), 'target-answer-invalid'],
    ['bytes that are not UTF-8', reply(200, Buffer.from([0xff, 0xfe])), 'target-answer-invalid'],
    ['an answer cut off', cutOff, 'target-unreachable'],
    ['a reset', reset, 'target-unreachable'],
    ['an internal error', apiError(2), 'target-unreachable'],
    ['a rejected repetition', apiError(484), 'target-throttled'],
    ['a timeout of a proxy', reply(408, ''), 'target-unreachable'],
    ['another 2xx', reply(202, ''), 'target-answer-invalid'],
  ] as const)('%s', async (_, answer, code) => {
    await open(answer);
    const failure = await failureOf(target.update(7, seen, contents, never));
    expect([failure.code, failure.isOutcomeUnknown]).toEqual([code, true]);
    expect(failure.isRetryable).toBe(code !== 'target-answer-invalid' || failure.remoteCode !== 202);
    expect(failure.message).not.toContain('canary');
    expect([events[0]?.method, events[0]?.outcome]).toEqual(['SetSecretInfo', code]);
    // Whatever came of the look, the write was not sent again.
    expect(events.filter(({ method }) => method === 'SetSecretInfo')).toHaveLength(1);
  });

  test('is none when the answer was to a read', async () => {
    await open(reset);
    const failure = await failureOf(target.readValue(7, 8, never));
    expect([failure.code, failure.isOutcomeUnknown]).toEqual(['target-unreachable', false]);
  });
});

describe('a write that was refused', () => {
  test.each([
    [100, 'target-refused', /clock.*role/],
    [101, 'secret-refused', /./],
    [103, 'target-refused', /endpoint/],
    [116, 'application-not-found', /mapping/],
    [127, 'target-refused', /control panel/],
    [131, 'target-refused', /control panel/],
    [281, 'target-refused', /control panel/],
    [317, 'target-refused', /control panel/],
    [340, 'target-throttled', /requestsPerSecond/],
    [447, 'target-refused', /clock/],
    [454, 'target-refused', /clock/],
    [455, 'target-refused', /clock/],
    [456, 'target-refused', /clock/],
    [496, 'secret-refused', /./],
    [558, 'application-not-found', /mapping/],
    [7777, 'secret-refused', /./],
    ['134', 'secret-refused', /./],
  ] as const)('with code %s', async (code, expected, hint) => {
    await open(apiError(code));
    const failure = await failureOf(target.update(7, seen, contents, never));
    expect([failure.code, failure.isOutcomeUnknown, failure.remoteCode]).toEqual([
      expected,
      false,
      Number(code),
    ]);
    expect(failure.hint).toMatch(hint);
    expect(failure.message).toMatch(/^Voximplant answered SetSecretInfo with error \d+: /);
    expect(failure.message).not.toContain('canary');
  });

  test.each([
    ['an error with an HTTP status', reply(400, '{"error":{"code":558}}'), 'application-not-found', 558],
    ['errors in a list only', replyJson({ errors: [{ code: 127 }] }), 'target-refused', 127],
    ['errors beside a result', replyJson({ result: 1, error: { code: 103 } }), 'target-refused', 103],
    ['401', reply(401, ''), 'target-refused', 401],
    ['403', reply(403, '<html>'), 'target-refused', 403],
    ['404', reply(404, '<html>'), 'target-answer-invalid', 404],
    ['a redirection', reply(302, '', { location: 'http://127.0.0.1:1/' }), 'target-answer-invalid', 302],
    ['429', reply(429, ''), 'target-throttled', 429],
  ] as const)('by %s', async (_, answer, code, remoteCode) => {
    await open(answer);
    const failure = await failureOf(target.update(7, seen, contents, never));
    expect([failure.code, failure.remoteCode, failure.isOutcomeUnknown]).toEqual([code, remoteCode, false]);
    expect(server.requests).toHaveLength(1);
  });

  test('because nothing listens there', async () => {
    server = await startServer(hang);
    await server.close();
    await openAccount();
    const failure = await failureOf(target.update(7, seen, contents, never));
    expect([failure.code, failure.isOutcomeUnknown, failure.remoteCode]).toEqual([
      'target-unreachable',
      false,
      'ECONNREFUSED',
    ]);
  });
});

describe('deadlines and aborts', () => {
  test('an answer that does not come ends the call', async () => {
    await open(hang, { timeoutMs: 40 });
    const failure = await failureOf(target.update(7, seen, contents, never));
    expect(failure.message).toBe('SetSecretInfo was not answered within 40 ms');
    expect([failure.code, failure.isOutcomeUnknown]).toEqual(['target-unreachable', true]);
  });

  test('so does one that never ends', async () => {
    await open(
      (response) => {
        response.writeHead(200);
        response.write('{');
      },
      { timeoutMs: 40 },
    );
    expect((await failureOf(target.list(7, 'cheap', never))).message).toBe(
      'GetSecrets was not answered within 40 ms',
    );
  });

  test('an abort ends it with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped by the test');
    await open(() => controller.abort(reason));
    await expect(target.update(7, seen, contents, controller.signal)).rejects.toBe(reason);
    expect(events.map(({ outcome }) => outcome)).toEqual(['aborted']);
  });

  test('an abort reaches calls that wait for their turn', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped by the test');
    await open((_, __, index) => index === 0 && controller.abort(reason), { concurrency: 1 });
    const updates = Array.from({ length: 20 }, (_, id) =>
      target.update(7, { ...seen, id: id + 1 }, contents, controller.signal),
    );
    const settled = await Promise.allSettled(updates);
    expect(settled.every((one) => one.status === 'rejected' && one.reason === reason)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test('many calls on one signal look like no leak', async () => {
    const warnings: string[] = [];
    const collect = (warning: Error) => warnings.push(warning.name);
    process.on('warning', collect);
    const { signal } = new AbortController();
    await open(replyJson({ result: 1 }), { concurrency: 4 });
    await Promise.all(
      Array.from({ length: 40 }, (_, id) => target.update(7, { ...seen, id: id + 1 }, contents, signal)),
    );
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    process.off('warning', collect);
    expect(warnings).toEqual([]);
  });
});

test.each<[string, unknown]>([
  ['an id that is a text of none', { secret_id: 'one' }],
  ['an id that is half of one', { secret_id: 1.5 }],
  ['a name that is none', { secret_name: 5 }],
  ['a description that is none', { description: ['text'] }],
])('a page with a row that has %s is no answer, though nothing counts its rows', async (_, wrong) => {
  const row = { secret_id: 1, secret_name: 'GOOD', description: '', modified: '2026-01-01 00:00:00' };
  await open(
    replyJson({ result: [row, Object.assign({ ...row, secret_id: 2, secret_name: 'BAD' }, wrong)] }),
  );
  expect((await failureOf(target.list(7, 'cheap', never))).code).toBe('target-answer-invalid');
  await target.close();
  await server.close();
  await open(replyJson({ result: [row], total_count: 1 }));
  expect((await target.list(7, 'cheap', never)).rows.map(({ name }) => name)).toEqual(['GOOD']);
});

test('an answer of more than 8 MiB is not read to its end', async () => {
  const chunk = Buffer.alloc(1024 * 1024, 0x20);
  await open((response) => {
    const pour = () => {
      if (!response.destroyed) response.write(chunk, () => setImmediate(pour));
    };
    pour();
  });
  const failure = await failureOf(target.list(7, 'cheap', never));
  expect([failure.code, failure.message]).toEqual([
    'target-answer-invalid',
    'Voximplant answered GetSecrets with more than 8 MiB',
  ]);
});

test('a value that is not UTF-8 is not taken for another value', async () => {
  const parts = ['{"result":{"secret_id":8,"secret_value":"a', Buffer.from([0xff]), 'b"}}'];
  await open(reply(200, Buffer.concat(parts.map((part) => Buffer.from(part)))));
  expect((await failureOf(target.readValue(7, 8, never))).code).toBe('target-answer-invalid');
});

test('an expired token is not sent twice', async () => {
  let nowMs = Date.now();
  vi.spyOn(Date, 'now').mockImplementation(() => nowMs);
  await open((response, request, index) => {
    nowMs += 2000;
    replyJson(index === 0 ? { error: { code: 456 } } : { result: 1 })(response, request, index);
  });
  await target.update(7, seen, contents, never);
  expect(new Set(server.requests.map(({ headers }) => headers.authorization)).size).toBe(2);
});

test('a value of another secret is not handed out', async () => {
  await open(replyJson({ result: { secret_id: 9, secret_value: 'other' } }));
  expect((await failureOf(target.readValue(7, 8, never))).code).toBe('target-answer-invalid');
});

test.each([
  ['an object', { result: { active: true, frozen: true } }, { active: true, frozen: true }],
  ['a list of one', { result: [{ active: 1, frozen: 0 }] }, { active: true, frozen: false }],
  ['flat', { active: 'true' }, { active: true, frozen: false }],
])('account info as %s', async (_, answer, expected) => {
  await open(replyJson(answer));
  expect(await target.accountInfo(never)).toEqual(expected);
});

test('nothing but the method is in the address, and the body is exact', async () => {
  const text = 'a\r\nb=&+%;ü😀"';
  await open(replyJson({ result: 1 }));
  await target.update(7, seen, { value: new SecretBox(text), description: 'd e' }, never);
  const [request] = server.requests;
  expect(request?.url).toBe('/platform_api/SetSecretInfo');
  expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(request?.headers.authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  expect([...new URLSearchParams(request?.body)]).toEqual([
    ['application_id', '7'],
    ['secret_id', '8'],
    ['secret_value', text],
    ['description', 'd e'],
  ]);
});

test.each([
  ['7', 7000],
  [' 0 ', 0],
  ['Tue, 14 Nov 2023 22:13:25 GMT', 5000],
  ['Tue, 14 Nov 2023 22:13:15 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  [undefined, undefined],
])('Retry-After %j is %j ms', (header, expected) => {
  expect(parseRetryAfter(header, Date.UTC(2023, 10, 14, 22, 13, 20))).toBe(expected);
});

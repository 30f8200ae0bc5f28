// No value and no key in an address, an error or an event, whatever goes wrong; and no way to delete everything.
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmulatorFault } from '../../src/emulator/emulator.ts';
import { SecretBox } from '../../src/secret/box.ts';
import type { RequestEvent } from '../../src/target/voximplant/client.ts';
import { readEndpoint } from '../../src/target/voximplant/endpoint.ts';
import { deletionList, formBody, type CallParameters } from '../../src/target/voximplant/form.ts';
import { openVoximplantTarget } from '../../src/target/voximplant/target.ts';
import { reply, replyJson, startServer } from './server.ts';
import { applicationId, failureOf, never, openBench, quick, type Bench } from './setup.ts';

const canary = 'canary value/+&ü';
const forms = [canary, encodeURIComponent(canary), 'canary+value', Buffer.from(canary).toString('base64')];
const contents = { value: new SecretBox(canary), description: 'text' };

let bench: Bench;
const events: RequestEvent[] = [];
beforeEach(async () => {
  bench = await openBench(
    {},
    { timeoutMs: 500, retry: { ...quick, attempts: 2 }, onRequest: (event) => events.push(event) },
  );
  bench.emulator.state.addSecret(applicationId, { name: 'OLD', value: canary, id: 900 });
});
afterEach(() => bench.close());

/** Everything that a logger could make of it. */
function everythingAbout(thing: object): string {
  const shown = inspect(thing, { depth: 12, showHidden: true, maxStringLength: null });
  return `${shown} ${JSON.stringify(thing)}`;
}

function expectNoSecret(text: string): void {
  for (const form of forms) expect(text).not.toContain(form);
  expect(text).not.toContain('Bearer ey');
  expect(text).not.toContain(bench.emulator.credentials.private_key.slice(60, 100));
}

const kinds: readonly EmulatorFault['kind'][] = [
  'error',
  'http',
  'html',
  'reset-before',
  'reset-after',
  'hang',
  'cut',
  'truncated',
];

describe('a failure of any kind tells no value', () => {
  test.each(kinds)('%s', async (kind) => {
    bench.emulator.faults.add({ kind, count: 'all' });
    const { target } = bench;
    const failures = await Promise.all(
      [
        target.create(applicationId, 'NEW', contents, never),
        target.update(applicationId, { id: 900, description: 'before' }, contents, never),
        target.readValue(applicationId, 900, never),
        target.remove(applicationId, [900], never),
      ].map(failureOf),
    );
    for (const failure of failures) expectNoSecret(everythingAbout(failure));
    expectNoSecret(everythingAbout(events));
    expect(events.length).toBeGreaterThanOrEqual(8);
  });

  const echo = { code: 101, msg: `bad secret_value: ${canary}`, field_name: canary };
  test.each([
    ['an error that echoes what was sent', { error: echo, errors: [echo] }, 'target-refused'],
    ['a value where a number belongs', { result: [], total_count: canary }, 'target-answer-invalid'],
    ['a text that is no JSON', canary, 'target-answer-invalid'],
  ])('%s', async (_, answer, code) => {
    const server = await startServer(typeof answer === 'string' ? reply(200, answer) : replyJson(answer));
    const target = await openVoximplantTarget({
      id: 'main',
      credentials: new SecretBox(JSON.stringify(bench.emulator.credentials)),
      endpoint: server.url,
      retry: quick,
    });
    const failure = await failureOf(target.list(1, 'cheap', never));
    await target.close();
    await server.close();
    expect(failure.code).toBe(code);
    expectNoSecret(everythingAbout(failure));
  });
});

test('values travel in the body, and a value that was read stays in its box', async () => {
  await bench.target.create(applicationId, 'NEW', contents, never);
  await bench.target.update(applicationId, { id: 900, description: 'before' }, contents, never);
  const places = bench.emulator.journal.entries.map(({ method, secretValue }) => [method, secretValue]);
  expect(places).toEqual([
    ['AddSecret', 'body'],
    ['SetSecretInfo', 'body'],
  ]);
  const value = await bench.target.readValue(applicationId, 900, never);
  expectNoSecret(everythingAbout(value));
  expect(value.reveal()).toBe(canary);
  expectNoSecret(everythingAbout(bench.target));
});

describe('a deletion', () => {
  test('names its secrets, each once', () => {
    const secretIds = deletionList([3, 1, 3, Number.MAX_SAFE_INTEGER]);
    expect(formBody({ secret_id: secretIds })).toBe('secret_id=3%3B1%3B9007199254740991');
  });

  test('cannot be of everything', () => {
    // Refused by the compiler: this line does not compile once a text is taken.
    const isTextTaken: 'all' extends CallParameters['secret_id'] ? true : false = false;
    expect(isTextTaken).toBe(false);
    for (const ids of [[], [0], [-5], [0.5], [Infinity], [1, Number.NaN], [2 ** 53]]) {
      expect(() => deletionList(ids)).toThrow(/deletion|id/);
    }
    // What got past the compiler.
    const untyped: number[] = JSON.parse('["all"]');
    expect(() => deletionList(untyped)).toThrow('an id is no positive integer');
  });
});

describe('the endpoint', () => {
  test.each([
    [undefined, 'https://api.voximplant.com/platform_api'],
    ['https://api.example/platform_api/', 'https://api.example/platform_api'],
    ['http://127.0.0.1:8080/x', 'http://127.0.0.1:8080/x'],
    ['http://127.3.2.1', 'http://127.3.2.1'],
    ['http://localhost:1/', 'http://localhost:1'],
    ['http://[::1]:1/', 'http://[::1]:1'],
  ])('%s is taken', (endpoint, expected) => {
    expect(readEndpoint(endpoint)).toBe(expected);
  });

  test.each([
    'http://api.voximplant.com/platform_api',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'ftp://127.0.0.1/',
    'https://user:password@api.example/',
    'https://api.example/?account_id=1',
    'https://api.example/#x',
    'nonsense',
  ])('%s is refused', (endpoint) => {
    expect(() => readEndpoint(endpoint)).toThrow(/^endpoint (?:is|must|may) /);
  });
});

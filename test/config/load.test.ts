// A config that loads: what the environment, the defaults and the place of the file make of it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findConfig, loadConfig } from '../../src/config/load.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { VoxsyncError } from '../../src/errors.ts';
import { configText, refusal, withSecret } from './text.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'voxsync-config-'));
});
afterAll(() => rm(directory, { recursive: true }));

const write = async (name: string, content: string | Uint8Array) => {
  const file = path.join(directory, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
};

const failure = async (attempt: Promise<unknown>): Promise<VoxsyncError> => {
  const thrown: unknown = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof VoxsyncError) return thrown;
  throw new Error('not refused', { cause: thrown });
};

const ownerOf = async (text: string, environment: Record<string, string>) =>
  (await parseConfig(configText({ owner: `owner: ${text}` }), 'c.yaml', environment)).owner;

describe('defaults', () => {
  it('fills in every one', async () => {
    const config = await parseConfig(configText(), '/etc/voxsync/c.yaml', {});
    expect(config).toEqual({
      owner: 'acme',
      policy: 'sync',
      accounts: { main: { credentials: { env: 'CREDENTIALS' }, concurrency: 8, timeoutMs: undefined } },
      sources: {
        aws: { kind: 'aws-secrets-manager', timeoutMs: undefined },
        vault: {
          kind: 'vault',
          address: 'https://v',
          mount: 'secret',
          ca: undefined,
          redirectHosts: [],
          timeoutMs: undefined,
          auth: { method: 'token', token: { env: 'T' } },
        },
        local: { kind: 'file', path: '/etc/voxsync/s', trim: 'none' },
      },
      mappings: [
        {
          place: 'mappings[0]',
          account: 'main',
          applications: ['ivr'],
          secrets: [
            {
              name: 'KEY',
              description: '',
              inputs: { value: { source: 'aws', secret: 's', version: undefined } },
            },
          ],
          discoveries: [],
        },
      ],
      onConflict: 'skip',
      prune: { graceMs: 900_000 },
      guard: { maxDeletes: { count: 10, percent: 30 }, maxUpdates: { count: 50, percent: 50 } },
      drift: { detect: 'modified' },
      schedule: { everyMs: 300_000, jitterMs: 0 },
      server: { host: '0.0.0.0', port: 8080 },
      log: { level: 'info' },
    });
  });

  it('takes a limit left out of a guard for none', async () => {
    const config = await parseConfig(
      configText({ more: 'guard: { maxDeletes: { count: 2 } }' }),
      'c.yaml',
      {},
    );
    expect(config.guard).toEqual({ maxDeletes: { count: 2 }, maxUpdates: { count: 50, percent: 50 } });
  });

  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('reads the duration %s', async (duration, milliseconds) => {
    const config = await parseConfig(configText({ more: `prune: { grace: ${duration} }` }), 'c.yaml', {});
    expect(config.prune.graceMs).toBe(milliseconds);
  });
});

describe('paths', () => {
  it('stand beside the config file', async () => {
    const text = configText({
      accounts: 'accounts: { main: { credentials: { file: keys/c.json } } }',
      sources:
        'sources: { aws: { kind: directory, path: ../d }, a: { kind: vault, address: "http://127.0.0.1:8200", ca: { file: ca.pem }, auth: { method: token, token: { file: t } } }, b: { kind: vault, address: "http://[::1]", auth: { method: approle, roleId: r, secretId: { file: /s } } } }',
    });
    const { accounts, sources } = await parseConfig(text, '/etc/voxsync/c.yaml', {});
    expect(accounts['main']?.credentials).toEqual({ file: '/etc/voxsync/keys/c.json' });
    expect(sources['aws']).toMatchObject({ path: '/etc/d' });
    expect(sources['a']).toMatchObject({
      ca: { file: '/etc/voxsync/ca.pem' },
      auth: { token: { file: '/etc/voxsync/t' } },
    });
    expect(sources['b']).toMatchObject({ auth: { secretId: { file: '/s' }, mountPath: 'approle' } });
  });
});

describe('the logins to Vault', () => {
  it.each([
    ['token, token: { file: t }', { token: { file: '/etc/t' } }],
    [
      'approle, roleId: r, wrapped: true, secretId: { file: s }',
      { secretId: { file: '/etc/s' }, wrapped: true, mountPath: 'approle' },
    ],
    [
      'kubernetes, role: r',
      { token: { file: '/var/run/secrets/kubernetes.io/serviceaccount/token' }, mountPath: 'kubernetes' },
    ],
    ['jwt, role: r, token: { file: j }, mountPath: ci', { token: { file: '/etc/j' }, mountPath: 'ci' }],
    [
      'cert, certificate: { file: c }, key: { file: k }',
      { certificate: { file: '/etc/c' }, key: { file: '/etc/k' }, mountPath: 'cert' },
    ],
    [
      'userpass, username: u, password: { file: p }',
      { username: 'u', password: { file: '/etc/p' }, mountPath: 'userpass' },
    ],
    ['none', { method: 'none' }],
  ])('%s', async (method, expected) => {
    const text = configText({
      sources: `sources: { aws: { kind: vault, address: "https://v", auth: { method: ${method} } } }`,
    });
    const { sources } = await parseConfig(text, '/etc/c.yaml', {});
    expect(sources['aws']).toMatchObject({ auth: expected });
  });
});

describe('the environment', () => {
  it.each([
    ['${A}', { A: 'acme' }, 'acme'],
    ['a-${A}-${B}', { A: '1', B: '2' }, 'a-1-2'],
    ['${A:-acme}', {}, 'acme'],
    ['${A:-acme}', { A: '' }, 'acme'],
    ['${A:-acme}', { A: 'other' }, 'other'],
    ['"${A}"', { A: '123' }, '123'],
    ['${A}', { A: '123' }, '123'],
    ['${A}', { A: 'null' }, 'null'],
  ])('makes of %s with %j: %s', async (text, environment, result) => {
    expect(await ownerOf(text, environment)).toBe(result);
  });

  it('leaves an escaped variable alone, and fills in a value once only', async () => {
    const text = configText(
      withSecret('{ name: KEY, template: "$${A} {{ value }} ${B} $5", from: { source: aws, secret: s } }'),
    );
    const { mappings } = await parseConfig(text, 'c.yaml', { A: 'no', B: '${A}' });
    expect(mappings[0]?.secrets[0]?.template).toBe('${A} {{ value }} ${A} $5');
  });

  it('gives numbers where numbers are asked for', async () => {
    const more = 'server: { port: "${PORT}" }\nguard: { maxDeletes: { percent: "${PERCENT:-12.5}" } }';
    const sources =
      'sources: { aws: { kind: vault, address: "https://v", kvVersion: "${KV}", auth: { method: token, token: { env: T } } } }';
    const mappings = `mappings:\n  - application: { id: "\${ID}" }\n    secrets: [{ name: KEY, from: { source: aws, secret: "\${ID}" } }]`;
    const config = await parseConfig(configText({ more, sources, mappings }), 'c.yaml', {
      PORT: '0',
      KV: '2',
      ID: '7',
    });
    expect(config.server.port).toBe(0);
    expect(config.guard.maxDeletes).toEqual({ percent: 12.5 });
    expect(config.sources['aws']).toMatchObject({ kvVersion: 2 });
    expect(config.mappings[0]?.applications).toEqual([{ id: 7 }]);
    expect(config.mappings[0]?.secrets[0]?.inputs['value']?.secret).toBe('7');
  });

  it('names every missing variable, its line, and nothing else that hangs on it', async () => {
    const text = configText({ policy: 'policy: ${A}-${B}', more: 'schedule: { cron: "${C}" }' });
    expect(await refusal(text, { B: '' })).toEqual([
      'c.yaml:2:9: policy: needs the environment variable A, which is not set; set it, or give a default: ${A:-default}',
      'c.yaml:6:19: schedule.cron: needs the environment variable C, which is not set; set it, or give a default: ${C:-default}',
    ]);
  });

  it.each(['${', '${1A}', '${A B}', '${}', '${A:default}', '${A:-${B}}'])('refuses %s', async (text) => {
    expect(await refusal(configText({ owner: `owner: ${text}` }), { A: 'a', B: 'b' })).toEqual([
      'c.yaml:1:8: owner: holds a ${ that is not closed, or names no variable; write ${NAME} or ${NAME:-default}, and $${ for a literal ${',
    ]);
  });

  it('takes nothing that objects inherit for a variable', async () => {
    const [line] = await refusal(configText({ owner: 'owner: ${constructor}' }));
    expect(line).toContain('needs the environment variable constructor');
  });

  it('never shows a value of the environment', async () => {
    const secret = 'vaultt';
    const text = configText({
      owner: 'owner: "${S} ${S}"',
      policy: 'policy: ${S}',
      accounts:
        'accounts: { a: { credentials: { env: E }, endpoint: "${S}", timeout: "${S}", concurrency: "${S}" }, b: { credentials: "${S}" } }',
      sources: 'sources: { x: { kind: "${S}" }, y: { kind: file, path: p, format: "${S}" } }',
      mappings:
        'mappings: [{ application: "[${S}", account: "${S}", secrets: [{ name: "1${S}", from: { source: "${S}", secret: s } }], discover: [{ name: n, from: { source: "${S}" }, exclude: ["!${S}"] }] }]',
      more: 'schedule: { cron: "${S}", timezone: "${S}" }\nlog: { level: "${S}" }\nserver: { port: "${S}" }\n"${S}": 1',
    });
    const error = await failure(parseConfig(text, 'c.yaml', { S: secret }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message.split('\n')).toHaveLength(19);
    expect(`${error.stack} ${JSON.stringify(error)} ${error.hint}`).not.toContain(secret);
  });
});

describe('the file', () => {
  it('is the one given, that of VOXSYNC_CONFIG, voxsync.yaml, config/voxsync.yaml, in this order', async () => {
    const missing = await failure(findConfig(undefined, {}, directory));
    expect(missing.code).toBe('config-invalid');
    expect(missing.message).toBe('there is no voxsync.yaml and no config/voxsync.yaml here');
    await write('config/voxsync.yaml', '');
    expect(await findConfig(undefined, {}, directory)).toBe(path.join(directory, 'config/voxsync.yaml'));
    await write('voxsync.yaml', '');
    expect(await findConfig(undefined, { VOXSYNC_CONFIG: '' }, directory)).toBe(
      path.join(directory, 'voxsync.yaml'),
    );
    expect(await findConfig(undefined, { VOXSYNC_CONFIG: 'x.yaml' }, directory)).toBe('x.yaml');
    expect(await findConfig('y.yaml', { VOXSYNC_CONFIG: 'x.yaml' }, directory)).toBe('y.yaml');
  });

  it('loads with a byte order mark and Windows line ends', async () => {
    const file = await write('bom.yaml', `\ufeff${configText().replaceAll('\n', '\r\n')}`);
    expect((await loadConfig(file, {})).owner).toBe('acme');
  });

  it('carries its problems as data', async () => {
    const file = await write('bad.yaml', configText({ owner: 'owner: a b' }));
    const error = await failure(loadConfig(file, {}));
    expect(error).toMatchObject({
      code: 'config-invalid',
      exitCode: 2,
      problems: [{ line: 1, column: 8, path: 'owner', reason: 'is no usable owner id' }],
    });
    expect(error.message.startsWith(`${file}:1:8: owner: `)).toBe(true);
  });

  it.each([
    ['that is missing', undefined, 'cannot be read: ENOENT'],
    ['of other bytes', new Uint8Array([0x6f, 0xff, 0xfe]), 'is not UTF-8 text'],
    ['beyond 1 MiB', `${configText()}#${' '.repeat(1024 * 1024)}`, 'is larger than 1 MiB'],
  ])('refuses a file %s', async (name, content, reason) => {
    const file = path.join(directory, `${name}.yaml`);
    if (content !== undefined) await writeFile(file, content);
    const error = await failure(loadConfig(file, {}));
    expect(error.code).toBe('config-invalid');
    expect(error.message).toBe(`${file} ${reason}`);
  });

  it('refuses a directory', async () => {
    expect((await failure(loadConfig(directory, {}))).message).toBe(`${directory} cannot be read: EISDIR`);
  });
});

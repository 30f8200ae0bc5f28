// No value may leave by any way but the body of a write: not in outputs, logs, errors, files or addresses, whatever goes wrong.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startFaultyProxy, type SeenRequest } from '../proxy/faulty-proxy.ts';
import { hatch, tracesIn, type Canary } from './canaries.ts';
import { awsNames, startEchoServer, vaultPaths } from './echo-server.ts';
import { patience, type Finished } from './program.ts';
import { openStage, type Stage } from './stage.ts';

/** Everything that must not be seen: the canaries, and the lines of the private key. */
interface Aviary {
  readonly canaries: Canary[];
  /** A new value to hide. */
  readonly hide: (place: string) => string;
}

function openAviary(stage: Stage): Aviary {
  const lines = stage.emulator.credentials.private_key.split('\n').filter((line) => line.length > 60);
  const canaries = lines.map((value) => ({ place: 'private key', value }));
  return {
    canaries,
    hide: (place) => {
      const canary = hatch(place);
      canaries.push(canary);
      return canary.value;
    },
  };
}

const local = (secret: string, rest: object = {}) => ({ source: 'local', secret, ...rest });

/** Secrets that go through: they must arrive, and be seen nowhere else. */
const good = [
  { name: 'PLAIN', from: local('plain') },
  { name: 'USER', from: local('fields', { field: 'user' }) },
  { name: 'NESTED', from: local('fields', { field: '/nested/0' }) },
  {
    name: 'URL',
    from: { user: local('plain'), password: local('fields', { field: 'user' }) },
    template: '{{ user | url_encode }}:{{ password }}',
  },
  { name: 'BASE64', from: { source: 'mounted', secret: 'binary', encoding: 'base64' } },
  { name: 'MOUNTED', from: { source: 'mounted', secret: 'text' } },
  { name: 'DOTENV', from: { source: 'dotenv', secret: 'KEY' } },
];

/** Secrets that fail, each in a way of its own. */
const bad = [
  { name: 'NOT_JSON', from: local('plain', { field: 'user' }) },
  { name: 'NEARLY_JSON', from: local('nearlyJson', { field: 'user' }) },
  { name: 'NO_FIELD', from: local('fields', { field: 'usr' }) },
  { name: 'FIELD_IS_LIST', from: local('fields', { field: 'nested' }) },
  { name: 'TOO_LONG', from: local('long') },
  { name: 'LONE_SURROGATE', from: local('lone') },
  { name: 'BINARY', from: { source: 'mounted', secret: 'binary' } },
  // A discovery gives the same name.
  { name: 'VOICE_TWICE_B', from: local('plain') },
  { name: 'UNDEFINED', from: local('plain'), template: '{{ valu }}' },
  { name: 'NO_FILTER', from: local('plain'), template: '{{ value | nosuch }}' },
  { name: 'PARSE', from: local('plain'), template: '{{ value | }} {% if %}' },
  { name: 'RAISE', from: local('plain'), template: '{{ value | slice: "a", value }}{% render value %}' },
  { name: 'LOOP', from: local('plain'), template: '{% for i in (1..9999999) %}{{ value }}{% endfor %}' },
  { name: 'INCLUDE', from: local('plain'), template: '{% include value %}' },
  { name: 'DEEP', from: local('plain'), template: '{{ value.a.b }}' },
  { name: 'BROKEN_JSON', from: { source: 'brokenJson', secret: 'a' } },
  { name: 'BROKEN_YAML', from: { source: 'brokenYaml', secret: 'a' } },
  ...awsNames.map((secret) => ({ name: `AWS_${secret}`, from: { source: 'aws', secret } })),
  ...vaultPaths.map((secret) => ({ name: `VAULT_${secret}`, from: { source: 'vault', secret } })),
  { name: 'LOGIN', from: { source: 'approle', secret: 'cut' } },
];

async function saveValues(stage: Stage, { hide }: Aviary): Promise<void> {
  await stage.saveSecrets({
    plain: hide('a file'),
    fields: { user: hide('a field'), nested: [hide('a nested field')] },
    nearlyJson: `{"user": "${hide('what is nearly JSON').replaceAll(/["\\\n]/g, '')}", oops}`,
    long: `${hide('a value that is too long')}${'x'.repeat(9000)}`,
    lone: `\ud800${hide('a value that is not well-formed')}`,
    'voice/text': hide('a discovered text'),
    'voice/twice': { b: hide('a name that comes twice') },
    'voice/json': JSON.stringify({ a: hide('a discovered field') }),
  });
  await stage.save('broken.json', `{"a": "${hide('a broken JSON file').slice(4, 36)}", `);
  await stage.save('broken.yaml', `a: &anchor ${hide('a broken YAML file').slice(4, 36)}\nb: *anchor\nc: [`);
  await stage.save('secrets.env', `KEY='${hide('a dotenv file').replaceAll("'", '')}'\n`);
  await mkdir(path.join(stage.folder, 'mounted'), { recursive: true });
  await stage.save('mounted/text', hide('a mounted file'));
  await stage.save(
    'mounted/binary',
    Buffer.concat([Buffer.from([0, 255, 254]), Buffer.from(hide('a binary file'))]),
  );
}

async function configure(stage: Stage, endpoint: string, echo: string): Promise<void> {
  const file = (name: string) => ({ kind: 'file', path: name });
  const vault = { kind: 'vault', address: echo, kvVersion: 2 };
  await stage.configure({
    accounts: { main: { endpoint, credentials: { file: 'credentials.json' } } },
    sources: {
      local: file('secrets.json'),
      brokenJson: file('broken.json'),
      brokenYaml: file('broken.yaml'),
      dotenv: file('secrets.env'),
      mounted: { kind: 'directory', path: 'mounted' },
      aws: { kind: 'aws-secrets-manager', region: 'eu-central-1', endpoint: echo },
      vault: { ...vault, auth: { method: 'token', token: { env: 'VAULT_TOKEN_OF_TEST' } } },
      approle: {
        ...vault,
        auth: { method: 'approle', roleId: 'role', secretId: { env: 'SECRET_ID_OF_TEST' } },
      },
    },
    mappings: [
      { application: 'app', secrets: [...good, ...bad] },
      {
        application: 'app',
        secrets: [
          { name: 'THEIRS', from: local('plain') },
          { name: 'THEIRS_TOO', from: local('plain') },
        ],
        discover: [
          { from: { source: 'local', prefix: 'voice/' }, fields: 'all', name: '{{ path }}_{{ field }}' },
        ],
      },
    ],
    onConflict: 'adopt-if-equal',
    drift: { detect: 'values' },
    schedule: { every: '1s' },
    server: { host: '127.0.0.1', port: 0 },
  });
}

function injectFaults(stage: Stage): void {
  const { faults } = stage.emulator;
  stage.emulator.setSwitches({ errorExtras: 'both' });
  for (const method of ['AddSecret', 'SetSecretInfo', 'GetSecretValue'] as const) {
    faults.add({ method, nth: 1, kind: 'truncated' });
    faults.add({ method, nth: 2, kind: 'html' });
    faults.add({ method, nth: 3, kind: 'cut' });
    faults.add({ method, nth: 4, kind: 'error', code: 134 });
    faults.add({ method, nth: 5, kind: 'error', code: 2 });
    faults.add({ method, nth: 6, kind: 'reset-after' });
  }
}

test('values are seen nowhere but in the bodies of writes', async () => {
  const secrets = ['THEIRS', 'THEIRS_TOO'];
  const stage = await openStage();
  const aviary = openAviary(stage);
  const { canaries, hide } = aviary;
  for (const name of secrets)
    stage.emulator.state.addSecret('app', { name, value: hide('a secret of theirs') });
  Object.assign(stage.env, {
    DEBUG: '*',
    VAULT_TOKEN_OF_TEST: hide('a token').replaceAll(/[^!-~]/g, ''),
    SECRET_ID_OF_TEST: hide('a secret id').replaceAll('\n', ''),
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: hide('an AWS key').replaceAll(/[^!-~]/g, ''),
  });
  await saveValues(stage, aviary);
  const requests: SeenRequest[] = [];
  const proxy = await startFaultyProxy(new URL(stage.emulator.url).origin);
  onTestFinished(() => proxy.close());
  proxy.misbehave((request) => void requests.push(request));
  await configure(
    stage,
    `${proxy.endpoint}/platform_api`,
    await startEchoServer(hide('what a source answers')),
  );
  const before = await stage.files();

  const finished: Finished[] = [];
  const voxsync = async (...args: readonly string[]) => {
    finished.push(await stage.voxsync(...args, '--log-level', 'trace'));
  };
  await Promise.all([
    ...['text', 'json', 'markdown'].map((output) => voxsync('plan', '--output', output)),
    ...['PLAIN', 'NOT_JSON', 'TOO_LONG', 'RAISE', 'THEIRS', 'AWS_cut', 'VAULT_shape'].map((name) =>
      voxsync('explain', name),
    ),
    voxsync('check'),
    voxsync('sync', '--dry-run', '--log-format', 'pretty'),
  ]);
  injectFaults(stage);
  await voxsync('sync');
  stage.emulator.faults.clear();
  await voxsync('sync', '--log-format', 'pretty');
  expectArrival(stage, aviary);

  await saveValues(stage, aviary);
  injectFaults(stage);
  const loop = stage.start('run', '--log-level', 'trace');
  await vi.waitUntil(() => (loop.stdout().match(/"pass finished"/g) ?? []).length >= 2, patience);
  loop.kill('SIGTERM');
  finished.push(await loop.ended);
  const ours = /^(secrets\.(json|env)|broken\.(json|yaml)|mounted\/.+)$/;
  const after = await stage.files();
  const added = [...after].filter(([name]) => !before.has(name));
  // Compiled code is kept, and holds none of what it worked on.
  expect(added.map(([name]) => name)).toEqual([
    expect.stringMatching(/^\.cache\/voxsync\/compiled\/.+\.code$/),
  ]);
  for (const [, content] of added) expect(tracesIn(content, canaries)).toEqual([]);
  for (const [name, content] of [...before].filter(([name]) => !ours.test(name)))
    expect(after.get(name)).toBe(content);
  for (const name of before.keys()) expect(after.has(name)).toBe(true);

  expect(finished.map(({ exitCode }) => exitCode)).not.toContain(1);
  for (const { stdout, stderr } of finished) expect(tracesIn(stdout + stderr, canaries)).toEqual([]);
  expect(finished.map(({ stdout, stderr }) => stdout + stderr).join('')).not.toMatch(/Bearer|eyJ/);
  expectWritesOnly(requests, canaries);
  expect(stage.emulator.journal.entries.map(({ secretValue }) => secretValue)).not.toContain('query');
});

test('a proof of every access shows nothing of what it proves, nor what it proves it with', async () => {
  const stage = await openStage();
  const aviary = openAviary(stage);
  const { canaries, hide } = aviary;
  Object.assign(stage.env, {
    DEBUG: '*',
    VAULT_TOKEN_OF_TEST: hide('a token').replaceAll(/[^!-~]/g, ''),
    SECRET_ID_OF_TEST: hide('a secret id').replaceAll('\n', ''),
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: hide('an AWS key').replaceAll(/[^!-~]/g, ''),
  });
  await saveValues(stage, aviary);
  await configure(stage, stage.emulator.url, await startEchoServer(hide('what a source answers')));
  const finished = await Promise.all([
    stage.voxsync('check', '--online', '--log-level', 'trace'),
    stage.voxsync('check', '--online', '--output', 'json', '--log-level', 'trace'),
    stage.voxsync('policy', '--log-level', 'trace'),
  ]);
  expect(finished.map(({ exitCode }) => exitCode)).toEqual([4, 4, 0]);
  for (const { stdout, stderr } of finished) expect(tracesIn(stdout + stderr, canaries)).toEqual([]);
  expect(finished[0].stdout).toContain('Vault refused the login at auth/approle/login (400)');
  expect(finished[0].stdout).toMatch(/plain +ok /);
});

/** What is fit to be written is there: the search would find nothing in a program that does nothing. */
function expectArrival(stage: Stage, { canaries }: Aviary): void {
  const { state } = stage.emulator;
  const values = good.map(({ name }) => state.readValue('app', name) ?? `${name} is missing`);
  expect(values.filter((value) => tracesIn(value, canaries).length === 0)).toEqual([]);
  const names = state.secrets('app').map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(good.map(({ name }) => name)));
  for (const { name } of bad) expect(names).not.toContain(name);
}

function expectWritesOnly(requests: readonly SeenRequest[], canaries: readonly Canary[]): void {
  const writes = new Set(['/platform_api/AddSecret', '/platform_api/SetSecretInfo']);
  for (const { path: address, headers } of requests) {
    expect(tracesIn(address + JSON.stringify(headers), canaries)).toEqual([]);
  }
  const carrying = requests.filter(({ body }) => tracesIn(body, canaries).length > 0);
  expect(new Set(carrying.map(({ path: address }) => address))).toEqual(writes);
  for (const { body } of carrying) {
    // In `secret_value`, and in no other parameter.
    const { secret_value: _value, ...rest } = Object.fromEntries(new URLSearchParams(body));
    expect(tracesIn(JSON.stringify(rest), canaries)).toEqual([]);
  }
}

test('credentials and variables that cannot be read are not quoted', async () => {
  const stage = await openStage();
  const { canaries, hide } = openAviary(stage);
  const { credentials } = stage.emulator;
  const whole = JSON.stringify(credentials);
  const documents = [
    whole.slice(0, -2),
    credentials.private_key,
    hide('text'),
    JSON.stringify({ ...credentials, private_key: hide('a private key') }),
    JSON.stringify({ ...credentials, private_key: credentials.private_key.replace('MII', hide('a PEM')) }),
    JSON.stringify({ ...credentials, private_key: { [hide('a key')]: credentials.private_key } }),
    JSON.stringify({ ...credentials, account_id: hide('an account id') }),
  ];
  Object.assign(stage.env, { DEBUG: '*', HIDDEN: hide('a variable') });
  const finished: Finished[] = [];
  for (const document of documents) {
    await stage.save('credentials.json', document);
    finished.push(await stage.voxsync('sync', '--log-level', 'trace'));
  }
  expect(finished.map(({ exitCode }) => exitCode)).toEqual(documents.map(() => 2));
  const accounts = {
    main: { endpoint: '${HIDDEN}', concurrency: '${HIDDEN}', credentials: { file: '${HIDDEN}/x' } },
  };
  const places = [
    { policy: '${HIDDEN}' },
    { accounts },
    { owner: '${HIDDEN}', schedule: { cron: '${HIDDEN}' }, prune: { grace: '${HIDDEN}' } },
    { sources: { local: { kind: '${HIDDEN}', path: 'x' } }, log: { level: '${HIDDEN}' } },
    {
      mappings: [
        { application: 'app', secrets: [{ name: '${HIDDEN}', from: { source: '${HIDDEN}', secret: 'x' } }] },
      ],
    },
  ];
  for (const place of places) {
    await stage.configure(place);
    const [checked, synced] = await Promise.all([stage.voxsync('check'), stage.voxsync('sync')]);
    expect([checked.exitCode, synced.exitCode]).toEqual([2, 2]);
    finished.push(checked, synced);
  }
  for (const { stdout, stderr } of finished) expect(tracesIn(stdout + stderr, canaries)).toEqual([]);
});

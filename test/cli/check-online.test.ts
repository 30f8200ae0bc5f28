// `voxsync check --online` on files and the emulator: what it proves, what it says of broken set-ups, and that it changes and shows nothing.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';

const value = 'a-value-that-must-not-be-seen';
const local = (secret: string) => ({ source: 'local', secret });
const base = {
  sources: { local: { kind: 'file', path: 'secrets.json' } },
  mappings: [
    {
      application: 'app',
      secrets: [
        { name: 'ONE', from: local('one') },
        { name: 'TWICE', from: { a: local('one'), b: local('two') }, template: '{{ a }}{{ b }}' },
      ],
      discover: [{ from: { source: 'local', prefix: 't' }, name: 'D_{{ path }}' }],
    },
  ],
};

async function ready(changes: object = {}): Promise<Stage> {
  const stage = await openStage();
  await stage.save('secrets.json', JSON.stringify({ one: value, two: value }));
  await stage.configure({ ...base, ...changes });
  return stage;
}

test('everything is there: each source, reference, discovery, account and application', async () => {
  const stage = await ready();
  const { exitCode, stdout, stderr } = await stage.voxsync('check', '--online');
  expect([exitCode, stderr]).toEqual([0, '']);
  const lines = stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' ').trim());
  expect(lines).toEqual([
    'source local ok needs no login',
    expect.stringMatching(
      /^one ok version .*; its value was read and dropped: nothing less would prove it here$/,
    ),
    expect.stringMatching(/^two ok version /),
    't* ok 1 found; all of them were read and dropped: nothing less would prove it here',
    'account main ok account 12345, active; 1 application; may list the secrets of app',
    'app ok application 1001',
    '',
    'Everything that this config needs is there.',
    expect.stringMatching(/^Nothing was written\./),
    '',
  ]);
  expect(Object.keys(stage.emulator.journal.countByMethod()).toSorted()).toEqual([
    'GetAccountInfo',
    'GetApplications',
    'GetSecrets',
  ]);
  expect(stdout).not.toContain(value);
});

test('as JSON: the same findings, with problems as data', async () => {
  const stage = await ready({
    mappings: [{ application: ['app', 'ap'], secrets: [{ name: 'GONE', from: local('gone') }] }],
  });
  const { exitCode, stdout } = await stage.voxsync('check', '--online', '--output', 'json');
  const { version, findings, ...rest } = JSON.parse(stdout);
  expect([exitCode, version, rest]).toEqual([3, 1, { exitCode: 3 }]);
  expect(findings.map((one: { of: string; state: string }) => `${one.of} ${one.state}`)).toEqual([
    'source ok',
    'reference absent',
    'account ok',
    'application ok',
    'application unresolved',
  ]);
  expect(findings[1]).toMatchObject({
    id: 'local',
    name: 'gone',
    places: ['mappings[0].secrets[0]'],
    problem: { code: 'secret-not-found' },
  });
  expect(findings[4].problem).toMatchObject({
    message: expect.stringMatching(/^there is no application "/),
    hint: 'There are: app.',
  });
});

interface Broken {
  readonly what: string;
  readonly breaks: (stage: Stage) => Promise<unknown> | void;
  readonly exitCode: number;
  readonly says: RegExp;
}

test.each<Broken>([
  {
    what: 'a missing file',
    breaks: (stage) => rm(path.join(stage.folder, 'secrets.json')),
    exitCode: 3,
    says: /one +unresolved +local \(secrets\.json\) cannot be read: ENOENT \(mappings\[0\]\.secrets\[0\], /,
  },
  {
    what: 'missing credentials',
    breaks: (stage) => rm(path.join(stage.folder, 'credentials.json')),
    exitCode: 2,
    says: /account main +unresolved +credentials: the file .*credentials\.json does not exist/,
  },
  {
    what: 'a revoked key',
    breaks: ({ emulator }) => emulator.revokeKey(emulator.credentials.key_id),
    exitCode: 5,
    says: /account main +unresolved .*authorization failed[^]*hint: .*key is wrong or was deleted/,
  },
  {
    what: 'a missing role',
    breaks: ({ emulator }) => emulator.setSwitches({ secretsRole: 'missing' }),
    exitCode: 5,
    says: /GetSecrets of app was refused, though the key is accepted[^]*hint: .*role.*Owner, Admin or Developer/,
  },
  {
    what: 'a frozen account',
    breaks: ({ emulator }) => emulator.setSwitches({ accountFrozen: true }),
    exitCode: 5,
    says: /account main \(12345\) is frozen/,
  },
  {
    what: 'an endpoint that is not there',
    breaks: async (stage) => {
      const credentials = { file: 'credentials.json' };
      await stage.configure({
        ...base,
        accounts: { main: { endpoint: 'http://127.0.0.1:9/platform_api', credentials, timeout: '1s' } },
      });
    },
    exitCode: 6,
    says: /account main +unresolved .*ECONNREFUSED/,
  },
])('$what', async ({ breaks, exitCode, says }) => {
  const stage = await ready();
  await breaks(stage);
  const ended = await stage.voxsync('check', '--online');
  expect(ended.stdout).toMatch(says);
  expect(ended.exitCode).toBe(exitCode);
  expect(ended.stdout).toMatch(/\n\d+ of \d+ need mending\.\n/);
});

test('one source that cannot be opened hides no other', async () => {
  const vault = {
    kind: 'vault',
    address: 'https://vault.example',
    auth: { method: 'token', token: { env: 'NO_SUCH_TOKEN' } },
  };
  const stage = await ready({ sources: { ...base.sources, vault } });
  const { stdout, exitCode } = await stage.voxsync('check', '--online');
  expect(stdout).toMatch(
    /source vault +unresolved +vault: auth\.token: the environment variable NO_SUCH_TOKEN is not set/,
  );
  expect(stdout).toMatch(/source local +ok/);
  expect(exitCode).toBe(3);
});

// What `voxsync policy` says for a config, word for word, without any server.
import { expect, test } from 'vitest';
import { awsPolicy } from '../../src/sources/aws-secrets-manager/policy.ts';
import { vaultPolicy } from '../../src/sources/vault/policy.ts';
import { openStage } from './stage.ts';

const aws = { kind: 'aws-secrets-manager', region: 'eu-central-1' } as const;
const vault = {
  kind: 'vault',
  address: 'https://vault.example',
  auth: { method: 'token', token: { env: 'X' } },
} as const;

function resources(settings: object, secrets: readonly string[], prefixes: readonly string[] = []): unknown {
  const demand = {
    references: secrets.map((secret) => ({ secret })),
    queries: prefixes.map((prefix) => ({ prefix })),
  };
  const { document } = awsPolicy({ ...aws, ...settings }, demand);
  const statements = Reflect.get(Object(document), 'Statement');
  return statements.find((one: { Sid: string }) => one.Sid === 'VoxsyncRead').Resource;
}

const inFrankfurt = 'arn:aws:secretsmanager:eu-central-1:*:secret:';

test.each([
  ['a name', {}, ['a/b', 'a/b'], [], [`${inFrankfurt}a/b-??????`]],
  ['no region', { region: undefined }, ['a'], [], ['arn:*:secretsmanager:*:*:secret:a-??????']],
  ['China', { region: 'cn-north-1' }, ['a'], [], ['arn:aws-cn:secretsmanager:cn-north-1:*:secret:a-??????']],
  [
    'a prefix, and what it covers',
    {},
    ['p/a', 'q'],
    ['p/', 'p/x/'],
    [`${inFrankfurt}p/*`, `${inFrankfurt}q-??????`],
  ],
  ['a wildcard in a prefix', {}, [], ['a*b?$'], [`${inFrankfurt}a\${*}b\${?}\${$}*`]],
  [
    'a full ARN',
    {},
    ['arn:aws:secretsmanager:a:1:secret:x-Ab1xYz'],
    [],
    ['arn:aws:secretsmanager:a:1:secret:x-Ab1xYz'],
  ],
  [
    'an ARN without its suffix',
    {},
    ['arn:aws:secretsmanager:a:1:secret:x'],
    [],
    ['arn:aws:secretsmanager:a:1:secret:x-??????'],
  ],
  [
    'an ARN that nobody can tell',
    {},
    ['arn:aws:secretsmanager:a:1:secret:my-secret'],
    [],
    ['arn:aws:secretsmanager:a:1:secret:my-secret', 'arn:aws:secretsmanager:a:1:secret:my-secret-??????'],
  ],
])('the resources for %s', (_what, settings, secrets, prefixes, expected) => {
  expect(resources(settings, secrets, prefixes)).toEqual(expected);
});

test('a source that no mapping uses needs nothing', () => {
  const demand = { references: [], queries: [] };
  for (const policy of [awsPolicy(aws, demand), vaultPolicy(vault, demand)]) {
    expect(policy.document).toBeUndefined();
    expect(policy.notes).toEqual(['No mapping uses this source: it needs nothing.']);
  }
});

test('the notes of AWS tell whose the policy is, and what it cannot narrow', () => {
  const [first, last] = [
    'arn:aws:iam::111111111111:role/hop',
    'arn:aws:iam::222222222222:role/voxsync',
  ] as const;
  const demand = { references: [], queries: [{ prefix: 'p/', owningService: 'rds' }] };
  const assumeRole = [
    { roleArn: first, durationMs: undefined },
    { roleArn: last, durationMs: undefined },
  ];
  const notes = awsPolicy({ ...aws, assumeRole }, demand).notes.join('\n');
  expect(notes).toContain(`It belongs to the role ${last}. Assumed are ${first}, then ${last}`);
  expect(notes).toContain('owning service of a discovery are not in the policy');
});

test('an ARN may be of another account: the notes tell what its owner has to allow', () => {
  const notesFor = (secret: string) =>
    awsPolicy(aws, { references: [{ secret }], queries: [] }).notes.join('\n');
  expect(notesFor('arn:aws:secretsmanager:a:1:secret:x-Ab1xYz')).toMatch(
    /another account.*resource policy.*KMS key/,
  );
  expect(notesFor('x')).not.toContain('another account');
});

test('paths of Vault are quoted, and the notes tell what the config cannot', () => {
  const demand = { references: [{ secret: 'a "b"' }], queries: [] };
  const policy = vaultPolicy({ ...vault, namespace: 'voice', mount: '/kv/' }, demand);
  expect(policy.document).toBe(
    [
      'path "kv/data/a \\"b\\"" {\n  capabilities = ["read"]\n}\n',
      'path "kv/metadata/a \\"b\\"" {\n  capabilities = ["read"]\n}\n',
    ].join('\n'),
  );
  expect(policy.notes.join(' ')).toMatch(/namespace voice.*policy `default`.*kvVersion: 1/);
});

const config = {
  policy: 'upsert-only',
  sources: {
    aws,
    local: { kind: 'file', path: 'secrets.json' },
    mounted: { kind: 'directory', path: 'mounted' },
  },
  mappings: [
    {
      application: 'app',
      secrets: [{ name: 'A', from: { source: 'aws', secret: 'a', field: 'x' } }],
      discover: [{ from: { source: 'mounted' }, name: '{{ path }}' }],
    },
  ],
};

test('the text has every source and account, and asks nobody', async () => {
  const stage = await openStage();
  await stage.configure(config);
  const { exitCode, stdout, stderr } = await stage.voxsync('policy');
  expect([exitCode, stderr, stage.emulator.journal.entries]).toEqual([0, '', []]);
  expect(stdout).toContain(`"Resource": [\n        "${inFrankfurt}a-??????"`);
  expect(stdout).toContain('#   AWS takes BatchGetSecretValue on * only.');
  expect(stdout).toContain(`#   Read access to the file ${stage.folder}/secrets.json, and to nothing else.`);
  expect(stdout).toContain(`#   Read and search (r-x) on the directory ${stage.folder}/mounted`);
  expect(stdout).toContain('Owner, Admin or Developer are expected');
  expect(stdout).toContain('AddSecret, SetSecretInfo)');
  expect(stdout).not.toContain('DelSecret');
});

test('the JSON has the policies as data; an unknown source is an error of usage', async () => {
  const stage = await openStage();
  await stage.configure(config);
  const { sources, accounts } = JSON.parse((await stage.voxsync('policy', '--output', 'json')).stdout);
  expect(sources.map((one: { source: string; kind: string }) => `${one.source} ${one.kind}`)).toEqual([
    'aws aws-secrets-manager',
    'local file',
    'mounted directory',
  ]);
  expect(sources[0].document).toMatchObject({ Version: '2012-10-17' });
  expect(accounts).toMatchObject([{ account: 'main' }]);
  const unknown = await stage.voxsync('policy', '--source', 'awz');
  expect([unknown.exitCode, unknown.stderr]).toEqual([
    2,
    expect.stringContaining('There are: aws, local, mounted.'),
  ]);
});

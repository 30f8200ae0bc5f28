// One config that uses everything, and thirteen ways to break what it needs: `voxsync check --online` finds each, names what is missing, and finds nothing else.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startVault, type VaultServer } from '../backends/start.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { withoutPart, type IamPolicy } from '../sources/aws-secrets-manager/iam.ts';
import { startIdentities } from '../sources/aws-secrets-manager/identities.ts';
import { startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { adminOf, type Admin } from '../sources/vault/setup.ts';
import { openStage, type Stage } from './stage.ts';

const value = 'a-value-that-must-not-be-seen';
const user = 'arn:aws:iam::123456789012:user/voxsync';
const reader = 'arn:aws:iam::123456789012:role/reader';
const session = 'arn:aws:sts::123456789012:assumed-role/reader/voxsync';

/** What stands between voxsync and what it needs; each broken set-up changes one part of it. */
interface Permissions {
  readonly iam: IamPolicy;
  /** Whom the role trusts. */
  readonly trusted: string;
  readonly vault: string;
}

interface Broken {
  readonly what: string;
  readonly permissions?: (whole: Permissions) => Partial<Permissions>;
  readonly breaks?: (stage: Stage) => Promise<unknown> | void;
  /** The findings that are not ok, as `KIND ID NAME`. */
  readonly finds: readonly string[];
  /** What the first of them must say to do. */
  readonly hint: RegExp;
  readonly exitCode: number;
}

const without = (pattern: RegExp) => (whole: Permissions) => ({ iam: withoutPart(whole.iam, pattern) });
const denied = (place: string) => (whole: Permissions) => ({
  vault: whole.vault.replace(
    new RegExp(`(path "${place.replace('*', String.raw`\*`)}" \\{\\n {2}capabilities = )\\[.*\\]`),
    '$1["deny"]',
  ),
});

const broken: readonly Broken[] = [
  {
    what: 'AWS: one secret may not be read',
    permissions: without(/secret:prod\/crm-/),
    finds: ['reference aws prod/crm'],
    hint: /^Allow arn:\S+:assumed-role\/reader\/voxsync `secretsmanager:GetSecretValue` on this secret;/,
    exitCode: 4,
  },
  {
    what: 'AWS: what a discovery finds may not be read',
    permissions: without(/secret:prod\/voice\//),
    finds: ['discovery aws prod/voice/*'],
    hint: /^Allow arn:\S+:assumed-role\/reader\/voxsync `secretsmanager:GetSecretValue` on this secret;/,
    exitCode: 4,
  },
  {
    what: 'AWS: secrets may not be listed',
    permissions: without(/ListSecrets/),
    finds: ['discovery aws prod/voice/*'],
    hint: /^Allow arn:\S+:assumed-role\/reader\/voxsync `secretsmanager:ListSecrets` on `\*`;/,
    exitCode: 4,
  },
  {
    what: 'AWS: secrets may not be described',
    permissions: without(/DescribeSecret/),
    finds: ['source aws ', 'reference aws the ARN of prod/by-arn'],
    hint: /^Allow arn:\S+:assumed-role\/reader\/voxsync `secretsmanager:DescribeSecret` on `\*`;/,
    exitCode: 4,
  },
  {
    what: 'AWS: the role trusts somebody else',
    permissions: () => ({ trusted: 'arn:aws:iam::123456789012:user/somebody-else' }),
    finds: [
      'source aws ',
      'reference aws prod/crm',
      'reference aws the ARN of prod/by-arn',
      'discovery aws prod/voice/*',
    ],
    hint: new RegExp(
      `^Allow ${user} \`sts:AssumeRole\` on this role, and name that identity in the role's trust policy`,
    ),
    exitCode: 4,
  },
  {
    what: 'Vault: one value may not be read',
    permissions: denied('secret/data/voice/trunk'),
    finds: ['reference vault voice/trunk'],
    hint: /`read` on `secret\/data\/voice\/trunk`/,
    exitCode: 4,
  },
  {
    what: 'Vault: the metadata of one secret may not be read',
    permissions: denied('secret/metadata/voice/trunk'),
    finds: ['reference vault voice/trunk'],
    hint: /`read` on `secret\/metadata\/voice\/trunk`/,
    exitCode: 4,
  },
  {
    what: 'Vault: a folder may not be listed',
    permissions: ({ vault }) => ({ vault: vault.replace('"list", "read"', '"read"') }),
    finds: ['discovery vault app/*'],
    hint: /`list` on `secret\/metadata\/app\/`/,
    exitCode: 4,
  },
  {
    what: 'Vault: what a discovery finds may not be read',
    permissions: denied('secret/data/app/*'),
    finds: ['discovery vault app/*'],
    hint: /`read` on `secret\/data\/app\/a`/,
    exitCode: 4,
  },
  {
    what: 'files: the file is not there',
    breaks: ({ folder }) => rm(path.join(folder, 'secrets.json')),
    finds: ['reference local one'],
    hint: /`path` of the source/,
    exitCode: 3,
  },
  {
    what: 'files: the directory is not there',
    breaks: ({ folder }) => rm(path.join(folder, 'mounted'), { recursive: true }),
    finds: ['reference mounted two'],
    hint: /`path` of the source/,
    exitCode: 3,
  },
  {
    what: 'Voximplant: the service account lacks the role',
    breaks: ({ emulator }) => emulator.setSwitches({ secretsRole: 'missing' }),
    finds: ['account main '],
    hint: /role that may work with secrets: Owner, Admin or Developer/,
    exitCode: 5,
  },
  {
    what: 'Voximplant: the key was revoked',
    breaks: ({ emulator }) => emulator.revokeKey(emulator.credentials.key_id),
    finds: ['account main '],
    hint: /key is wrong or was deleted/,
    exitCode: 5,
  },
];

describeWithBackend('moto', 'broken set-ups', () => {
  describeWithBackend('vault', 'of AWS, Vault, files and Voximplant', () => {
    let world: World;
    let vault: VaultServer;
    let admin: Admin;
    let arns: readonly string[];
    beforeAll(async () => {
      world = await startWorld();
      vi.stubEnv('AWS_ENDPOINT_URL_STS', world.proxy.endpoint);
      vault = await startVault();
      admin = adminOf(vault.address, vault.rootToken);
      const names = ['prod/crm', 'prod/voice/a', 'prod/by-arn'];
      arns = (await Promise.all(names.map((name) => world.create(name, value)))).map(({ arn }) => arn);
      for (const place of ['voice/trunk', 'app/a', 'app/b']) await admin.put(place, { value });
    });
    afterEach(() => world.proxy.forget());
    afterAll(async () => {
      await world.end();
      await vault.stop();
    });

    /** A stage on which everything is there. */
    const ready = async (): Promise<Stage> => {
      const stage = await openStage();
      await stage.save('secrets.json', JSON.stringify({ one: value }));
      await mkdir(path.join(stage.folder, 'mounted'));
      await stage.save('mounted/two', value);
      await stage.save('token', '');
      await stage.configure({ sources: sourcesOf(), mappings: [mappingOf()] });
      return stage;
    };
    const sourcesOf = () => ({
      aws: {
        kind: 'aws-secrets-manager',
        region: 'eu-central-1',
        endpoint: world.proxy.endpoint,
        assumeRole: { roleArn: reader },
      },
      vault: {
        kind: 'vault',
        address: vault.address,
        auth: { method: 'token', token: { file: 'token' } },
      },
      local: { kind: 'file', path: 'secrets.json' },
      mounted: { kind: 'directory', path: 'mounted' },
    });
    const from = (source: string, secret: string) => ({ source, secret });
    const mappingOf = () => ({
      application: 'app',
      secrets: [
        { name: 'CRM', from: from('aws', 'prod/crm') },
        { name: 'BY_ARN', from: from('aws', arns[2] ?? '') },
        { name: 'TRUNK', from: from('vault', 'voice/trunk') },
        { name: 'ONE', from: from('local', 'one') },
        { name: 'TWO', from: from('mounted', 'two') },
      ],
      discover: [
        { from: { source: 'aws', prefix: 'prod/voice/' }, name: '{{ path }}' },
        { from: { source: 'vault', prefix: 'app/' }, name: '{{ path }}' },
      ],
    });

    /** Grants what `policy` prints, but for what is changed, and checks. */
    const check = async (stage: Stage, change: (whole: Permissions) => Partial<Permissions>) => {
      const printed = JSON.parse((await stage.voxsync('policy', '--output', 'json')).stdout);
      const documentOf = (id: string) =>
        printed.sources.find(({ source }: { source: string }) => source === id).document;
      const whole = { iam: documentOf('aws'), trusted: user, vault: documentOf('vault') };
      const granted: Permissions = { ...whole, ...change(whole) };
      const mayAssume = {
        Sid: 'Assume',
        Effect: 'Allow',
        Action: ['sts:AssumeRole'],
        Resource: [reader],
      } as const;
      const { matcher } = startIdentities({
        users: { AKIAEXAMPLE: { arn: user, policy: { Statement: [mayAssume] } } },
        roles: [{ arn: reader, trusts: { arn: granted.trusted }, policy: granted.iam }],
        arns,
      });
      world.proxy.misbehave(matcher);
      await stage.save('token', await admin.issue(granted.vault));
      const { stdout, exitCode } = await stage.voxsync('check', '--online', '--output', 'json');
      expect(stdout).not.toContain(value);
      const findings: readonly Finding[] = JSON.parse(stdout).findings;
      return { exitCode, findings };
    };
    const nameOf = ({ of, id, name }: Finding) =>
      `${of} ${id} ${name.replace(/^arn:.*:secret:(.*)-\w{6}$/, 'the ARN of $1')}`;

    test('nothing is broken: everything is found, and who we are', async () => {
      const { exitCode, findings } = await check(await ready(), () => ({}));
      expect([exitCode, findings.filter(({ state }) => state !== 'ok')]).toEqual([0, []]);
      expect(findings).toHaveLength(4 + 5 + 2 + 1 + 1);
      expect(findings[0]?.detail).toMatch(new RegExp(`^${session}, access key ASIA\\w+$`));
    });

    test.each(broken)('$what', async ({ permissions = () => ({}), breaks, finds, hint, exitCode }) => {
      const stage = await ready();
      // What the set-up allows is decided before something is taken away.
      await breaks?.(stage);
      const told = await check(stage, permissions);
      const bad = told.findings.filter(({ state }) => state !== 'ok');
      expect(bad.map(nameOf)).toEqual(finds);
      expect(bad[0]?.problem?.hint).toMatch(hint);
      expect(told.exitCode).toBe(exitCode);
    });
  });
});

interface Finding {
  readonly of: string;
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly detail: string;
  readonly problem?: { readonly hint: string };
}

// Who comes to AWS by web identity or by a chain of roles, under the least policy: what passes, and which permission is named when one is taken away.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { countOperations, type Matcher } from '../proxy/faulty-proxy.ts';
import { withoutPart, type IamPolicy } from '../sources/aws-secrets-manager/iam.ts';
import { startIdentities, type JudgedCall, type Role } from '../sources/aws-secrets-manager/identities.ts';
import { startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { valuesOf } from './looks.ts';
import { openStage, type Stage } from './stage.ts';

const token = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6dm94c3luYyJ9.';
const own = '123456789012';
const other = '210987654321';
const pod = `arn:aws:iam::${own}:role/pod`;
const hop = `arn:aws:iam::${own}:role/hop`;
const reader = `arn:aws:iam::${other}:role/telephony/reader`;
const secrets = {
  'prod/crm': '{"apiKey":"ключ 🔑\\n"}',
  'prod/db': 'of db',
  'prod/voice/a': 'of a',
  'prod/voice/b': 'of b',
};
const named = ['prod/crm', 'prod/db', 'prod/late'];

/** A way to come to AWS: what the source is configured with, and the roles on the way; the last one reads. */
interface Way {
  readonly title: string;
  readonly account: string;
  readonly settings: object;
  readonly rolesFor: (policy: IamPolicy) => readonly Role[];
  /** The calls to STS of a pass, by whom and for which role. */
  readonly assumed: readonly (readonly [by: string | undefined, roleArn: string])[];
}

const mayAssume = (arn: string): IamPolicy => ({
  Statement: [{ Sid: 'Assume', Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: [arn] }],
});

const ways: readonly Way[] = [
  {
    title: 'web identity',
    account: own,
    settings: {},
    rolesFor: (policy) => [{ arn: pod, trusts: { token }, policy }],
    assumed: [[undefined, pod]],
  },
  {
    title: 'a chain of roles into another account',
    account: other,
    settings: { assumeRole: [{ roleArn: hop }, { roleArn: reader, externalId: 'acme', duration: '15m' }] },
    rolesFor: (policy) => [
      { arn: pod, trusts: { token }, policy: mayAssume(hop) },
      { arn: hop, trusts: { arn: pod }, policy: mayAssume(reader) },
      { arn: reader, trusts: { arn: hop, externalId: 'acme' }, policy },
    ],
    assumed: [
      [undefined, pod],
      [pod, hop],
      [hop, reader],
    ],
  },
];

describeWithBackend('moto', 'identities of AWS under the least policy', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  describe.each(ways)('$title', ({ account, settings, rolesFor, assumed }) => {
    let stage: Stage;
    let arns: string[];
    let calls: JudgedCall[];
    let policy: IamPolicy;
    const readerArn = assumed.at(-1)?.[1];
    const sessionArn = `arn:aws:sts::${account}:assumed-role/${readerArn?.split('/').at(-1)}/`;

    beforeEach(async () => {
      stage = await openStage();
      await stage.save('token', token);
      Object.assign(stage.env, {
        AWS_WEB_IDENTITY_TOKEN_FILE: 'token',
        AWS_ROLE_ARN: pod,
        AWS_ENDPOINT_URL_STS: world.proxy.endpoint,
      });
      arns = [];
      for (const [name, value] of Object.entries(secrets)) await create(name, value);
      await configure({ isDiscovering: true });
      policy = JSON.parse((await stage.voxsync('policy', '--output', 'json')).stdout).sources[0].document;
    });

    const create = async (name: string, value: string) => {
      arns.push((await world.createElsewhere({ account }, name, value)).arn);
    };
    const configure = ({ isDiscovering }: { isDiscovering: boolean }) =>
      stage.configure({
        sources: {
          aws: {
            kind: 'aws-secrets-manager',
            region: 'eu-central-1',
            endpoint: world.proxy.endpoint,
            ...settings,
          },
        },
        mappings: [
          {
            application: 'app',
            secrets: named.map((secret) => ({
              name: secret.slice(5).toUpperCase(),
              from: { source: 'aws', secret, ...(secret === 'prod/crm' ? { field: 'apiKey' } : {}) },
            })),
            discover: isDiscovering
              ? [
                  {
                    from: { source: 'aws', prefix: 'prod/voice/' },
                    name: "{{ path | remove_first: 'prod/' }}",
                  },
                ]
              : [],
          },
        ],
      });
    /** One pass under roles; what it did, and every permission that it speaks of. */
    const syncAs = async (roles: readonly Role[], slow: Matcher = () => undefined) => {
      const identities = startIdentities({ roles, arns });
      world.proxy.forget();
      world.proxy.misbehave((request) => identities.matcher(request) ?? slow(request));
      const { exitCode, stdout } = await stage.voxsync('sync');
      world.proxy.misbehave();
      ({ calls } = identities);
      const permissions = stdout.match(/(?<=`)(?:secretsmanager|sts|kms):\w+(?=`)/g) ?? [];
      return {
        told: [exitCode, /Applied: .*/.exec(stdout)?.[0]],
        permissions: [...new Set(permissions)],
        stdout,
        counts: countOperations(world.proxy.journal),
      };
    };
    const syncWith = (allowed: IamPolicy) => syncAs(rolesFor(allowed));

    test('passes with the printed policy, byte for byte, each call made by who should make it', async () => {
      await create('prod/late', 'of late');
      const { told, permissions } = await syncWith(policy);
      expect([told, permissions]).toEqual([[0, 'Applied: 5 created.'], []]);
      expect(valuesOf(stage, ['app'])).toEqual({
        'app CRM': 'ключ 🔑\n',
        'app DB': 'of db',
        'app LATE': 'of late',
        'app VOICE_A': 'of a',
        'app VOICE_B': 'of b',
      });
      const toSts = calls.filter(({ operation }) => operation.startsWith('Assume'));
      expect(toSts.map(({ by, parameters }) => [by, parameters['RoleArn']])).toEqual(assumed);
      const others = calls.filter((call) => !toSts.includes(call));
      expect(new Set(others.map(({ by }) => by))).toEqual(new Set([readerArn]));
      expect(others.map(({ operation }) => operation)).toContain('BatchGetSecretValue');
      expect(calls.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
      expect((await syncWith(policy)).told).toEqual([0, undefined]);
    });

    test('sessions that end while a pass runs are replaced in time', async () => {
      await create('prod/late', 'of late');
      const roles = rolesFor(policy).map((role) => Object.assign({ ...role }, { lastsMs: 3000 }));
      // It lists, describes and reads one after the other, so that the pass takes longer than a session.
      const { told } = await syncAs(roles, ({ amzTarget }) =>
        amzTarget === '' ? undefined : { kind: 'delay', delayMs: 1400 },
      );
      expect(told).toEqual([0, 'Applied: 5 created.']);
      const read = calls.filter(({ by, operation }) => by === readerArn && operation !== 'AssumeRole');
      expect(new Set(read.map(({ key }) => key)).size).toBeGreaterThan(1);
      expect(calls.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
    });

    test('without BatchGetSecretValue it reads one by one', async () => {
      const { told, permissions, counts } = await syncWith(withoutPart(policy, /BatchGet/));
      // A mapping names what is not there.
      expect([told, permissions]).toEqual([[3, 'Applied: 4 created.'], []]);
      expect(counts).toMatchObject({ BatchGetSecretValue: 1, GetSecretValue: 4 });
    });

    test('without ListSecrets it describes one by one what is named, and names it where it discovers', async () => {
      const policyLess = withoutPart(policy, /ListSecrets/);
      const discovering = await syncWith(policyLess);
      expect([discovering.told, discovering.permissions]).toEqual([
        [4, 'Applied: 2 created.'],
        ['secretsmanager:ListSecrets'],
      ]);
      expect(discovering.stdout).toContain('`secretsmanager:ListSecrets` on `*`');
      await configure({ isDiscovering: false });
      stage.emulator.state.deleteSecret('app', 'DB');
      const describing = await syncWith(policyLess);
      expect([describing.told, describing.permissions]).toEqual([[3, 'Applied: 1 created.'], []]);
      expect(describing.counts).toMatchObject({ DescribeSecret: 3 });
    });

    test('without GetSecretValue on one secret it stops at that one, and names it', async () => {
      const { told, permissions, stdout } = await syncWith(withoutPart(policy, /:secret:prod\/db-/));
      expect([told, permissions]).toEqual([[4, 'Applied: 3 created.'], ['secretsmanager:GetSecretValue']]);
      expect(stdout).toContain(`Allow ${sessionArn}`);
      expect(stdout).toMatch(
        /DB +hold.*\n +error: aws: secret "prod\/db": GetSecretValue was denied \(AccessDeniedException\)\n +hint: +Allow (arn:\S+) `secretsmanager:GetSecretValue` on this secret/,
      );
    });

    test('without DescribeSecret it believes in no deletion, and names it', async () => {
      await create('prod/late', 'of late');
      await syncWith(policy);
      await world.remove(arns.at(-1) ?? '', true, account);
      const { told, permissions } = await syncWith(withoutPart(policy, /DescribeSecret/));
      expect([told, permissions]).toEqual([[4, undefined], ['secretsmanager:DescribeSecret']]);
      expect(valuesOf(stage, ['app'])).toHaveProperty('app LATE');
      expect((await syncWith(policy)).told).toEqual([3, 'Applied: 1 deleted.']);
    });

    test.each(assumed.map(([, roleArn]) => roleArn))(
      'where %s trusts somebody else, it is named',
      async (arn) => {
        const roles = rolesFor(policy).map((role) =>
          role.arn === arn ? Object.assign({ ...role }, { trusts: { token: 'of another' } }) : role,
        );
        const { told, permissions, stdout } = await syncAs(roles);
        expect(told).toEqual([4, undefined]);
        expect(permissions).toEqual(arn === pod ? [] : ['sts:AssumeRole']);
        const words =
          arn === pod
            ? `web identity \\(AWS_WEB_IDENTITY_TOKEN_FILE, for ${pod}\\)`
            : `AssumeRole ${arn} failed \\(AccessDenied\\)[^]*Allow arn:aws:sts::${own}:assumed-role/(pod|hop)/[\\w-]+ \`sts:`;
        expect(stdout).toMatch(new RegExp(words));
        expect(stdout).toContain('trust policy');
        expect(stdout).not.toContain(token);
        expect(calls.filter(({ by }) => by === readerArn)).toEqual([]);
      },
    );
  });
});

// `voxsync check --online` before moto under IAM policies: each missing permission is named, and no value is read.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { awsError, countOperations, type Matcher } from '../proxy/faulty-proxy.ts';
import { enforce, withoutPart, type IamPolicy } from '../sources/aws-secrets-manager/iam.ts';
import { startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { openStage } from './stage.ts';

const value = 'a-value-that-must-not-be-seen';

describeWithBackend('moto', 'check --online on AWS', () => {
  let world: World;
  let arns: string[];
  beforeAll(async () => {
    world = await startWorld();
    const made = ['prod/crm', 'prod/other', 'prod/voice/a'].map((name) => world.create(name, value));
    arns = (await Promise.all(made)).map(({ arn }) => arn);
  });
  afterEach(() => world.proxy.forget());
  afterAll(() => world.end());

  async function check(matcherOf: (policy: IamPolicy) => Matcher | undefined) {
    const stage = await openStage();
    const endpoint = world.proxy.endpoint;
    await stage.configure({
      sources: { aws: { kind: 'aws-secrets-manager', region: 'eu-central-1', endpoint, timeout: '9s' } },
      mappings: [
        {
          application: 'app',
          secrets: [
            { name: 'CRM', from: { source: 'aws', secret: 'prod/crm', field: 'key' } },
            { name: 'OTHER', from: { source: 'aws', secret: 'prod/other', stage: 'AWSCURRENT' } },
            { name: 'GONE', from: { source: 'aws', secret: 'prod/gone' } },
          ],
          discover: [{ from: { source: 'aws', prefix: 'prod/voice/' }, name: '{{ path }}' }],
        },
      ],
    });
    const { stdout: printed } = await stage.voxsync('policy', '--output', 'json');
    world.proxy.misbehave(matcherOf(JSON.parse(printed).sources[0].document));
    return stage.voxsync('check', '--online');
  }

  test('with the printed policy all is proven, what is gone is told, and no value is read', async () => {
    const answers: string[] = [];
    const { stdout, exitCode } = await check((policy) => (request) => {
      const fault = enforce(policy, arns)(request);
      const change = (body: string) => {
        answers.push(body);
        return body;
      };
      return fault ?? { kind: 'rewrite', change };
    });
    expect(stdout).toMatch(/source aws +ok +access key AKIAEXAMPLE/);
    expect(stdout).toMatch(/prod\/crm +ok +version .*; its value may be read/);
    expect(stdout).toMatch(
      /prod\/gone +absent +aws: prod\/gone: DescribeSecret: no such secret \(mappings\[0\]/,
    );
    expect(stdout).toMatch(/prod\/voice\/\* +ok +1 found; all of them may be read/);
    expect(exitCode).toBe(3);
    // It was asked for, at a stage that does not exist.
    expect(countOperations(world.proxy.journal)).toMatchObject({ GetSecretValue: 4 });
    expect(answers.length).toBeGreaterThan(4);
    expect(answers.join('')).not.toContain(value);
  });

  test.each([
    [
      'one secret that may not be read',
      /secret:prod\/crm-/,
      4,
      /prod\/crm +unresolved .*GetSecretValue was denied[^]*?hint: .*`secretsmanager:GetSecretValue` on this secret/,
    ],
    [
      'a discovered secret that may not be read',
      /secret:prod\/voice/,
      4,
      /prod\/voice\/\* +unresolved .*secret "prod\/voice\/a": GetSecretValue was denied/,
    ],
    [
      'no listing',
      /ListSecrets/,
      4,
      /prod\/voice\/\* +unresolved .*ListSecrets was denied[^]*?hint: .*`secretsmanager:ListSecrets` on `\*`/,
    ],
    [
      'no batches, which only cost calls',
      /BatchGetSecretValue/,
      3,
      /source aws +ok .*; without secretsmanager:BatchGetSecretValue values are read one by one\n/,
    ],
    [
      'no description',
      /DescribeSecret/,
      4,
      /prod\/gone +unresolved .*DescribeSecret was denied[^]*?hint: .*`secretsmanager:DescribeSecret`/,
    ],
  ])('%s', async (_what, pattern, exitCode, says) => {
    const ended = await check((policy) => enforce(withoutPart(policy, pattern), arns));
    expect(ended.stdout).toMatch(says);
    expect(ended.exitCode).toBe(exitCode);
  });

  test.each([
    [
      'credentials that AWS does not know',
      awsError(400, 'UnrecognizedClientException'),
      4,
      /refused for its credentials \(UnrecognizedClientException\)/,
    ],
    [
      'an answer that never comes',
      { kind: 'reset' } as const,
      6,
      /prod\/crm +unresolved .*failed \(ECONNRESET\)/,
    ],
  ])('%s', async (_what, fault, exitCode, says) => {
    const ended = await check(() => () => fault);
    expect(ended.stdout).toMatch(says);
    expect(ended.exitCode).toBe(exitCode);
  });

  test('no credentials at all', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, '');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    const ended = await check(() => undefined);
    expect(ended.stdout).toMatch(
      /source aws +unresolved +aws: no AWS credentials \(CredentialsProviderError\); tried AWS_ACCESS_KEY_ID/,
    );
    expect(ended.exitCode).toBe(4);
  });
});

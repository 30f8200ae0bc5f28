// The IAM policy that `voxsync policy` prints, enforced before moto: a sync passes with it, and with nothing less.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Statement } from '../../src/sources/aws-secrets-manager/policy.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { countOperations } from '../proxy/faulty-proxy.ts';
import { enforce, withoutPart, type IamPolicy } from '../sources/aws-secrets-manager/iam.ts';
import { startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { openStage, type Stage } from './stage.ts';

describeWithBackend('moto', 'the printed IAM policy', () => {
  let world: World;
  let arns: string[];
  let arn: string;
  beforeAll(async () => {
    world = await startWorld();
    const made = await world.createAll(['prod/crm', 'prod/crm2', 'prod/voice/a', 'prod/voice/b', 'other/x']);
    // Six small letters at the end would be either a part of the name or not, and take a resource more.
    for (let count = 0; count === 0 || /-[a-z]{6}$/.test(arn); count += 1)
      arn = (await world.create(`by/arn${count}`, 'x')).arn;
    arns = [...made.map((one) => one.arn), arn];
  });
  afterAll(() => world.end());

  const from = (secret: string) => ({ source: 'aws', secret });
  const named = () => [
    { name: 'CRM', from: from('prod/crm') },
    { name: 'BY_ARN', from: from(arn) },
    { name: 'GONE', from: from('prod/gone') },
  ];
  const discover = [
    { from: { source: 'aws', prefix: 'prod/voice/' }, name: "{{ path | remove_first: 'prod/' }}" },
  ];

  async function configured(mapping: object): Promise<Stage> {
    const stage = await openStage();
    const endpoint = world.proxy.endpoint;
    await stage.configure({
      sources: { aws: { kind: 'aws-secrets-manager', region: 'eu-central-1', endpoint } },
      mappings: [{ application: 'app', ...mapping }],
    });
    return stage;
  }

  async function printed(mapping: object): Promise<IamPolicy> {
    const stage = await configured(mapping);
    const { stdout } = await stage.voxsync('policy', '--output', 'json');
    return JSON.parse(stdout).sources[0].document;
  }

  /** First all is there; then one is gone for good, which must be seen. */
  async function story(mapping: object, policy: IamPolicy): Promise<readonly unknown[]> {
    const stage = await configured(mapping);
    const gone = await world.create('prod/gone', 'x');
    world.proxy.misbehave(enforce(policy, [...arns, gone.arn]));
    const first = await stage.voxsync('sync');
    await world.remove('prod/gone', true);
    world.proxy.misbehave(enforce(policy, arns));
    const second = await stage.voxsync('sync');
    const told = [first, second].map(({ exitCode, stdout }) => [exitCode, /Applied: .*/.exec(stdout)?.[0]]);
    return told.flat();
  }

  const cheaper = (policy: IamPolicy) => policy.Statement.filter(({ Sid }) => Sid === 'VoxsyncCheaper');

  test('is enough for named secrets and discoveries, and every part of it is needed', async () => {
    const mapping = { secrets: named(), discover };
    const policy = await printed(mapping);
    // A mapping still names what was deleted, which is told: 3.
    const passed = [0, 'Applied: 5 created.', 3, 'Applied: 1 deleted.'];
    expect(await story(mapping, policy)).toEqual(passed);
    const needed = { Statement: policy.Statement.filter(({ Sid }) => Sid !== 'VoxsyncCheaper') };
    world.proxy.forget();
    expect(await story(mapping, needed)).toEqual(passed);
    const lesser = withoutEach(needed.Statement);
    // Two actions to look, one to read on four resources.
    expect(lesser.length).toBe(2 + 1 + 4);
    for (const Statement of lesser) {
      const told = await story(mapping, { Statement });
      expect(told, `with ${JSON.stringify(Statement)}`).not.toEqual(passed);
      expect([told[0], told[2]], `with ${JSON.stringify(Statement)}`).toContain(4);
    }
  });

  test('says what only makes it cheaper: without it the sync passes with more calls', async () => {
    const mapping = { secrets: named() };
    const policy = await printed(mapping);
    expect(cheaper(policy).flatMap(({ Action }) => Action)).toEqual([
      'secretsmanager:ListSecrets',
      'secretsmanager:BatchGetSecretValue',
    ]);
    const passed = [0, 'Applied: 3 created.', 3, 'Applied: 1 deleted.'];
    const costOf = async (without: string): Promise<Readonly<Record<string, number>>> => {
      world.proxy.forget();
      expect(await story(mapping, withoutPart(policy, new RegExp(`:${without}$`)))).toEqual(passed);
      return countOperations(world.proxy.journal);
    };
    const whole = await costOf('nothing');
    // By its ARN alone nobody can tell that a secret is ours, so that one is in no batch.
    expect(whole).toMatchObject({ GetSecretValue: 1 });
    expect(await costOf('BatchGetSecretValue')).toMatchObject({ GetSecretValue: 3 });
    const { DescribeSecret = 0 } = await costOf('ListSecrets');
    expect(DescribeSecret).toBeGreaterThan(whole['DescribeSecret'] ?? 0);
  });

  test('gives no secret that the config does not name', async () => {
    const policy = await printed({ secrets: named(), discover });
    const source = world.open();
    world.proxy.misbehave(enforce(policy, arns));
    const signal = new AbortController().signal;
    const readings = await source.read([{ secret: 'prod/crm2' }, { secret: 'other/x' }], signal);
    expect(readings.map((one) => 'error' in one && one.error.code)).toEqual([
      'source-refused',
      'source-refused',
    ]);
  });
});

/** Every policy that lacks one action, or one resource of several. */
function withoutEach(statements: readonly Statement[]): readonly (readonly Statement[])[] {
  return statements.flatMap((statement, index) => {
    const replaced = (change: Partial<Statement>) => statements.with(index, { ...statement, ...change });
    const actions = statement.Action.map((_, at) =>
      replaced({ Action: statement.Action.filter((_, other) => other !== at) }),
    );
    const { Resource } = statement;
    if (typeof Resource === 'string') return actions;
    const resources = Resource.map((_, at) =>
      replaced({ Resource: Resource.filter((_, other) => other !== at) }),
    );
    return [...actions, ...resources];
  });
}

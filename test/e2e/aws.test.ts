// The whole story from AWS Secrets Manager (moto behind a proxy that counts and misbehaves): 250 secrets, and what each kind of trouble leaves alone.
import { expect, onTestFinished, test } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { awsError, countOperations, failOperation } from '../proxy/faulty-proxy.ts';
import { startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { listed, valuesOf } from './looks.ts';
import { openStage, type Stage } from './stage.ts';
import { namesOf, oddValue } from './values.ts';

const trunks = namesOf('trunk-', 120);
const databases = namesOf('db-', 40);
const services = namesOf('KEY_', 48);
const tags = { voximplant: 'true' };
const certificate = Buffer.from([0, 255, 13, 10, 128, 61]);

async function openBoth(): Promise<{ world: World; stage: Stage }> {
  const world = await startWorld();
  onTestFinished(() => world.end());
  const stage = await openStage({ switches: { maxCount: 50 } });
  Object.assign(stage.env, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' });
  return { world, stage };
}

/** Fills moto; gives what each application should hold. */
async function fill(world: World): Promise<{ wanted: Record<string, string>; arn: string }> {
  const [{ arn }] = await Promise.all([
    world.create('prod/by-arn', oddValue(1)),
    world.create('prod/certificate', certificate),
    world.create('prod/voice/untagged', 'no'),
    world.create('prod/voice/other-tag', 'no', { voximplant: 'false' }),
    world.create('prod/voicemail', 'no', tags),
    ...trunks.map((name, index) => world.create(`prod/voice/${name}`, oddValue(index), tags)),
    ...databases.map((name, index) =>
      world.create(
        `prod/db/${name}`,
        JSON.stringify({ user: name, password: oddValue(index), host: 'left out' }),
      ),
    ),
    ...services
      .slice(0, 24)
      .map((name, index) =>
        world.create(`prod/${name}`, JSON.stringify({ a: oddValue(index), deep: { b: oddValue(index, 9) } })),
      ),
  ]);
  const entries = [
    ...trunks.map((name, index) => [`app ${upper(name)}`, oddValue(index)]),
    ...databases.flatMap((name, index) => [
      [`ivr ${upper(name)}_USER`, name],
      [`ivr ${upper(name)}_PASSWORD`, oddValue(index)],
    ]),
    ...services.map((name, index) => [`ivr ${name}`, oddValue(index % 24, index < 24 ? 0 : 9)]),
    ['ivr BY_ARN', oddValue(1)],
    ['ivr CERTIFICATE', certificate.toString('base64')],
  ];
  return { wanted: Object.fromEntries(entries), arn };
}

function upper(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

function configure(stage: Stage, world: World, arn: string): Promise<void> {
  const explicit = services.map((name, index) => ({
    name,
    from: {
      source: 'aws',
      secret: `prod/${services[index % 24]}`,
      field: index < 24 ? 'a' : '/deep/b',
    },
  }));
  const discover = (prefix: string, rest: object) => ({
    from: { source: 'aws', prefix, ...(prefix === 'prod/voice/' ? { tags } : {}) },
    ...rest,
  });
  return stage.configure({
    sources: {
      aws: {
        kind: 'aws-secrets-manager',
        region: 'eu-central-1',
        endpoint: world.proxy.endpoint,
        timeout: '9s',
      },
    },
    mappings: [
      {
        application: 'app',
        discover: [discover('prod/voice/', { name: "{{ path | remove_first: 'prod/voice/' }}" })],
      },
      {
        application: 'ivr',
        discover: [
          discover('prod/db/', {
            fields: ['user', 'password'],
            name: "{{ path | remove_first: 'prod/db/' }}_{{ field }}",
          }),
        ],
      },
      {
        application: 'ivr',
        secrets: [
          ...explicit,
          { name: 'BY_ARN', from: { source: 'aws', secret: arn } },
          { name: 'CERTIFICATE', from: { source: 'aws', secret: 'prod/certificate', encoding: 'base64' } },
        ],
      },
    ],
  });
}

describeWithBackend('moto', 'from AWS Secrets Manager', () => {
  test('250 secrets arrive, rest without a read, rotate, and go when AWS says that they are gone', async () => {
    const { world, stage } = await openBoth();
    const { proxy } = world;
    const { wanted, arn } = await fill(world);
    await configure(stage, world, arn);
    const first = await stage.voxsync('sync');
    expect([first.exitCode, first.stdout]).toEqual([0, expect.stringMatching(/Applied: 250 created\.\n$/)]);
    expect(valuesOf(stage, ['app', 'ivr'])).toEqual(wanted);
    // In batches of twenty: 120 trunks, 40 databases, 24 services, one ARN and one certificate.
    expect(countOperations(proxy.journal)).toMatchObject({ BatchGetSecretValue: Math.ceil(186 / 20) });

    proxy.forget();
    stage.emulator.journal.clear();
    const second = await stage.voxsync('sync');
    expect([second.exitCode, second.stdout]).toEqual([0, 'Plan: nothing to do; 250 in sync.\n']);
    const { ListSecrets = 0, DescribeSecret = 0, ...others } = countOperations(proxy.journal);
    expect([others, ListSecrets < 12, DescribeSecret < 5]).toEqual([{}, true, true]);
    expect(Object.keys(stage.emulator.journal.countByMethod()).toSorted()).toEqual([
      'GetApplications',
      'GetSecrets',
    ]);

    const ids = listed(stage, ['app', 'ivr']);
    await world.put('prod/voice/trunk-007', 'rotated\r\n');
    await world.put('prod/db/db-003', JSON.stringify({ user: 'db-003', password: ' new ' }));
    await world.put('prod/KEY_001', JSON.stringify({ a: 'rotated', deep: { b: oddValue(1, 9) } }));
    proxy.forget();
    const third = await stage.voxsync('sync');
    expect(third.exitCode).toBe(0);
    expect(valuesOf(stage, ['app', 'ivr'])).toEqual({
      ...wanted,
      'app TRUNK_007': 'rotated\r\n',
      'ivr DB_003_PASSWORD': ' new ',
      'ivr KEY_001': 'rotated',
    });
    expect(listed(stage, ['app', 'ivr'])).toEqual(ids);
    expect(countOperations(proxy.journal)).toMatchObject({ BatchGetSecretValue: 1 });
    expect((await stage.voxsync('sync')).stdout).toBe('Plan: nothing to do; 250 in sync.\n');

    await Promise.all(
      ['prod/voice/trunk-001', 'prod/db/db-002', 'prod/certificate'].map((name) => world.remove(name)),
    );
    const fourth = await stage.voxsync('sync');
    // Mappings still name some of them, which somebody should mend.
    expect([fourth.exitCode, fourth.stdout]).toEqual([3, expect.stringMatching(/Applied: 4 deleted\.\n$/)]);
    const kept = Object.keys(valuesOf(stage, ['app', 'ivr']));
    const gone = ['app TRUNK_001', 'ivr CERTIFICATE', 'ivr DB_002_PASSWORD', 'ivr DB_002_USER'];
    expect(
      Object.keys(wanted)
        .filter((name) => !kept.includes(name))
        .toSorted(),
    ).toEqual(gone);
  });

  test('what AWS denies or does not answer is left as it is: 4 and 6', async () => {
    const { world, stage } = await openBoth();
    const { proxy } = world;
    const { arn } = await fill(world);
    await configure(stage, world, arn);
    const sync = async () => {
      const { exitCode, stdout } = await stage.voxsync('sync');
      proxy.misbehave();
      return [exitCode, /Applied: .*/.exec(stdout)?.[0]];
    };
    proxy.misbehave(failOperation('BatchGetSecretValue', awsError(400, 'AccessDeniedException')));
    expect(await sync()).toEqual([0, 'Applied: 250 created.']);
    const before = listed(stage, ['app', 'ivr']);
    // Gone for good at AWS: whoever believes an error now deletes them.
    await Promise.all([world.remove('prod/voice/trunk-001', true), world.remove('prod/KEY_002', true)]);

    proxy.misbehave(() => awsError(400, 'AccessDeniedException'));
    expect(await sync()).toEqual([4, undefined]);
    proxy.misbehave(failOperation('ListSecrets', awsError(400, 'AccessDeniedException')));
    // DescribeSecret alone settles what is named one by one; discoveries stay as they are.
    expect(await sync()).toEqual([4, 'Applied: 2 deleted.']);
    expect(
      before.filter((one) => !listed(stage, ['app', 'ivr']).includes(one)).map((one) => one.split(' ')[1]),
    ).toEqual(['KEY_002', 'KEY_026']);
    const left = listed(stage, ['app', 'ivr']);
    proxy.misbehave(() => ({ kind: 'answer', status: 200, body: { SecretList: [] } }));
    const [emptied] = await sync();
    expect([emptied, listed(stage, ['app', 'ivr'])]).toEqual([3, left]);

    await world.end();
    expect(await sync()).toEqual([6, undefined]);
    expect(listed(stage, ['app', 'ivr'])).toEqual(left);
  });
});

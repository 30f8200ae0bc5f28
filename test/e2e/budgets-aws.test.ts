// Call budgets with AWS Secrets Manager (moto behind a proxy that counts): the exact number of calls of each kind on both sides.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { countOperations, type FaultyProxy } from '../proxy/faulty-proxy.ts';
import { startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { costOf, descriptionsWritten } from './costs.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';
import { namesOf } from './values.ts';

const names = namesOf('prod/voice/KEY_', 1000);
const rotated = names.slice(300, 325);
const ten = names.slice(0, 10);

describeWithBackend('moto', 'budgets with AWS', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    await world.createAll(names);
  });
  afterAll(() => world.end());

  test('1,000 secrets, discovered and then named', async () => {
    const { stage, configure, costs } = await openAwsStage(world);
    await configure([discovered('app')]);
    expect(await costs()).toEqual({
      source: { ListSecrets: 10, BatchGetSecretValue: 50 },
      read: names,
      target: { GetApplications: 2, GetSecrets: 2, AddSecret: 1000 },
    });
    const unchanged = {
      source: { ListSecrets: 10 },
      read: [],
      target: { GetApplications: 1, GetSecrets: 1 },
    };
    expect(await costs()).toEqual(unchanged);

    stage.emulator.setSwitches({ maxCount: 100 });
    expect(await costs()).toEqual({ ...unchanged, target: { GetApplications: 1, GetSecrets: 10 } });
    stage.emulator.setSwitches({ maxCount: 1000 });

    for (const name of rotated) await world.put(name, `next of ${name}`);
    expect(await costs()).toEqual({
      source: { ListSecrets: 10, BatchGetSecretValue: 2 },
      read: rotated,
      target: { GetApplications: 2, GetSecrets: 3, SetSecretInfo: 25 },
    });

    // Who selects a secret stands in its marker, so each is written once more, without its value.
    await configure([named('app', names)]);
    expect(await costs()).toEqual({
      ...unchanged,
      target: { GetApplications: 2, GetSecrets: 3, SetSecretInfo: 1000 },
    });
    expect(descriptionsWritten(stage)).toBe(1000);
    expect(await costs()).toEqual(unchanged);
  });

  test('a secret used by many mappings, applications and accounts is listed once and read once', async () => {
    const child = { id: 777, name: 'child', applications: [{ name: 'app' }] };
    const { stage, configure, costs } = await openAwsStage(world, { childAccounts: [child] });
    const credentials = { file: 'credentials.json' };
    const main = { endpoint: stage.emulator.url, credentials };
    const mappings = ['main', 'second'].flatMap((account) => [
      { account, ...discovered('app', 'prod/voice/KEY_00') },
      { account, ...named('app', ten, 'AGAIN_') },
    ]);
    const inIvr = { account: 'main', ...discovered('ivr', 'prod/voice/KEY_00') };
    await configure([...mappings, inIvr], { accounts: { main, second: { ...main, childAccountId: 777 } } });
    // What a discovery has shown is not looked up again by its name.
    const source = { ListSecrets: 1 };
    expect(await costs()).toEqual({
      source: { ...source, BatchGetSecretValue: 1 },
      read: ten,
      // Three applications, listed before and after, with a second look at what has twenty or ten rows.
      target: { GetApplications: 4, GetSecrets: 3 + 6, AddSecret: 50 },
    });
    expect(await costs()).toEqual({ source, read: [], target: { GetApplications: 2, GetSecrets: 6 } });
  });

  test('another description, or a look at every value of Voximplant, reads nothing from AWS', async () => {
    const { stage, configure, costs } = await openAwsStage(world);
    const eleven = names.slice(0, 11);
    await configure([named('app', eleven)]);
    await costs();
    await configure([named('app', eleven, '', 'New')]);
    const source = { ListSecrets: 2 };
    const target = { GetApplications: 1, GetSecrets: 1 };
    expect(await costs()).toEqual({
      source,
      read: [],
      target: { GetApplications: 2, GetSecrets: 3, SetSecretInfo: 11 },
    });
    expect(descriptionsWritten(stage)).toBe(11);
    await configure([named('app', eleven, '', 'New')], { drift: { detect: 'values' } });
    expect(await costs()).toEqual({ source, read: [], target: { ...target, GetSecretValue: 11 } });
  });
});

async function openAwsStage(world: World, options: StageOptions = {}) {
  const { proxy } = world;
  const stage = await openStage(options);
  Object.assign(stage.env, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' });
  const aws = { kind: 'aws-secrets-manager', region: 'eu-central-1', endpoint: proxy.endpoint };
  return {
    stage,
    configure: (mappings: readonly object[], changes: object = {}) =>
      stage.configure({ sources: { aws }, mappings, ...changes }),
    costs: () => costsOf(stage, proxy),
  };
}

/** What a pass cost on both sides, and which secrets' values were read from AWS. */
async function costsOf(stage: Stage, proxy: FaultyProxy) {
  const read: string[] = [];
  proxy.forget();
  // Nothing misbehaves: the matcher only looks into the bodies, which the journal does not keep.
  proxy.misbehave(({ amzTarget, body }) => {
    if (amzTarget.endsWith('GetSecretValue')) read.push(...namesIn(body));
    return undefined;
  });
  const target = await costOf(stage);
  return { target, source: countOperations(proxy.journal), read: read.toSorted() };
}

function namesIn(body: string): readonly string[] {
  const { SecretId, SecretIdList = [SecretId] } = JSON.parse(body);
  return SecretIdList;
}

function discovered(application: string, prefix = 'prod/voice/'): object {
  const name = "{{ path | split: '/' | last }}";
  return { application, discover: [{ from: { source: 'aws', prefix }, name }] };
}

function named(application: string, secrets: readonly string[], start = '', description = ''): object {
  const entries = secrets.map((secret) => ({
    name: `${start}${secret.slice('prod/voice/'.length)}`,
    from: { source: 'aws', secret },
    description,
  }));
  return { application, secrets: entries };
}

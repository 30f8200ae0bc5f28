// Roles that the source assumes: what STS is asked, whose keys then read the secrets, and what happens when a role is refused.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Source } from '../../../src/sources/source.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { awsError } from '../../proxy/faulty-proxy.ts';
import type { World } from './setup.ts';
import { never, startWorld, textOf } from './setup.ts';
import { lasting, stsError, watch } from './sts.ts';

const roleArn = 'arn:aws:iam::123456789012:role/voxsync';
const nextArn = 'arn:aws:iam::123456789012:role/reader';
const minute = 60_000;

describeWithBackend('moto', 'roles to assume', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    vi.stubEnv('AWS_ENDPOINT_URL_STS', world.proxy.endpoint);
  });
  beforeEach(async () => {
    await world.create('prod/crm', 'a value');
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  const observe = async (source: Source) => (await source.observe([{ secret: 'prod/crm' }], never))[0];
  const failureOf = async (source: Source) => {
    const observed = await observe(source);
    return observed?.state === 'unresolved' ? observed.error : undefined;
  };

  test('a role with external id, session name and duration, held for all calls', async () => {
    const source = world.open({
      assumeRole: [{ roleArn, externalId: 'an id', sessionName: 'telephony', durationMs: 20 * minute }],
    });
    const calls = watch(world.proxy);
    expect(await observe(source)).toMatchObject({ state: 'present' });
    expect((await source.read([{ secret: 'prod/crm' }], never)).map(textOf)).toEqual(['a value']);
    expect(calls.map(({ operation }) => operation)).toEqual([
      'AssumeRole',
      'ListSecrets',
      'BatchGetSecretValue',
    ]);
    expect(calls[0]).toMatchObject({
      key: 'AKIAEXAMPLE',
      region: 'eu-central-1',
      parameters: {
        RoleArn: roleArn,
        ExternalId: 'an id',
        RoleSessionName: 'telephony',
        DurationSeconds: '1200',
      },
    });
    expect(calls[1]?.key).toMatch(/^ASIA/);
    expect(calls[2]?.key).toBe(calls[1]?.key);
  });

  test('with nothing but the role, the session is called voxsync, and STS decides how long', async () => {
    const calls = watch(world.proxy);
    await observe(world.open({ assumeRole: [{ roleArn }] }));
    const { Action, Version, ...parameters } = calls[0]?.parameters ?? {};
    expect({ Action, Version }).toEqual({ Action: 'AssumeRole', Version: '2011-06-15' });
    expect(parameters).toEqual({ RoleArn: roleArn, RoleSessionName: 'voxsync' });
  });

  test('chained roles: each is assumed by the one before, and the last one reads', async () => {
    const calls = watch(world.proxy);
    const source = world.open({ assumeRole: [{ roleArn }, { roleArn: nextArn }] });
    expect(await observe(source)).toMatchObject({ state: 'present' });
    expect(calls.map(({ operation }) => operation)).toEqual(['AssumeRole', 'AssumeRole', 'ListSecrets']);
    expect(calls.map(({ parameters }) => parameters['RoleArn'])).toEqual([roleArn, nextArn, undefined]);
    const keys = calls.map(({ key }) => key);
    expect(keys[0]).toBe('AKIAEXAMPLE');
    expect(new Set(keys).size).toBe(3);
  });

  test('a role about to expire is assumed anew, in the middle of a pass as well', async () => {
    const source = world.open({ assumeRole: [{ roleArn }] });
    watch(world.proxy, ({ operation }) => (operation === 'AssumeRole' ? lasting(minute) : undefined));
    expect(await observe(source)).toMatchObject({ state: 'present' });
    const calls = watch(world.proxy);
    for (let round = 0; round < 2; round += 1)
      expect((await source.read([{ secret: 'prod/crm' }], never)).map(textOf)).toEqual(['a value']);
    expect(calls.map(({ operation }) => operation)).toEqual([
      'AssumeRole',
      'BatchGetSecretValue',
      'BatchGetSecretValue',
    ]);
    expect(calls[1]?.key).toMatch(/^ASIA/);
    expect(calls[2]?.key).toBe(calls[1]?.key);
  });

  test.each([
    ['used as long as it lasts', 2 * minute, 'present'],
    ['a refusal once it has expired', 10_000, 'unresolved'],
  ])('a role that cannot be assumed anew is %s', async (_, lastsMs, state) => {
    const source = world.open({ assumeRole: [{ roleArn }] });
    const first = watch(world.proxy, ({ operation }) =>
      operation === 'AssumeRole' ? lasting(lastsMs) : undefined,
    );
    await observe(source);
    const calls = watch(world.proxy, ({ operation }) =>
      operation === 'AssumeRole' ? stsError(403, 'AccessDenied') : undefined,
    );
    expect(await observe(source)).toMatchObject({ state });
    const used = calls.flatMap(({ operation, key }) => (operation === 'ListSecrets' ? [key] : []));
    expect(used).toEqual(state === 'present' ? [first.at(-1)?.key] : []);
  });

  /** Refuses every key that was seen by then, as AWS does with sessions that were cut short. */
  const expireAll = (seen: readonly string[]) =>
    watch(world.proxy, ({ key, operation }) => {
      if (!seen.includes(key)) return undefined;
      return operation === 'AssumeRole'
        ? stsError(403, 'ExpiredToken')
        : awsError(400, 'ExpiredTokenException');
    });

  test('keys that AWS calls expired before their time are fetched anew, once for each call', async () => {
    const source = world.open({ assumeRole: [{ roleArn }] });
    const first = watch(world.proxy);
    await observe(source);
    const old = first.at(-1)?.key ?? '';
    const calls = expireAll([old]);
    expect((await source.read([{ secret: 'prod/crm' }], never)).map(textOf)).toEqual(['a value']);
    expect(calls.map(({ operation }) => operation)).toEqual([
      'BatchGetSecretValue',
      'AssumeRole',
      'BatchGetSecretValue',
    ]);
    expect(calls.map(({ key }) => key === old)).toEqual([true, false, false]);
  });

  test('in a chain, each role is assumed anew where the one before it ended early', async () => {
    const source = world.open({ assumeRole: [{ roleArn }, { roleArn: nextArn }] });
    const first = watch(world.proxy);
    await observe(source);
    const calls = expireAll(first.map(({ key }) => key).filter((key) => key !== 'AKIAEXAMPLE'));
    expect(await observe(source)).toMatchObject({ state: 'present' });
    const assumed = calls.flatMap(({ parameters }) => parameters['RoleArn'] ?? []);
    expect(assumed).toEqual([nextArn, roleArn, nextArn]);
  });

  test('keys of the environment are the same every time, and tried once', async () => {
    const calls = expireAll(['AKIAEXAMPLE']);
    expect(await failureOf(world.open())).toMatchObject({
      code: 'source-refused',
      remoteCode: 'ExpiredTokenException',
    });
    expect(calls).toHaveLength(1);
  });

  test('a refused role is named, with what to do, and takes nothing for a missing permission of Secrets Manager', async () => {
    const calls = watch(world.proxy, ({ parameters }) =>
      parameters['RoleArn'] === nextArn ? stsError(403, 'AccessDenied') : undefined,
    );
    const source = world.open({ assumeRole: [{ roleArn }, { roleArn: nextArn }] });
    expect(await failureOf(source)).toMatchObject({
      code: 'source-refused',
      message: `aws: AssumeRole ${nextArn} failed (AccessDenied)`,
      hint: expect.stringMatching(/`sts:AssumeRole`.*trust policy.*external id/),
    });
    expect(calls.map(({ operation }) => operation)).toEqual(['AssumeRole', 'AssumeRole']);
  });

  test.each([
    ['ValidationError', 400, 'source-refused', 'duration'],
    ['ExpiredToken', 403, 'source-refused', 'sts:AssumeRole'],
    ['Throttling', 400, 'source-throttled', 'next pass'],
    ['ServiceUnavailable', 503, 'source-unreachable', 'network'],
  ])('%s of STS is %s %s', async (name, status, code, hint) => {
    watch(world.proxy, ({ operation }) => (operation === 'AssumeRole' ? stsError(status, name) : undefined));
    const failure = await failureOf(world.open({ assumeRole: [{ roleArn }], timeoutMs: 3000 }));
    expect(failure).toMatchObject({ code, hint: expect.stringContaining(hint) });
    expect(JSON.stringify([failure?.message, failure?.hint])).not.toContain('hunter2');
  });
});

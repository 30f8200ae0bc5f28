// Secrets of other accounts by their full ARN: only single calls reach them, and only where both sides allow it.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { describeWithBackend } from '../../backends/suite.ts';
import { countOperations } from '../../proxy/faulty-proxy.ts';
import type { Directory } from './identities.ts';
import { startIdentities } from './identities.ts';
import type { World } from './setup.ts';
import { never, startWorld, states, textOf } from './setup.ts';

const theirs = '222222222222';
const user = 'arn:aws:iam::123456789012:user/voxsync';
const roleArn = 'arn:aws:iam::123456789012:role/reader';
const everything = {
  Statement: [{ Sid: 'All', Effect: 'Allow', Action: ['secretsmanager:*', 'sts:*'], Resource: '*' }] as const,
};

describeWithBackend('moto', 'secrets of other accounts', () => {
  let world: World;
  let near: string;
  let far: string;
  beforeAll(async () => {
    world = await startWorld();
    vi.stubEnv('AWS_ENDPOINT_URL_STS', world.proxy.endpoint);
  });
  beforeEach(async () => {
    near = (await world.create('prod/near', 'near')).arn;
    far = (await world.createElsewhere({ account: theirs }, 'prod/far', 'far')).arn;
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  const identify = (shared: Directory['shared']) => {
    const trusts = { arn: user };
    const identities = startIdentities({
      users: { AKIAEXAMPLE: { arn: user, policy: everything } },
      roles: [{ arn: roleArn, policy: everything, trusts }],
      arns: [near, far],
      ...(shared === undefined ? {} : { shared }),
    });
    world.proxy.misbehave(identities.matcher);
    return identities;
  };

  test('are described and read one by one, while our own go in a batch', async () => {
    identify({ [far]: [roleArn] });
    const source = world.open({ assumeRole: [{ roleArn }] });
    const references = [far, near, 'prod/near', far].map((secret) => ({ secret }));
    const observed = await source.observe(references, never);
    expect(states(observed)).toEqual(['present', 'present', 'present', 'present']);
    const readings = await source.read(references, never);
    expect(readings.map(textOf)).toEqual(['far', 'near', 'near', 'far']);
    expect(countOperations(world.proxy.journal)).toMatchObject({ BatchGetSecretValue: 1, GetSecretValue: 1 });
  });

  test('while nobody tells which account we are in, no ARN is asked for in a batch', async () => {
    identify({ [far]: [user] });
    const readings = await world.open().read(
      [far, near, 'prod/near'].map((secret) => ({ secret })),
      never,
    );
    expect(readings.map(textOf)).toEqual(['far', 'near', 'near']);
    expect(countOperations(world.proxy.journal)).toEqual({ BatchGetSecretValue: 1, GetSecretValue: 2 });
  });

  test('an account that the environment names is ours', async () => {
    vi.stubEnv('AWS_ACCOUNT_ID', '123456789012');
    identify({ [far]: [user] });
    const source = world.open();
    await source.read(
      [far, near].map((secret) => ({ secret })),
      never,
    );
    vi.stubEnv('AWS_ACCOUNT_ID', undefined);
    expect(countOperations(world.proxy.journal)).toEqual({ BatchGetSecretValue: 1, GetSecretValue: 1 });
  });

  test('one that is not shared is refused, is no absence, and leaves our own alone', async () => {
    identify({ [far]: [] });
    const source = world.open();
    const references = [far, 'prod/near'].map((secret) => ({ secret }));
    expect(states(await source.observe(references, never))).toEqual(['source-refused', 'present']);
    const readings = await source.read(references, never);
    expect(states(readings)).toEqual(['source-refused', 'present']);
    expect(readings[0]).toMatchObject({
      error: {
        hint: expect.stringMatching(
          /`secretsmanager:GetSecretValue` on this secret.*another account.*resource policy.*key/,
        ),
      },
    });
  });
});

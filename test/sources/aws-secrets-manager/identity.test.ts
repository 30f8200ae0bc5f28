// Who we are to AWS: told by STS where it can be asked, else by the credentials; and keys that nobody knows.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { describeWithBackend } from '../../backends/suite.ts';
import type { World } from './setup.ts';
import { never, startWorld } from './setup.ts';
import { stsError, watch } from './sts.ts';

const roleArn = 'arn:aws:iam::210987654321:role/reader';

describeWithBackend('moto', 'who we are to AWS', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  beforeEach(() => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', world.proxy.endpoint);
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  test('the ARN of the user', async () => {
    const calls = watch(world.proxy);
    expect(await world.open().identify?.(never)).toBe(
      'arn:aws:sts::123456789012:user/moto, access key AKIAEXAMPLE',
    );
    expect(calls).toMatchObject([{ operation: 'GetCallerIdentity', region: 'eu-central-1' }]);
  });

  test('the ARN of the session of the last role', async () => {
    const assumeRole = [{ roleArn, sessionName: 'telephony' }];
    expect(await world.open({ assumeRole }).identify?.(never)).toMatch(
      /^arn:aws:sts::210987654321:assumed-role\/reader\/telephony, access key ASIA\w+$/,
    );
  });

  test('keys that AWS does not know are refused', async () => {
    watch(world.proxy, () => stsError(403, 'InvalidClientTokenId'));
    await expect(world.open().identify?.(never)).rejects.toMatchObject({
      code: 'source-refused',
      message: 'aws: GetCallerIdentity was refused for its credentials (InvalidClientTokenId)',
      hint: expect.stringContaining('credentials'),
    });
  });

  test.each([
    ['denied', () => stsError(403, 'AccessDenied'), 'AccessDenied'],
    ['out of reach', () => ({ kind: 'reset' }) as const, 'ECONNRESET'],
  ])('where STS is %s, the credentials tell what they can', async (_title, fault, name) => {
    const calls = watch(world.proxy, fault);
    expect(await world.open().identify?.(never)).toBe(
      `access key AKIAEXAMPLE; STS did not tell more (${name})`,
    );
    expect(calls).toHaveLength(1);
  });

  test('an endpoint of its own says nothing of STS: it is not asked', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', undefined);
    vi.stubEnv('AWS_ACCOUNT_ID', '123456789012');
    expect(await world.open().identify?.(never)).toBe('access key AKIAEXAMPLE of account 123456789012');
    vi.stubEnv('AWS_ACCOUNT_ID', undefined);
    expect(world.proxy.journal).toEqual([]);
  });

  test('stops when it is told to', async () => {
    const control = new AbortController();
    watch(world.proxy, () => {
      control.abort(new Error('enough'));
      return { kind: 'hang' };
    });
    await expect(world.open().identify?.(control.signal)).rejects.toThrow('enough');
  });
});

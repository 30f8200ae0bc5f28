// Secrets of several regions from one source, and where its own region and address come from.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { describeWithBackend } from '../../backends/suite.ts';
import type { World } from './setup.ts';
import { never, startWorld, states, textOf } from './setup.ts';
import { watch } from './sts.ts';

const roleArn = 'arn:aws:iam::123456789012:role/voxsync';

describeWithBackend('moto', 'regions', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  beforeEach(() => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', world.proxy.endpoint);
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  /** Makes a secret in a region, and tells its ARN. */
  const createIn = async (region: string, name: string, value: string): Promise<string> =>
    (await world.createElsewhere({ region }, name, value)).arn;

  test('ARNs of other regions are asked for there, names and own ARNs together, all in the order asked', async () => {
    const far = await createIn('us-east-1', 'prod/far', 'far');
    const farther = await createIn('ap-south-1', 'prod/farther', 'farther');
    const own = await createIn('eu-central-1', 'prod/own', 'own');
    const near = await world.create('prod/near', 'near');
    const source = world.open({ assumeRole: [{ roleArn }] });
    const calls = watch(world.proxy);
    const references = [far, 'prod/near', farther, own, `${far}x`, far].map((secret) => ({ secret }));
    const observed = await source.observe(references, never);
    expect(states(observed)).toEqual(['present', 'present', 'present', 'present', 'absent', 'present']);
    expect(observed[1]).toMatchObject({ version: { id: near.version } });
    const texts = (await source.read(references, never)).map(textOf);
    expect(texts).toEqual(['far', 'near', 'farther', 'own', 'absent', 'far']);
    const reads = calls.filter(({ operation }) => operation === 'BatchGetSecretValue');
    expect(reads.map(({ region }) => region).toSorted()).toEqual(['ap-south-1', 'eu-central-1', 'us-east-1']);
    expect(calls.filter(({ operation }) => operation === 'AssumeRole')).toHaveLength(1);
  });

  test('a replica is a secret of its region, by ARN and by name, and follows the one it was made of', async () => {
    const place = { replicas: ['us-east-1'] };
    const { arn, version } = await world.createElsewhere(place, 'prod/crm', 'of old');
    const replica = arn.replace('eu-central-1', 'us-east-1');
    const sources = [
      [world.open(), replica],
      [world.open({ region: 'us-east-1' }), 'prod/crm'],
      [world.open({ region: 'us-east-1' }), arn],
    ] as const;
    const look = async () => {
      const texts: string[] = [];
      for (const [source, secret] of sources) {
        const [observed] = await source.observe([{ secret }], never);
        const [reading] = await source.read([{ secret }], never);
        expect([secret, observed]).toEqual([
          secret,
          { state: 'present', version: Reflect.get(Object(reading), 'version') },
        ]);
        texts.push(textOf(reading));
      }
      return texts;
    };
    const calls = watch(world.proxy);
    expect(await look()).toEqual(['of old', 'of old', 'of old']);
    expect(new Set(calls.map(({ region }) => region))).toEqual(new Set(['us-east-1', 'eu-central-1']));
    expect(await world.put('prod/crm', 'new')).not.toBe(version);
    expect(await look()).toEqual(['new', 'new', 'new']);
  });

  test('trouble in one region is trouble of its secrets only', async () => {
    const far = await createIn('us-east-1', 'prod/far', 'far');
    await world.create('prod/near', 'near');
    watch(world.proxy, ({ region }) => (region === 'us-east-1' ? { kind: 'reset' } : undefined));
    const readings = await world.open().read([{ secret: far }, { secret: 'prod/near' }], never);
    expect(states(readings)).toEqual(['source-unreachable', 'present']);
  });

  test('without a region anywhere, an ARN names it, for STS as well, and a name says what to do', async () => {
    const far = await createIn('us-east-1', 'prod/far', 'far');
    const calls = watch(world.proxy);
    const source = world.open({ region: undefined, assumeRole: [{ roleArn }] });
    const readings = await source.read([{ secret: 'prod/near' }, { secret: far }], never);
    expect(readings[0]).toMatchObject({
      error: { code: 'config-invalid', hint: expect.stringContaining('AWS_REGION') },
    });
    expect(textOf(readings[1])).toBe('far');
    expect(new Set(calls.map(({ region }) => region))).toEqual(new Set(['us-east-1']));
  });

  test('AWS_REGION and AWS_ENDPOINT_URL_SECRETS_MANAGER say where to go', async () => {
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', world.proxy.endpoint);
    await world.create('prod/near', 'near');
    const source = world.open({ region: undefined, endpoint: undefined });
    const calls = watch(world.proxy);
    expect((await source.read([{ secret: 'prod/near' }], never)).map(textOf)).toEqual(['near']);
    expect(calls).toMatchObject([{ operation: 'BatchGetSecretValue', region: 'eu-central-1' }]);
  });
});

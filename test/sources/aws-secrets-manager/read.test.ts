// Reading AWS secrets: contents, versions, batches, and what is absent.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Source } from '../../../src/sources/source.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { countOperations } from '../../proxy/faulty-proxy.ts';
import type { World } from './setup.ts';
import { namesOf, never, startWorld, states, textOf } from './setup.ts';

const versionsOf = (list: readonly { state: string; version?: unknown }[]) =>
  list.map(({ state, version }) => [state, version]);

describeWithBackend('moto', 'reading AWS secrets', () => {
  let world: World;
  let source: Source;
  beforeAll(async () => {
    world = await startWorld();
    source = world.open();
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  test('reads text and bytes, with the version that was read', async () => {
    const text = '{"apiKey":"ключ\\n"}\r\n';
    const bytes = Uint8Array.from([0, 255, 128, 10]);
    const crm = await world.create('prod/crm', text);
    const key = await world.create('prod/key', bytes);
    const readings = await source.read([{ secret: 'prod/key' }, { secret: 'prod/crm' }], never);
    expect(readings.map(textOf)).toEqual(['AP+ACg==', text]);
    expect(readings).toMatchObject([
      { content: { form: 'base64' }, version: { id: key.version, label: key.version.slice(0, 8) } },
      { content: { form: 'text' }, version: { id: crm.version } },
    ]);
    expect(JSON.stringify(readings)).not.toContain('apiKey');
  });

  test('reads 45 secrets with three batches, in the order asked', async () => {
    const names = namesOf('prod/', 45);
    await world.createAll(names);
    const asked = names.toReversed();
    const readings = await source.read(
      asked.map((secret) => ({ secret })),
      never,
    );
    expect(readings.map(textOf)).toEqual(asked);
    expect(countOperations(world.proxy.journal)).toEqual({ BatchGetSecretValue: 3 });
  });

  test('reads a duplicate once', async () => {
    await world.create('prod/crm', 'one');
    const references = [
      { secret: 'prod/crm' },
      { secret: 'prod/crm', stage: 'AWSCURRENT' },
      { secret: 'prod/crm', stage: undefined },
    ];
    const readings = await source.read(references, never);
    expect(readings.map(textOf)).toEqual(['one', 'one', 'one']);
    expect(countOperations(world.proxy.journal)).toEqual({ BatchGetSecretValue: 1 });
  });

  test('matches ARNs, ARNs without suffix, and names that begin alike', async () => {
    const crm = await world.create('prod/crm', 'one');
    const longer = await world.create('prod/crm2', 'two');
    const asked = [crm.arn, longer.arn.slice(0, -7), 'prod/crm2', crm.arn.slice(0, -7), 'prod/crm'];
    const readings = await source.read(
      asked.map((secret) => ({ secret })),
      never,
    );
    expect(readings.map(textOf)).toEqual(['one', 'two', 'two', 'one', 'one']);
  });

  test('reads stages and pinned versions one by one', async () => {
    const { version, arn } = await world.create('prod/crm', 'one');
    const second = await world.put('prod/crm', 'two');
    const readings = await source.read(
      [
        { secret: 'prod/crm', version },
        { secret: 'prod/crm', stage: 'AWSPREVIOUS' },
        { secret: arn, version: second },
        { secret: 'prod/crm' },
      ],
      never,
    );
    expect(readings.map(textOf)).toEqual(['one', 'one', 'two', 'two']);
    expect(readings.map((one) => (one.state === 'present' ? one.version.id : ''))).toEqual([
      version,
      version,
      second,
      second,
    ]);
    expect(countOperations(world.proxy.journal)).toEqual({ BatchGetSecretValue: 1, GetSecretValue: 3 });
  });

  test('asks for no batch where everything is pinned', async () => {
    const { version } = await world.create('prod/crm', 'one');
    expect((await source.read([{ secret: 'prod/crm', version }], never)).map(textOf)).toEqual(['one']);
    expect(countOperations(world.proxy.journal)).toEqual({ GetSecretValue: 1 });
  });

  test('calls a secret absent only where DescribeSecret confirms it', async () => {
    const { version } = await world.create('prod/crm', 'one');
    await world.create('planned', 'one');
    await world.create('empty');
    await world.remove('planned');
    const readings = await source.read(
      [
        { secret: 'planned' },
        { secret: 'planned', stage: 'AWSPREVIOUS' },
        { secret: 'unknown' },
        { secret: 'unknown', version },
        { secret: 'empty' },
        { secret: 'prod/crm', stage: 'NOSTAGE' },
        { secret: 'prod/crm', version: '00000000-0000-0000-0000-000000000000' },
        { secret: 'prod/crm' },
      ],
      never,
    );
    const scheduled = { state: 'absent', proof: 'DescribeSecret: scheduled for deletion' };
    const missing = { state: 'absent', proof: 'DescribeSecret: no such secret' };
    expect(readings.slice(0, 4)).toEqual([scheduled, scheduled, missing, missing]);
    expect(readings.slice(4, 7)).toMatchObject([
      { error: { code: 'secret-not-found', message: 'aws: secret "empty" has no value yet' } },
      { error: { message: 'aws: secret "prod/crm" has no version at stage "NOSTAGE"' } },
      {
        error: {
          message: 'aws: secret "prod/crm" has no version "00000000-0000-0000-0000-000000000000"',
        },
      },
    ]);
    expect(textOf(readings[7])).toBe('one');
  });

  test('what it observed and what it reads agree', async () => {
    await world.createAll(namesOf('prod/', 5));
    const references = [...namesOf('prod/', 7)].map((secret) => ({ secret }));
    const observed = await source.observe(references, never);
    const readings = await source.read(references, never);
    expect(versionsOf(readings)).toEqual(versionsOf(observed));
    expect(states(readings)).toEqual([...Array<string>(5).fill('present'), 'absent', 'absent']);
  });

  test('asks nothing for nothing', async () => {
    expect(await source.read([], never)).toEqual([]);
    expect(world.proxy.journal).toEqual([]);
  });
});

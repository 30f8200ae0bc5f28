// Observing AWS secrets: versions, stages, absence, and what it costs.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Source } from '../../../src/sources/source.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { awsError, countOperations, failOperation } from '../../proxy/faulty-proxy.ts';
import type { World } from './setup.ts';
import { namesOf, never, startWorld, states } from './setup.ts';

const present = (id: string) => ({ state: 'present', version: { id, label: id.slice(0, 8) } });

describeWithBackend('moto', 'observing AWS secrets', () => {
  let world: World;
  let source: Source;
  beforeAll(async () => {
    world = await startWorld();
    source = world.open();
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  test('tells the current version by name, from the listing', async () => {
    const crm = await world.create('prod/crm', 'one');
    const database = await world.create('prod/db', 'two');
    const observed = await source.observe([{ secret: 'prod/db' }, { secret: 'prod/crm' }], never);
    expect(observed).toEqual([present(database.version), present(crm.version)]);
    expect(countOperations(world.proxy.journal)).toEqual({ ListSecrets: 1 });
  });

  test('tells the new version after a rotation', async () => {
    await world.create('prod/crm', 'one');
    const version = await world.put('prod/crm', 'two');
    expect(await source.observe([{ secret: 'prod/crm' }], never)).toEqual([present(version)]);
  });

  test('matches names exactly, though the filter takes prefixes', async () => {
    const crm = await world.create('prod/crm', 'one');
    await world.createAll(['prod/crm2', 'prod/crm/key', 'prod/crm-AbCdEf']);
    const observed = await source.observe(
      [{ secret: 'prod/crm' }, { secret: 'prod/cr' }, { secret: 'PROD/CRM' }],
      never,
    );
    expect(observed).toEqual([
      present(crm.version),
      { state: 'absent', proof: 'DescribeSecret: no such secret' },
      { state: 'absent', proof: 'DescribeSecret: no such secret' },
    ]);
  });

  test('finds a name behind pages of others that begin with it', async () => {
    await world.createAll(namesOf('a', 120));
    const { version } = await world.create('a', 'one');
    expect(await source.observe([{ secret: 'a' }], never)).toEqual([present(version)]);
    expect(countOperations(world.proxy.journal)).toEqual({ ListSecrets: 2 });
  });

  test('many names cost a call for a hundred secrets that begin as they do', async () => {
    const names = namesOf('prod/app/', 230);
    const made = await world.createAll(names);
    await world.createAll(namesOf('other/', 30));
    const observed = await source.observe(
      names.map((secret) => ({ secret })),
      never,
    );
    expect(observed).toEqual(made.map(({ version }) => present(version)));
    expect(countOperations(world.proxy.journal)).toEqual({ ListSecrets: 3 });
  });

  test('many names among many more secrets are asked for by name, as soon as leafing finds too few', async () => {
    const names = namesOf('prod/z', 60);
    await world.createAll(namesOf('prod/a', 250));
    await world.createAll(names);
    const observed = await source.observe(
      ['prod/a000', ...names].map((secret) => ({ secret })),
      never,
    );
    expect(new Set(states(observed))).toEqual(new Set(['present']));
    expect(countOperations(world.proxy.journal)['ListSecrets']).toBeLessThanOrEqual(9);
  });

  test('takes full ARNs and ARNs without their suffix', async () => {
    const { arn, version } = await world.create('prod/crm', 'one');
    const observed = await source.observe([{ secret: arn }, { secret: arn.slice(0, -7) }], never);
    expect(observed).toEqual([present(version), present(version)]);
    expect(countOperations(world.proxy.journal)).toEqual({ DescribeSecret: 2 });
  });

  test('tells the version at a stage, and takes a pinned version at its word', async () => {
    const { arn, version } = await world.create('prod/crm', 'one');
    const pending = await world.put('prod/crm', 'two', ['AWSPENDING']);
    const observed = await source.observe(
      [
        { secret: 'prod/crm', stage: 'AWSPENDING' },
        { secret: arn, stage: 'AWSPENDING' },
        { secret: 'prod/crm', stage: 'AWSCURRENT' },
        { secret: 'prod/crm', version },
        { secret: arn, version: pending },
      ],
      never,
    );
    expect(observed).toEqual([pending, pending, version, version, pending].map(present));
  });

  test('leaves a stage that no version has unresolved', async () => {
    await world.create('prod/crm', 'one');
    const [observed] = await source.observe([{ secret: 'prod/crm', stage: 'awsprevious' }], never);
    expect(observed).toMatchObject({
      state: 'unresolved',
      error: {
        code: 'secret-not-found',
        message: 'aws: secret "prod/crm" has no version at stage "awsprevious"',
        hint: expect.stringContaining('AWSPREVIOUS'),
      },
    });
  });

  test('leaves a secret without a value unresolved', async () => {
    await world.create('prod/empty');
    const [observed] = await source.observe([{ secret: 'prod/empty' }], never);
    expect(observed).toMatchObject({
      error: { code: 'secret-not-found', message: 'aws: secret "prod/empty" has no value yet' },
    });
  });

  test('proves absence by DescribeSecret: planned deletion, deleted, never there', async () => {
    const planned = await world.create('planned', 'one');
    await world.create('forced', 'one');
    await world.remove('planned');
    await world.remove('forced', true);
    const observed = await source.observe(
      [
        { secret: 'planned' },
        { secret: planned.arn },
        { secret: 'planned', version: planned.version },
        { secret: 'forced' },
        { secret: 'unknown' },
      ],
      never,
    );
    const scheduled = { state: 'absent', proof: 'DescribeSecret: scheduled for deletion' };
    const missing = { state: 'absent', proof: 'DescribeSecret: no such secret' };
    expect(observed).toEqual([scheduled, scheduled, scheduled, missing, missing]);
    expect(countOperations(world.proxy.journal)).toEqual({ ListSecrets: 1, DescribeSecret: 4 });
  });

  test('a name that a filter would not take harms no other', async () => {
    const { version } = await world.create('prod/crm', 'one');
    const observed = await source.observe(
      [{ secret: '!prod' }, { secret: 'prod/crm' }, { secret: 'tägliche#' }],
      never,
    );
    expect(observed[1]).toEqual(present(version));
    expect(states(observed)).toEqual(['absent', 'present', 'absent']);
  });

  test('looks up forty names with four calls, and a duplicate with none', async () => {
    const names = namesOf('prod/', 40);
    await world.createAll(names);
    const observed = await source.observe(
      [...names, ...names].map((secret) => ({ secret })),
      never,
    );
    expect(observed).toHaveLength(80);
    expect(new Set(states(observed))).toEqual(new Set(['present']));
    expect(countOperations(world.proxy.journal)).toEqual({ ListSecrets: 4 });
  });

  test('leaves a listing without end after ten pages, and asks for the name itself', async () => {
    const { version } = await world.create('a', 'one');
    world.proxy.misbehave(({ amzTarget, earlier }) => {
      const body = { SecretList: [{ Name: 'ab' }], NextToken: `page${earlier}` };
      return amzTarget.endsWith('ListSecrets') ? { kind: 'answer', status: 200, body } : undefined;
    });
    expect(await source.observe([{ secret: 'a' }], never)).toEqual([present(version)]);
    expect(countOperations(world.proxy.journal)).toEqual({ ListSecrets: 10, DescribeSecret: 1 });
  });

  test('asks for each name where ListSecrets does not take them', async () => {
    const { version } = await world.create('prod/crm', 'one');
    world.proxy.misbehave(failOperation('ListSecrets', awsError(400, 'ValidationException')));
    const observed = await source.observe([{ secret: 'prod/crm' }, { secret: 'unknown' }], never);
    expect(observed[0]).toEqual(present(version));
    expect(states(observed)).toEqual(['present', 'absent']);
  });

  test('a listing that shows no version, or a deletion, is checked before it counts', async () => {
    const { version } = await world.create('prod/crm', 'one');
    for (const stale of [{}, { SecretVersionsToStages: { old: ['AWSCURRENT'] }, DeletedDate: 1 }]) {
      const body = { SecretList: [{ Name: 'prod/crm', ...stale }] };
      world.proxy.misbehave(failOperation('ListSecrets', { kind: 'answer', status: 200, body }));
      expect(await source.observe([{ secret: 'prod/crm' }], never)).toEqual([present(version)]);
    }
  });

  test('asks nothing for nothing', async () => {
    expect(await source.observe([], never)).toEqual([]);
    expect(world.proxy.journal).toEqual([]);
  });
});

// Stages in the course of a rotation: AWSPENDING before it, AWSCURRENT and AWSPREVIOUS after it, each with its own version and value.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Source } from '../../../src/sources/source.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import type { World } from './setup.ts';
import { never, startWorld, states, textOf } from './setup.ts';

const references = [undefined, 'AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING'].map((stage) => ({
  secret: 'prod/crm',
  stage,
}));

describeWithBackend('moto', 'stages', () => {
  let world: World;
  let source: Source;
  beforeAll(async () => {
    world = await startWorld();
    source = world.open();
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  /** The values by stage, and that observing told the versions that were read. */
  const look = async () => {
    const observed = await source.observe(references, never);
    const readings = await source.read(references, never);
    const versions = (list: readonly object[]) =>
      list.map((one) => ('version' in one ? one.version : 'none'));
    expect(versions(observed)).toEqual(versions(readings));
    return readings.map(textOf);
  };

  test('a rotation from one end to the other', async () => {
    await world.create('prod/crm', 'one');
    expect(await look()).toEqual(['one', 'one', 'unresolved', 'unresolved']);
    await world.put('prod/crm', 'two', ['AWSPENDING']);
    expect(await look()).toEqual(['one', 'one', 'unresolved', 'two']);
    await world.put('prod/crm', 'two', ['AWSCURRENT']);
    expect(await look()).toEqual(['two', 'two', 'one', 'two']);
  });

  test('a stage that no version has is explained, and is no absence', async () => {
    await world.create('prod/crm', 'one');
    const asked = references.slice(2);
    for (const said of [await source.observe(asked, never), await source.read(asked, never)]) {
      expect(states(said)).toEqual(['secret-not-found', 'secret-not-found']);
      expect(said[1]).toMatchObject({
        error: {
          message: 'aws: secret "prod/crm" has no version at stage "AWSPENDING"',
          hint: expect.stringContaining('stage'),
        },
      });
    }
  });
});

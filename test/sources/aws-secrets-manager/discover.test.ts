// Discovering AWS secrets: prefixes, tags, pages, and those about to be deleted.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Discovery, DiscoveryQuery, Source } from '../../../src/sources/source.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { awsError, countOperations } from '../../proxy/faulty-proxy.ts';
import type { World } from './setup.ts';
import { namesOf, never, startWorld } from './setup.ts';

const foundIn = (discovery: Discovery) =>
  discovery.state === 'listed' ? discovery.found.map(({ secret }) => secret).toSorted() : discovery;

/** Lists the first secret once more before and after, as one that was deleted. */
const addDead = (body: string) => {
  const page = JSON.parse(body);
  const dead = { ...page.SecretList[0], DeletedDate: 1_700_000_000 };
  return JSON.stringify({ ...page, SecretList: [dead, ...page.SecretList, dead] });
};

describeWithBackend('moto', 'discovering AWS secrets', () => {
  let world: World;
  let source: Source;
  beforeAll(async () => {
    world = await startWorld();
    source = world.open();
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  const find = (query: DiscoveryQuery) => source.discover(query, never);

  test('tells names and versions, and does not claim to be complete', async () => {
    const { version } = await world.create('prod/crm', 'one');
    expect(await find({ prefix: 'prod/' })).toEqual({
      state: 'listed',
      found: [{ secret: 'prod/crm', version: { id: version, label: version.slice(0, 8) } }],
      gone: [],
      isAuthoritative: false,
    });
  });

  test('lists 250 secrets in three pages', async () => {
    const names = namesOf('voice/', 250);
    await world.createAll(names);
    expect(foundIn(await find({ prefix: 'voice/' }))).toEqual(names);
    expect(countOperations(world.proxy.journal)).toEqual({ ListSecrets: 3 });
  });

  describe('by description', () => {
    /** `prod/0` and so on, by their descriptions. */
    const describeSecrets = async (descriptions: readonly (string | undefined)[]) => {
      for (const [index, description] of descriptions.entries())
        await world.create(`prod/${index}`, 'x', {}, description);
    };

    test.each([
      ['Voice', ['prod/0', 'prod/1', 'prod/5'], 'Voice'],
      ['Voice trunk', ['prod/0', 'prod/1', 'prod/5'], 'Voice'],
      ['Voice trunk/key', ['prod/1', 'prod/5'], 'Voice'],
      ['voice', ['prod/2'], 'voice'],
      ['CRM', ['prod/6'], undefined],
      ['!Voice', ['prod/7'], undefined],
    ])('%s', async (description, found, narrowedBy) => {
      await describeSecrets([
        'Voice trunk',
        'Voice trunk/key',
        'voice trunk',
        'My Voice',
        undefined,
        'Voice trunk/key-old',
        'CRMs',
        '!Voice',
      ]);
      const bodies: string[] = [];
      world.proxy.misbehave(({ body }) => void bodies.push(body));
      expect(foundIn(await find({ prefix: 'prod/', description }))).toEqual(found);
      const filters: { Key: string; Values: string[] }[] = JSON.parse(bodies[0] ?? '').Filters;
      expect(filters.find(({ Key }) => Key === 'description')?.Values[0]).toBe(narrowedBy);
    });
  });

  test('by the service that manages them, whole names only', async () => {
    await world.create('rds!1', 'x', { 'aws:secretsmanager:owningService': 'rds' });
    await world.create('rds!2', 'x', { 'aws:secretsmanager:owningService': 'rds-proxy' });
    await world.create('mine', 'x');
    expect(foundIn(await find({ prefix: '', owningService: 'rds' }))).toEqual(['rds!1']);
    expect(foundIn(await find({ prefix: 'mine', owningService: 'rds' }))).toEqual([]);
  });

  test('an error on a later page fails the whole, never shortens it', async () => {
    await world.createAll(namesOf('voice/', 150));
    world.proxy.misbehave(({ body }) =>
      body.includes('NextToken') ? awsError(400, 'InvalidNextTokenException') : undefined,
    );
    expect(await find({ prefix: 'voice/' })).toMatchObject({
      state: 'unresolved',
      error: {
        code: 'source-answer-invalid',
        message: expect.stringContaining('InvalidNextTokenException'),
      },
    });
  });

  test('pages that repeat themselves end in an error', async () => {
    world.proxy.misbehave(() => ({
      kind: 'answer',
      status: 200,
      body: { SecretList: [], NextToken: 'again' },
    }));
    expect(await find({ prefix: 'voice/' })).toMatchObject({
      error: { code: 'source-answer-invalid', message: 'aws: ListSecrets repeats its pages' },
    });
  });

  test('a prefix is taken to the letter', async () => {
    await world.createAll(['prod/crm', 'prod/crm/key', 'prod/crm2', 'Prod/crm', 'test/prod/crm']);
    expect(foundIn(await find({ prefix: 'prod/crm' }))).toEqual(['prod/crm', 'prod/crm/key', 'prod/crm2']);
    expect(foundIn(await find({ prefix: 'prod/crm/' }))).toEqual(['prod/crm/key']);
    expect(foundIn(await find({ prefix: 'none/' }))).toEqual([]);
    expect(foundIn(await find({ prefix: '' }))).toHaveLength(5);
  });

  test('what AWS lists beyond the prefix is left out', async () => {
    await world.createAll(['prod/crm', 'prod/db']);
    const change = (body: string) => body.replaceAll('prod/db', 'Prod/db');
    world.proxy.misbehave(() => ({ kind: 'rewrite', change }));
    expect(foundIn(await find({ prefix: 'prod/' }))).toEqual(['prod/crm']);
  });

  test('a prefix that AWS would negate is selected here', async () => {
    await world.createAll(['prod/crm', 'rds!cluster']);
    expect(foundIn(await find({ prefix: '!' }))).toEqual([]);
    expect(foundIn(await find({ prefix: 'rds!' }))).toEqual(['rds!cluster']);
  });

  test('every tag must match exactly', async () => {
    await world.create('both', 'v', { voximplant: 'true', team: 'voice' });
    await world.create('longer', 'v', { voximplant: 'true-ish', team: 'voice' });
    await world.create('crossed', 'v', { voximplant: 'voice', team: 'true' });
    await world.create('one', 'v', { voximplant: 'true' });
    await world.create('none', 'v');
    expect(foundIn(await find({ prefix: '', tags: { voximplant: 'true' } }))).toEqual(['both', 'one']);
    expect(foundIn(await find({ prefix: '', tags: { voximplant: 'true', team: 'voice' } }))).toEqual([
      'both',
    ]);
    expect(foundIn(await find({ prefix: '', tags: { voximplant: 'TRUE' } }))).toEqual([]);
    expect(foundIn(await find({ prefix: 'o', tags: { voximplant: 'true' } }))).toEqual(['one']);
    const asked = world.proxy.journal.length;
    world.proxy.misbehave(({ body }) => {
      expect(JSON.parse(body).Filters).toEqual([
        { Key: 'tag-key', Values: ['voximplant'] },
        { Key: 'tag-value', Values: ['true'] },
      ]);
      return undefined;
    });
    await find({ prefix: '', tags: { voximplant: 'true' } });
    expect(world.proxy.journal).toHaveLength(asked + 1);
  });

  test('tags that a filter would not take are matched here', async () => {
    await world.create('empty', 'v', { voximplant: '' });
    await world.create('negated', 'v', { voximplant: '!true' });
    await world.create('other', 'v', { voximplant: 'x' });
    expect(foundIn(await find({ prefix: '', tags: { voximplant: '' } }))).toEqual(['empty']);
    expect(foundIn(await find({ prefix: '', tags: { voximplant: '!true' } }))).toEqual(['negated']);
  });

  test('secrets scheduled for deletion are gone, with tags and prefix as for the others', async () => {
    await world.create('prod/old', 'v', { voximplant: 'true' });
    await world.create('prod/untagged', 'v');
    await world.create('test/old', 'v', { voximplant: 'true' });
    await world.create('prod/new', 'v', { voximplant: 'true' });
    for (const name of ['prod/old', 'prod/untagged', 'test/old']) await world.remove(name);
    const discovery = await find({ prefix: 'prod/', tags: { voximplant: 'true' } });
    expect(foundIn(discovery)).toEqual(['prod/new']);
    expect(discovery).toMatchObject({ gone: ['prod/old'] });
  });

  test('a name that was deleted and made anew is found, not gone', async () => {
    await world.create('prod/crm', 'v');
    world.proxy.misbehave(() => ({ kind: 'rewrite', change: addDead }));
    const discovery = await find({ prefix: '' });
    expect(foundIn(discovery)).toEqual(['prod/crm']);
    expect(discovery).toMatchObject({ gone: [] });
  });

  test('a secret without a value is neither found nor gone, and harms no other', async () => {
    await world.create('empty');
    await world.create('full', 'v');
    const discovery = await find({ prefix: '' });
    expect(foundIn(discovery)).toEqual(['full']);
    expect(discovery).toMatchObject({ state: 'listed', gone: [] });
  });
});

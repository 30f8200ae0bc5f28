// A token that somebody else looks after: read anew as it changes, tried again when refused, and never given back.
import { rename, rm, writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBackend } from '../../backends/suite.ts';
import { errorOf, fileWith, never, observeOne, open, tokenAuth } from './setup.ts';
import { many, policy, startWorld, type World } from './world.ts';

describeWithBackend('vault', 'a given token', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());
  const openFile = async (token: string) => {
    const file = await fileWith(`${token}\n`);
    world.watch();
    const source = await open({
      address: world.proxy.endpoint,
      kvVersion: 2,
      auth: { method: 'token', token: { file } },
    });
    return { file, source };
  };
  /** As Vault Agent writes it. */
  const replace = async (file: string, token: string) => {
    await writeFile(`${file}.new`, token);
    await rename(`${file}.new`, file);
  };
  const issue = () => world.admin.issue(policy);
  const present = expect.objectContaining({ state: 'present' });

  test('is not given back at the end', async () => {
    const token = await issue();
    world.watch();
    const source = await open({ address: world.proxy.endpoint, auth: tokenAuth(token) });
    expect(await observeOne(source, { secret: 'app/0' })).toEqual(present);
    await source.close();
    expect([world.count('/revoke-self'), await world.knows(token)]).toEqual([0, true]);
  });

  test('is sent as the file has it, from the next request on', async () => {
    const [first, second] = [await issue(), await issue()];
    const { file, source } = await openFile(first);
    await observeOne(source, { secret: 'app/0' });
    expect([...world.sent]).toEqual([first]);
    await replace(file, second);
    // The first one is alive: nothing has refused it.
    world.watch();
    expect(await observeOne(source, { secret: 'app/0' })).toEqual(present);
    expect([...world.sent]).toEqual([second]);
  });

  test('is sent on while its file is away, half written or empty', async () => {
    const token = await issue();
    const { file, source } = await openFile(token);
    await observeOne(source, { secret: 'app/0' });
    for (const content of ['', '\n', 'two words', Buffer.from([0xff])]) {
      await writeFile(file, content);
      expect(await observeOne(source, { secret: 'app/0' })).toEqual(present);
    }
    await rm(file);
    expect(await observeOne(source, { secret: 'app/0' })).toEqual(present);
    expect([...world.sent]).toEqual([token]);
    // But not for ever: what Vault refuses is looked for in the file.
    await world.admin.call('POST', 'auth/token/revoke', { token });
    const error = errorOf(await observeOne(source, { secret: 'app/0' }));
    expect(error).toMatchObject({
      code: 'source-invalid',
      message: `vault: auth.token: the file ${file} does not exist`,
    });
  });

  test('that was never there is told, and taken when it comes', async () => {
    const { file, source } = await openFile('');
    expect(errorOf(await observeOne(source, { secret: 'app/0' })).message).toMatch(
      /auth\.token: .* is empty$/,
    );
    await writeFile(file, 'two words');
    expect(errorOf(await observeOne(source, { secret: 'app/0' })).message).toContain('more than one word');
    expect(world.proxy.journal).toEqual([]);
    await writeFile(file, await issue());
    expect(await observeOne(source, { secret: 'app/0' })).toEqual(present);
  });

  test('that is refused is told with where it comes from, and not sent a second time', async () => {
    const { file, source } = await openFile('not-a-token');
    expect(errorOf(await observeOne(source, { secret: 'app/0' }))).toMatchObject({
      code: 'source-refused',
      message: expect.stringContaining(`secret/metadata/app/0 for the token in the file ${file} (403`),
      hint: expect.stringMatching(/`read` on `secret\/metadata\/app\/0`.*its token is valid/),
    });
    expect(world.count('/metadata/app/0')).toBe(1);
  });

  test('is not shown by an error that repeats it, while other words of Vault are', async () => {
    const token = await issue();
    const { source } = await openFile(token);
    for (const [words, shown] of [
      ['permission denied', /\(403: permission denied\)$/],
      [`bad token ${token}, go away`, /file \(403\)$/],
    ] as const) {
      world.watch(() => ({ kind: 'answer', status: 403, body: { errors: [words] } }));
      const error = errorOf(await observeOne(source, { secret: 'app/0' }));
      expect(error.message).toMatch(shown);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(token);
    }
  });

  test('that is replaced in mid-pass, the old one being revoked: every secret is read', async () => {
    const [first, second] = [await issue(), await issue()];
    const { file, source } = await openFile(first);
    const ended = endInMidPass(async () => {
      await replace(file, second);
      await world.admin.call('POST', 'auth/token/revoke', { token: first });
    });
    const readings = await source.read(many, never);
    await ended();
    expect(readings.map(({ state }) => state)).toEqual(many.map(() => 'present'));
    expect([...world.sent]).toEqual([first, second]);
  });

  test.each([
    ['revoked', (token: string) => world.admin.call('POST', 'auth/token/revoke', { token })],
    ['expired', (token: string) => world.untilEnded(token)],
  ])('that is %s in mid-pass leaves secrets unresolved, none of them absent', async (way, end) => {
    const ttl = way === 'expired' ? '3s' : '1h';
    const issued = await world.admin.call('POST', 'auth/token/create', { policies: ['app'], ttl });
    const token = String(issued['client_token']);
    const { source } = await openFile(token);
    const ended = endInMidPass(() => end(token));
    const readings = await source.read(many, never);
    await ended();
    const states = new Set(readings.map(({ state }) => state));
    expect(states).toEqual(new Set(['present', 'unresolved']));
    expect(errorOf(readings.at(-1)!)).toMatchObject({ code: 'source-refused' });
  });

  /** Has `end` done while requests are under way: once, as the tenth of them arrives; all others wait for it. */
  const endInMidPass = (end: () => Promise<unknown>) => {
    let arrived = 0;
    let ended: Promise<unknown> = Promise.resolve();
    world.watch(({ path }) => {
      if (!path.includes('/data/')) return undefined;
      arrived += 1;
      if (arrived === 10) ended = end();
      return arrived < 10 ? undefined : { kind: 'after', event: ended };
    });
    return () => ended;
  };
});

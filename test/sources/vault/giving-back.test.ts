// What was issued to us is revoked at the end: the token in use, those that were dropped, and one that is only just coming.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBackend } from '../../backends/suite.ts';
import { errorOf, never, observeOne, open } from './setup.ts';
import { startWorld, type World } from './world.ts';

describeWithBackend('vault', 'at the end', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());
  const openApp = async (role?: object) => {
    const auth = await world.appRole(role);
    // Far longer than the end of a program may take.
    return open({ address: world.proxy.endpoint, auth, timeoutMs: 600_000 });
  };
  const known = () => Promise.all([...world.sent].map((token) => world.knows(token)));

  test('the token in use is revoked, once, and nothing can be asked any more', async () => {
    const source = await openApp();
    await observeOne(source, { secret: 'app/0' });
    expect(await known()).toEqual([true]);
    await Promise.all([source.close(), source.close()]);
    await source.close();
    expect(await known()).toEqual([false]);
    expect(world.count('/revoke-self')).toBe(1);
    expect(errorOf(await observeOne(source, { secret: 'app/0' })).message).toContain('closed');
  });

  test('a source that was never asked has nothing to give back', async () => {
    const source = await openApp();
    await source.close();
    expect(world.proxy.journal).toEqual([]);
  });

  test('a token that was replaced while it was alive is revoked too', async () => {
    // May give itself back, but not look itself up, so that a forbidden path looks like its end.
    const policy = 'path "auth/token/revoke-self" { capabilities = ["update"] }';
    await world.admin.call('PUT', 'sys/policies/acl/give-back', { policy });
    const source = await openApp({
      token_policies: ['app', 'give-back'],
      token_no_default_policy: true,
    });
    expect(errorOf(await observeOne(source, { secret: 'other' })).code).toBe('source-refused');
    expect(await known()).toEqual([true, true]);
    await source.close();
    expect(await known()).toEqual([false, false]);
  });

  test('a token that a login is only just bringing is revoked too', async () => {
    const source = await openApp();
    const accessors = async () =>
      Object.values(await world.admin.call('GET', 'auth/token/accessors?list=true')).flat();
    const before = await accessors();
    let letIn = () => {};
    const event = new Promise<void>((resolve) => (letIn = resolve));
    world.watch(({ path }) => (path.endsWith('/login') ? { kind: 'after', event } : undefined));
    const stopping = new AbortController();
    const observing = source.observe([{ secret: 'app/0' }], stopping.signal);
    await expect.poll(() => world.count('/login')).toBe(1);
    stopping.abort(new Error('stop'));
    await expect(observing).rejects.toThrow('stop');
    const closing = source.close();
    letIn();
    await closing;
    expect(world.count('/revoke-self')).toBe(1);
    expect(await accessors()).toEqual(before);
  });

  test.each([
    ['does not answer', { kind: 'hang' }],
    ['is gone', { kind: 'reset' }],
    ['is sealed', { kind: 'answer', status: 503, body: { errors: ['Vault is sealed'] } }],
  ] as const)('a Vault that %s keeps nobody from ending', async (_, fault) => {
    const source = await openApp();
    await observeOne(source, { secret: 'app/0' });
    world.proxy.misbehave(() => fault);
    await source.close();
    expect(world.count('/revoke-self')).toBe(1);
    await expect(source.observe([{ secret: 'app/0' }], never)).resolves.toMatchObject([
      { state: 'unresolved' },
    ]);
  });
});

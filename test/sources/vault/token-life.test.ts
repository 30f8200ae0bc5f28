// The life of tokens of ours on a real Vault: renewed in time, replaced before their end or after it, used as often as they may be.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Source } from '../../../src/sources/source.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import type { Fault, Matcher, SeenRequest } from '../../proxy/faulty-proxy.ts';
import { errorOf, never, observeOne, open } from './setup.ts';
import { many, startWorld, type World } from './world.ts';

/** Seconds here, and more on a machine with much else to do. */
const patience = { interval: 50 };

describeWithBackend('vault', 'the life of a token', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());
  afterEach(() => void vi.useRealTimers());
  const openApp = async (role: object, matcher?: Matcher) => {
    const auth = await world.appRole(role);
    world.watch(matcher);
    return open({ address: world.proxy.endpoint, auth });
  };
  /** Asks again and again, and must be answered each time, until so many requests had a path that ends so. */
  const askUntil = async (source: Source, end: string, count: number) => {
    await expect
      .poll(async () => {
        expect(await observeOne(source, { secret: 'app/0' })).toMatchObject({ state: 'present' });
        return world.count(end);
      }, patience)
      .toBeGreaterThanOrEqual(count);
  };
  const counts = () => [world.count('/login'), world.count('/renew-self')];
  /** What Vault says of a lease, in other words. */
  const lease = (seconds: number): Fault => ({
    kind: 'rewrite',
    change: (body) =>
      body.replace(/"lease_duration":\d+(,"renewable":\w+,"entity_id")/, `"lease_duration":${seconds}$1`),
  });
  const isLogin = ({ path }: SeenRequest) => path.endsWith('/login');
  const isRenewal = ({ path }: SeenRequest) => path.endsWith('/renew-self');

  test('a periodic token is renewed for as long as it is needed, with one login', async () => {
    const source = await openApp({ token_period: '3s' });
    await askUntil(source, '/renew-self', 2);
    expect(counts()).toEqual([1, 2]);
  });

  test('an end that no renewal moves is not run into: a login comes before it, and no request is refused', async () => {
    const source = await openApp({ token_ttl: '3s', token_explicit_max_ttl: '6s' });
    let refused = 0;
    await expect
      .poll(async () => {
        const answers = await source.observe(many, never);
        refused += answers.filter(({ state }) => state !== 'present').length;
        return world.count('/login');
      }, patience)
      .toBe(2);
    expect([refused, world.count('/lookup-self')]).toEqual([0, 0]);
    expect(world.count('/renew-self')).toBeLessThan(10);
  });

  test('a renewal that gives back less than half of the lease is the last one', async () => {
    const given = [4, 2, 0];
    const source = await openApp({}, (request) => {
      if (isLogin(request)) return lease(4);
      return isRenewal(request) ? lease(given.shift() ?? 9) : undefined;
    });
    await askUntil(source, '/login', 2);
    expect(counts()).toEqual([2, 3]);
    expect(world.count('/lookup-self')).toBe(0);
  });

  test.each<[string, Fault]>([
    ['is not answered', { kind: 'reset' }],
    ['meets a sealed Vault', { kind: 'answer', status: 503, body: { errors: ['Vault is sealed'] } }],
  ])('a renewal that %s is tried again while there is time, without a login', async (_, fault) => {
    const source = await openApp({}, (request) => {
      if (isLogin(request)) return lease(3);
      return isRenewal(request) && request.earlier === 0 ? fault : undefined;
    });
    await askUntil(source, '/renew-self', 2);
    await askUntil(source, '/mounts/secret', 20);
    expect(counts()).toEqual([1, 2]);
  });

  test('a renewal that is never answered ends in a login, before the lease does', async () => {
    const source = await openApp({}, (request) => {
      if (isLogin(request) && request.earlier === 0) return lease(3);
      return isRenewal(request) ? { kind: 'reset' } : undefined;
    });
    await askUntil(source, '/login', 2);
    expect(counts()).toEqual([2, 3]);
  });

  test('a renewal that is refused ends in a login at the next request', async () => {
    const errors = ['permission denied'];
    const source = await openApp({}, (request) => {
      if (isLogin(request) && request.earlier === 0) return lease(4);
      return isRenewal(request) ? { kind: 'answer', status: 403, body: { errors } } : undefined;
    });
    await askUntil(source, '/login', 2);
    expect(counts()).toEqual([2, 1]);
    await source.close();
    // The refused one may well be alive.
    expect(world.count('/revoke-self')).toBe(2);
  });

  test('a clock that jumps changes nothing', async () => {
    const source = await openApp({ token_period: '3s' });
    await observeOne(source, { secret: 'app/0' });
    const yearMs = 365 * 86_400_000;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * yearMs });
    await askUntil(source, '/renew-self', 1);
    vi.setSystemTime(Date.now() - 20 * yearMs);
    await askUntil(source, '/renew-self', 2);
    expect([...counts(), world.sent.size]).toEqual([1, 2, 1]);
    await source.close();
    expect(world.count('/revoke-self')).toBe(1);
  });

  test.each([
    ['revoked', () => world.admin.call('POST', 'auth/token/revoke', { token: [...world.sent].at(-1) })],
    ['expired', () => world.untilEnded([...world.sent].at(-1)!)],
  ])('a token that is %s in mid-pass is replaced once, and every secret is read', async (way, end) => {
    let arrived = 0;
    let ended: Promise<unknown> = Promise.resolve();
    const ttl = way === 'expired' ? '3s' : '1h';
    const source = await openApp({ token_ttl: ttl }, (request) => {
      // Nothing warns us of this end.
      if (isLogin(request) && request.earlier === 0) return lease(3600);
      if (!request.path.includes('/data/')) return undefined;
      arrived += 1;
      if (arrived === 10) ended = end();
      return arrived < 10 ? undefined : { kind: 'after', event: ended };
    });
    const readings = await source.read(many, never);
    await ended;
    expect(readings.map(({ state }) => state)).toEqual(many.map(() => 'present'));
    expect([...counts(), world.sent.size]).toEqual([2, 0, 2]);
  });

  test.each([
    // The version of the engine, whether it lists in detail, and sixty secrets.
    [1, 62],
    [3, 21],
    [7, 9],
  ])('a token of %i uses serves so many requests, and %i logins serve all', async (uses, logins) => {
    const source = await openApp({ token_ttl: '1h', token_num_uses: uses });
    const answers = await source.observe(many, never);
    expect(answers.map(({ state }) => state)).toEqual(many.map(() => 'present'));
    expect(world.count('/login')).toBe(logins);
    expect(world.count('/lookup-self')).toBe(0);
    await source.close();
  });

  test('a token whose uses are counted is not renewed, which would cost one, but replaced in time', async () => {
    const source = await openApp({ token_num_uses: 1000 }, (request) =>
      isLogin(request) ? lease(2) : undefined,
    );
    await askUntil(source, '/login', 2);
    expect(counts()).toEqual([2, 0]);
  });

  test('what is forbidden to a token of few uses is told as forbidden', async () => {
    const source = await openApp({ token_ttl: '1h', token_num_uses: 2 });
    const answers = await source.observe([{ secret: 'other/a' }, { secret: 'app/0' }], never);
    expect(errorOf(answers[0]!)).toMatchObject({ code: 'source-refused', remoteCode: 403 });
    expect(answers[1]).toMatchObject({ state: 'present' });
  });

  test('a token that never ends is neither renewed nor replaced', async () => {
    const source = await openApp({}, (request) => (isLogin(request) ? lease(0) : undefined));
    await askUntil(source, '/mounts/secret', 30);
    expect(counts()).toEqual([1, 0]);
    await source.close();
    expect(world.count('/revoke-self')).toBe(1);
  });
});

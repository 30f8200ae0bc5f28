// X-Vault-Index: against a real OpenBao cluster, whose standby answers by itself, and against the refusal that Vault Enterprise documents.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createClusterIndex } from '../../../src/sources/vault/cluster-index.ts';
import { startVault, startVaultCluster, type VaultCluster, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { startFaultyProxy, type FaultyProxy, type SeenRequest } from '../../proxy/faulty-proxy.ts';
import { adminOf, errorOf, open, readOne, textOf, tokenAuth } from './setup.ts';

const asItIs = (body: string): string => body;
const indexOf = ({ headers }: SeenRequest): string | undefined => {
  const index = headers['x-vault-index'];
  return typeof index === 'string' ? index : undefined;
};

interface State {
  readonly cluster: string;
  readonly value: string;
}

function stateOf(index: string | undefined): State {
  return JSON.parse(Buffer.from(index ?? '', 'base64').toString('utf8'));
}

function indexFor(state: State): string {
  return Buffer.from(JSON.stringify(state)).toString('base64');
}

describeWithBackend('openbao', 'the index of an OpenBao cluster', () => {
  let cluster: VaultCluster;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    cluster = await startVaultCluster('openbao');
    proxy = await startFaultyProxy(cluster.standby);
    await adminOf(cluster.active, cluster.rootToken).put('app/a', { a: 1 });
  });
  afterEach(() => proxy.forget());
  afterAll(async () => {
    await proxy.close();
    await cluster.stop();
  });
  const openStandby = () => open({ address: proxy.endpoint, auth: tokenAuth(cluster.rootToken) });

  /** The state that the cluster is in, by what the standby tells. */
  async function presentState(): Promise<State> {
    const answer = await fetch(`${cluster.active}/v1/secret/data/app/a`, {
      headers: { 'x-vault-token': cluster.rootToken },
    });
    return stateOf(answer.headers.get('x-vault-index') ?? undefined);
  }

  /** The first answer tells of a state that is so many writes ahead. */
  async function foretell(writes: number): Promise<void> {
    const { cluster: name, value } = await presentState();
    const headers = { 'x-vault-index': indexFor({ cluster: name, value: String(Number(value) + writes) }) };
    proxy.misbehave(({ path }) =>
      path.includes('/sys/internal/') ? { kind: 'rewrite', change: asItIs, headers } : undefined,
    );
  }

  test('is sent back as it was given, from the second request on', async () => {
    const sent: (string | undefined)[] = [];
    proxy.misbehave((request) => {
      sent.push(indexOf(request));
      return undefined;
    });
    expect(textOf(await readOne(await openStandby(), { secret: 'app/a' }))).toBe('{"a":1}');
    expect(sent).toHaveLength(2);
    expect(sent[0]).toBeUndefined();
    const { cluster: name, value } = await presentState();
    expect(stateOf(sent[1]).cluster).toBe(name);
    expect(Number(stateOf(sent[1]).value)).toBeLessThanOrEqual(Number(value));
  });

  test('makes a standby that lags behind be waited for', async () => {
    await foretell(20);
    const reading = readOne(await openStandby(), { secret: 'app/late' });
    await expect.poll(() => proxy.journal.length).toBe(2);
    const admin = adminOf(cluster.active, cluster.rootToken);
    for (let value = 0; value < 20; value += 1) await admin.put('app/late', { value });
    // Without the index the standby would have said that there is no such secret.
    expect(textOf(await reading)).toMatch(/^\{"value":\d+\}$/);
  });

  test('that is never reached is told, and not waited for without end', async () => {
    await foretell(1_000_000);
    const source = await openStandby();
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      expect(errorOf(await readOne(source, { secret: 'app/a' }))).toMatchObject({
        code: 'source-throttled',
        message: expect.stringContaining('has not caught up with its active node'),
      });
      expect(proxy.journal.filter(({ path }) => path.includes('/data/'))).toHaveLength(3);
      proxy.misbehave();
      vi.advanceTimersByTime(61_000);
      expect(await readOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
    } finally {
      vi.useRealTimers();
    }
  });
});

describeWithBackend('vault', 'the index that Vault Enterprise gives', () => {
  let vault: VaultServer;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    vault = await startVault();
    proxy = await startFaultyProxy(vault.address);
    const admin = adminOf(vault.address, vault.rootToken);
    await admin.put('app/a', { a: 1 });
    await admin.call('POST', 'sys/auth/userpass', { type: 'userpass' });
    const user = { password: 'pass', token_policies: ['reader'], token_num_uses: 2 };
    await admin.call('POST', 'auth/userpass/users/app', user);
    const policy = 'path "secret/data/*" { capabilities = ["read"] }';
    await admin.call('PUT', 'sys/policies/acl/reader', { policy });
    vi.stubEnv('VOXSYNC_TEST_PASSWORD', 'pass');
  });
  afterEach(() => proxy.forget());
  afterAll(async () => {
    vi.unstubAllEnvs();
    await proxy.close();
    await vault.stop();
  });
  const openUser = () =>
    open({
      address: proxy.endpoint,
      auth: { method: 'userpass', username: 'app', password: { env: 'VOXSYNC_TEST_PASSWORD' } },
    });

  /** Each login gives the next index; so many reads that ask for it are refused, as by a standby that has not seen the login. */
  function lag(refusals: number): string[] {
    const seen: string[] = [];
    let logins = 0;
    let left = refusals;
    proxy.misbehave((request) => {
      seen.push(`${request.path.split('/').at(-1)} ${indexOf(request)}`);
      if (request.path.endsWith('/login/app')) {
        logins += 1;
        return { kind: 'rewrite', change: asItIs, headers: { 'x-vault-index': `index-${logins}==` } };
      }
      if (indexOf(request) === undefined || left === 0) return undefined;
      left -= 1;
      const errors = ['required index state not present'];
      return { kind: 'answer', status: 412, body: { errors } };
    });
    return seen;
  }

  test('with a login is asked for by every read after it, and by no login', async () => {
    const seen = lag(0);
    const source = await openUser();
    expect(await readOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
    expect(await readOne(source, { secret: 'app/a' })).toMatchObject({ state: 'present' });
    expect(seen).toEqual([
      'app undefined',
      'secret index-1==',
      'a index-1==',
      'app undefined',
      'secret index-2==',
      'a index-2==',
    ]);
  });

  test('is waited for', async () => {
    lag(2);
    expect(await readOne(await openUser(), { secret: 'app/a' })).toMatchObject({ state: 'present' });
  });

  test('that does not come is told', async () => {
    lag(Infinity);
    expect(errorOf(await readOne(await openUser(), { secret: 'app/a' }))).toMatchObject({
      code: 'source-unreachable',
      remoteCode: 412,
      retryAfterMs: 500,
      message: expect.stringContaining('has not caught up with its active node yet (412'),
    });
  });
});

test('an index is sent for a minute, and only what can stand in a header', () => {
  let now = 0;
  const index = createClusterIndex(() => now);
  expect(index.headers()).toEqual({});
  index.note({ 'x-vault-index': 'first' });
  index.note({});
  now = 60_000;
  expect(index.headers()).toEqual({ 'x-vault-index': 'first' });
  index.note({ 'x-vault-index': 'second' });
  now = 120_000;
  expect(index.headers()).toEqual({ 'x-vault-index': 'second' });
  for (const odd of ['', 'two words', 'line\nbreak', 'ü', 'x'.repeat(1025)]) {
    index.note({ 'x-vault-index': odd });
  }
  expect(index.headers()).toEqual({ 'x-vault-index': 'second' });
  now = 120_001;
  expect(index.headers()).toEqual({});
});

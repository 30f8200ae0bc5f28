// The Kubernetes login for real: tokens of a real API server, which Vault has it review; and every way in which that is refused.
import { createPrivateKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { decodeJwt, generateKeyPair, SignJWT, type CryptoKey, type KeyObject } from 'jose';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  bindClusterRole,
  createAccount,
  createNamespace,
  createPod,
  deleteAccount,
  deletePod,
  requestToken,
  type Account,
  type TokenWishes,
} from '../../backends/kubernetes/objects.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { kubernetesPlugin } from '../../backends/vault/recipe.ts';
import { startFaultyProxy } from '../../proxy/faulty-proxy.ts';
import { audience, startLoginWorld, voxsync, type LoginWorld } from './kubernetes-login.ts';
import { errorOf, fileWith, observeOne, open, readOne, textOf } from './setup.ts';

const policy = 'path "secret/+/app/*" { capabilities = ["read"] }';
const present = { state: 'present' };

describeWithBackend(['vault', 'kubernetes', 'etcd'], 'the Kubernetes login', () => {
  let world: LoginWorld;
  beforeAll(async () => {
    world = await startLoginWorld(policy);
    await world.admin.put('app/a', { a: 1 });
  });
  afterAll(() => world.stop());

  const tokenOf = (account: Account = voxsync, wishes: TokenWishes = { audience }) =>
    requestToken(world.kubernetes.api, account, wishes);
  const openWith = async (token: string, changes: { role?: string; mountPath?: string } = {}) => {
    const file = await fileWith(token);
    const auth = { method: 'kubernetes', role: 'voxsync', token: { file }, ...changes } as const;
    return { file, source: await open({ address: world.vault.address, auth }) };
  };
  const observe = async (token: string, changes: { role?: string; mountPath?: string } = {}) =>
    observeOne((await openWith(token, changes)).source, { secret: 'app/a' });

  test('lets a pod read a secret, byte for byte', async () => {
    const { kubernetes, admin } = world;
    const secret = {
      'odd key': ' "\\€😀\u0000\r\n\t',
      pem: '-----BEGIN KEY-----\nMII=\n-----END KEY-----\n',
    };
    await admin.put('app/odd', secret);
    const pod = await createPod(kubernetes.api, voxsync, 'voxsync-1');
    const { source } = await openWith(`${await tokenOf(voxsync, { audience, pod })}\n`);
    const reading = await readOne(source, { secret: 'app/odd' });
    expect(JSON.parse(textOf(reading))).toEqual(secret);
    expect(await source.identify?.(new AbortController().signal)).toBe(
      'token kubernetes-voice-voxsync, policies default, voxsync',
    );
  });

  test('is found at another mount path', async () => {
    await world.mountLogin('clusters/east');
    await world.createRole('clusters/east', { audience: 'vault-of-the-east' });
    const token = await tokenOf(voxsync, { audience: 'vault-of-the-east' });
    expect(await observe(token)).toMatchObject({ state: 'unresolved' });
    expect(await observe(token, { mountPath: '/clusters/east/' })).toMatchObject(present);
  });

  test('takes the plain token of a pod, where a role asks for no audience and the pod may review itself', async () => {
    const { api } = world.kubernetes;
    await bindClusterRole(api, 'system:auth-delegator', voxsync);
    await world.mountLogin('itself', { token_reviewer_jwt: '' });
    await world.createRole('itself', { audience: '' });
    expect(await observe(await tokenOf(voxsync, {}), { mountPath: 'itself' })).toMatchObject(present);
  });

  test('reads the token file anew at each login, and is refused with a token whose pod is gone', async () => {
    const { api } = world.kubernetes;
    await world.mountLogin('short');
    await world.createRole('short', { token_ttl: '2s', token_explicit_max_ttl: '4s' });
    const pods = [await createPod(api, voxsync, 'old'), await createPod(api, voxsync, 'new')] as const;
    const [old, unused] = [
      await tokenOf(voxsync, { audience, pod: pods[0] }),
      await tokenOf(voxsync, { audience, pod: pods[0] }),
    ];
    const renewed = await tokenOf(voxsync, { audience, pod: pods[1] });
    const proxy = await startFaultyProxy(world.vault.address);
    onTestFinished(() => proxy.close());
    const sent: string[] = [];
    proxy.misbehave(({ path, body }) => {
      if (path.endsWith('/login')) sent.push(JSON.parse(body).jwt);
      return undefined;
    });
    const file = await fileWith(old);
    const auth = { method: 'kubernetes', role: 'voxsync', token: { file }, mountPath: 'short' } as const;
    const source = await open({ address: proxy.endpoint, auth });
    expect(await observeOne(source, { secret: 'app/a' })).toMatchObject(present);

    await writeFile(file, renewed);
    await deletePod(api, pods[0]);
    await expect
      .poll(
        async () => {
          expect(await observeOne(source, { secret: 'app/a' })).toMatchObject(present);
          return sent.length;
        },
        { interval: 50 },
      )
      .toBeGreaterThanOrEqual(2);
    expect([sent[0], ...new Set(sent.slice(1))]).toEqual([old, renewed]);

    // Not the one that was used: the API server remembers for ten seconds what it has accepted.
    await writeFile(file, unused);
    await expect
      .poll(() => observeOne(source, { secret: 'app/a' }), { interval: 50 })
      .toMatchObject({ state: 'unresolved', error: { code: 'source-refused' } });
  });

  test('is renewed for as long as it is needed', async () => {
    await world.mountLogin('periodic');
    await world.createRole('periodic', { token_ttl: '0', token_period: '4s' });
    const proxy = await startFaultyProxy(world.vault.address);
    onTestFinished(() => proxy.close());
    const token = { file: await fileWith(await tokenOf()) };
    const auth = { method: 'kubernetes', role: 'voxsync', token, mountPath: 'periodic' } as const;
    const source = await open({ address: proxy.endpoint, auth });
    const count = (end: string) => proxy.journal.filter(({ path }) => path.endsWith(end)).length;
    await expect
      .poll(
        async () => {
          expect(await observeOne(source, { secret: 'app/a' })).toMatchObject(present);
          return count('/renew-self');
        },
        { interval: 50 },
      )
      .toBeGreaterThanOrEqual(2);
    expect(count('/login')).toBe(1);
  });

  describeRefusals(() => ({ world, tokenOf, observe }));
});

interface Place {
  readonly world: LoginWorld;
  readonly tokenOf: (account?: Account, wishes?: TokenWishes) => Promise<string>;
  readonly observe: (
    token: string,
    changes?: { role?: string; mountPath?: string },
  ) => Promise<{ readonly state: string }>;
}

function describeRefusals(place: () => Place): void {
  const login = 'vault: Vault refused the login at auth/kubernetes/login for the role "voxsync"';
  const unconfirmed = `${login} (403): Kubernetes did not confirm the token, or Vault could not ask it`;
  /** The error of a login with this token; nothing of the token may be in it. */
  const refusal = async (token: string, changes: { role?: string; mountPath?: string } = {}) => {
    const error = errorOf(await place().observe(token, changes));
    expect(error.code).toBe('source-refused');
    const all = inspect(error, { depth: 9, showHidden: true });
    expect(token.split('.').filter((part) => part.length > 20 && all.includes(part))).toEqual([]);
    return { message: error.message, hint: error.hint };
  };
  const hinting = (...words: readonly string[]) => expect.stringMatching(new RegExp(words.join('.*')));
  const createOther = async (account: Account): Promise<Account> => {
    const { api } = place().world.kubernetes;
    if (account.namespace !== voxsync.namespace) await createNamespace(api, account.namespace);
    await createAccount(api, account);
    return account;
  };
  /** The claims of a real token, with others in their place, signed anew. */
  const signAnew = async (claims: object, key: CryptoKey | KeyObject): Promise<string> => {
    const real = decodeJwt(await place().tokenOf());
    return new SignJWT({ ...real, ...claims }).setProtectedHeader({ alg: 'ES256' }).sign(key);
  };

  test('refuses a role that does not exist', async () => {
    expect(await refusal(await place().tokenOf(), { role: 'nobody' })).toEqual({
      message:
        'vault: Vault refused the login at auth/kubernetes/login for the role "nobody" (400): there is no such role',
      hint: hinting('`role`', '`mountPath`'),
    });
  });

  test.each([
    ['another audience', { audience: 'other' }],
    ['the audience of the API server', {}],
  ])('refuses a token for %s', async (_case, wishes) => {
    expect(await refusal(await place().tokenOf(voxsync, wishes))).toEqual({
      message: `${login} (403): the token is for another audience`,
      hint: hinting('projected token', '`audience`'),
    });
  });

  test('refuses a service account that the role does not bind, by its name or its namespace', async () => {
    const other = await createOther({ namespace: voxsync.namespace, name: 'other' });
    expect(await refusal(await place().tokenOf(other))).toEqual({
      message: `${login} (403): the role does not bind a service account of this name`,
      hint: hinting('`bound_service_account_names`'),
    });
    const elsewhere = await createOther({ namespace: 'elsewhere', name: voxsync.name });
    expect(await refusal(await place().tokenOf(elsewhere))).toEqual({
      message: `${login} (403): the role does not bind the namespace of the service account`,
      hint: hinting('`bound_service_account_namespaces`'),
    });
  });

  test('refuses a service account that was deleted, and one of its name that was made anew', async () => {
    const { world, tokenOf } = place();
    await world.createRole('kubernetes', { bound_service_account_names: 'voxsync,passing' });
    const passing = await createOther({ namespace: voxsync.namespace, name: 'passing' });
    const [first, second] = [await tokenOf(passing), await tokenOf(passing)];
    await deleteAccount(world.kubernetes.api, passing);
    const gone = { message: unconfirmed, hint: hinting('service account.*gone', '`system:auth-delegator`') };
    expect(await refusal(first)).toEqual(gone);
    await createAccount(world.kubernetes.api, passing);
    expect(await refusal(second)).toEqual(gone);
    expect(await place().observe(await tokenOf(passing))).toMatchObject(present);
  });

  test('refuses a token that has expired, and one that somebody else has signed', async () => {
    const key = createPrivateKey(place().world.kubernetes.signingKey);
    const now = Math.floor(Date.now() / 1000);
    expect(await place().observe(await signAnew({ jti: 'its own' }, key))).toMatchObject(present);
    const old = { iat: now - 7200, nbf: now - 7200, exp: now - 3600 };
    expect(await refusal(await signAnew(old, key))).toEqual({
      message: `${login} (403): the token has expired`,
      hint: hinting('projected token'),
    });
    const { privateKey } = await generateKeyPair('ES256');
    expect(await refusal(await signAnew({}, privateKey))).toMatchObject({ message: unconfirmed });
    expect(await refusal('no.token.atall')).toMatchObject({ message: unconfirmed });
  });

  test('refuses where Vault cannot ask the API server, or may not, or does not know which', async () => {
    const { world, tokenOf } = place();
    const powerless = await createOther({ namespace: 'powerless', name: 'reviewer' });
    await world.mountLogin('down', { kubernetes_host: 'https://127.0.0.1:1' });
    await world.mountLogin('stranger', { kubernetes_ca_cert: '' });
    await world.mountLogin('powerless', { token_reviewer_jwt: await tokenOf(powerless, {}) });
    for (const mountPath of ['down', 'stranger', 'powerless', 'not-mounted']) {
      if (mountPath !== 'not-mounted') await world.createRole(mountPath);
      expect(await refusal(await tokenOf(), { mountPath })).toEqual({
        message: unconfirmed.replace('auth/kubernetes/', `auth/${mountPath}/`),
        hint: hinting('`mountPath`', '`kubernetes_host`, `kubernetes_ca_cert`', '`system:auth-delegator`'),
      });
    }
    await world.admin.call('POST', 'sys/auth/empty', { type: kubernetesPlugin });
    await world.createRole('empty');
    expect(await refusal(await tokenOf(), { mountPath: 'empty' })).toEqual({
      message: `${login.replace('auth/kubernetes/', 'auth/empty/')} (500): the method is mounted there, but not configured`,
      hint: hinting('configuration of the method'),
    });
  });
}

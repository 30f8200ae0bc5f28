// Logging in with a password or a signed token, on a real Vault; and each method at a mount path of its own.
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { VaultSettings } from '../../../src/sources/vault/source.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { listenOnLoopback } from '../../proxy/faulty-proxy.ts';
import { errorOf, fileWith, observeOne, open } from './setup.ts';
import { startWorld, type World } from './world.ts';

const present = expect.objectContaining({ state: 'present' });
const reference = { secret: 'app/0' };

/** Who signs tokens, as a CI system does. */
async function openIssuer(issuer: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const sign = (subject: string, lifetimeSeconds = 600) =>
    new SignJWT({ sub: subject })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(issuer)
      .setAudience('vault')
      .setIssuedAt(Math.floor(Date.now() / 1000) - 3600)
      .setExpirationTime(Math.floor(Date.now() / 1000) + lifetimeSeconds)
      .sign(privateKey);
  return { publicKey, sign };
}

describeWithBackend('vault', 'logins', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());
  const enable = (path: string, type: string) => world.admin.call('POST', `sys/auth/${path}`, { type });
  const openWith = (auth: VaultSettings['auth']) => {
    world.watch();
    return open({ address: world.proxy.endpoint, auth });
  };
  const observe = async (auth: VaultSettings['auth']) => observeOne(await openWith(auth), reference);
  const loginPaths = () =>
    world.proxy.journal.map(({ path }) => path).filter((path) => path.includes('/login'));

  test('by user name and password, an odd password included', async () => {
    const username = 'vox.sync-1';
    const password = ' pa"ss\\w€rd ';
    await enable('userpass', 'userpass');
    await world.admin.call('POST', `auth/userpass/users/${encodeURIComponent(username)}`, {
      password,
      token_policies: ['app'],
    });
    const auth = {
      method: 'userpass',
      username,
      password: { file: await fileWith(`${password}\n`) },
    } as const;
    expect(await observe(auth)).toEqual(present);
    expect(loginPaths()).toEqual([`/v1/auth/userpass/login/${username}`]);
    const error = errorOf(await observe({ ...auth, password: { file: await fileWith('canary-word') } }));
    expect(error).toMatchObject({
      code: 'source-refused',
      message: `vault: Vault refused the login at auth/userpass/login/${username} (400)`,
      hint: expect.stringContaining('`password`'),
    });
    await expect(openWith({ ...auth, username: '../x' })).rejects.toMatchObject({
      code: 'source-invalid',
      message: expect.stringContaining('auth.username'),
    });
  });

  test('by a user name and password that do not do alone: a second factor is told', async () => {
    await enable('people', 'userpass');
    await world.admin.call('POST', 'auth/people/users/voxsync', { password: 'p', token_policies: ['app'] });
    const { method_id: method } = await world.admin.call('POST', 'identity/mfa/method/totp', { issuer: 'v' });
    const accessors = await world.admin.call('GET', 'sys/auth');
    await world.admin.call('POST', 'identity/mfa/login-enforcement/people', {
      mfa_method_ids: [method],
      auth_method_accessors: [accessors['people/']?.['accessor']],
    });
    const password = { file: await fileWith('p') };
    const error = errorOf(
      await observe({ method: 'userpass', username: 'voxsync', password, mountPath: 'people' }),
    );
    expect(error).toMatchObject({
      code: 'source-refused',
      message:
        'vault: the login at auth/people/login/voxsync asks for a second factor, which voxsync cannot give',
      hint: expect.stringContaining('login enforcement'),
    });
  });

  test('by a signed token in a file, which is read anew at each login', async () => {
    const { publicKey, sign } = await openIssuer('https://ci.example');
    await enable('team/jwt', 'jwt');
    await world.admin.call('POST', 'auth/team/jwt/config', {
      jwt_validation_pubkeys: [await exportSPKI(publicKey)],
    });
    await world.admin.call('POST', 'auth/team/jwt/role/ci', {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['vault'],
      bound_subject: 'repo:acme',
      token_policies: ['app'],
      token_type: 'service',
    });
    const file = await fileWith(`${await sign('repo:acme', -3000)}\n`);
    const source = await openWith({ method: 'jwt', role: 'ci', token: { file }, mountPath: '/team/jwt/' });
    const old = await readFile(file, 'utf8');
    const error = errorOf(await observeOne(source, reference));
    expect(error).toMatchObject({
      code: 'source-refused',
      message:
        'vault: Vault refused the login at auth/team/jwt/login for the role "ci" (400): the token has expired',
      hint: expect.stringContaining('`auth.token`'),
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(old.slice(0, 20));
    await writeFile(file, await sign('repo:other'));
    expect(errorOf(await observeOne(source, reference))).toMatchObject({
      code: 'source-refused',
      message: expect.stringMatching(/\(400\): the token lacks a claim that the role binds$/),
      hint: expect.stringContaining('`bound_subject`'),
    });
    await writeFile(file, await sign('repo:acme'));
    expect(await observeOne(source, reference)).toEqual(present);
  });

  test('by the OIDC token of a CI job, in a variable, whose issuer Vault asks for its keys', async () => {
    let keys: object = {};
    const server = createServer(({ url }, answer) => {
      const configuration = {
        issuer: address,
        jwks_uri: `${address}/keys`,
        id_token_signing_alg_values_supported: ['ES256'],
      };
      answer.setHeader('content-type', 'application/json');
      answer.end(JSON.stringify(url === '/keys' ? keys : configuration));
    });
    const address = await listenOnLoopback(server);
    onTestFinished(() => void server.close());
    const { publicKey, sign } = await openIssuer(address);
    keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] };
    await enable('ci', 'oidc');
    await world.admin.call('POST', 'auth/ci/config', { oidc_discovery_url: address, bound_issuer: address });
    await world.admin.call('POST', 'auth/ci/role/deploy', {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['vault'],
      bound_claims: { sub: 'repo:acme' },
      token_policies: ['app'],
    });
    const auth = { method: 'jwt', role: 'deploy', token: { env: 'CI_ID_TOKEN' }, mountPath: 'ci' } as const;
    vi.stubEnv('CI_ID_TOKEN', `${await sign('repo:acme')}\n`);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await observe(auth)).toEqual(present);
    vi.stubEnv('CI_ID_TOKEN', await sign('repo:other'));
    expect(errorOf(await observe(auth)).code).toBe('source-refused');
    vi.stubEnv('CI_ID_TOKEN', '');
    expect(errorOf(await observe(auth)).message).toBe(
      'vault: auth.token: the environment variable CI_ID_TOKEN is empty',
    );
  });

  test.each([[undefined], ['clusters/eu']])(
    'by a service account token, in the form of the Kubernetes method, at the mount path %s',
    async (mountPath) => {
      const asked: unknown[] = [];
      const server = createServer((incoming, outgoing) => {
        let body = '';
        incoming.on('data', (chunk) => (body += chunk));
        incoming.on('end', () => {
          asked.push([incoming.method, incoming.url, body, incoming.headers['x-vault-token']]);
          outgoing.writeHead(403).end('{"errors":["permission denied"]}');
        });
      });
      const address = await listenOnLoopback(server);
      onTestFinished(() => void server.close());
      const token = { file: await fileWith('a.b.c\n') };
      const source = await open({
        address,
        auth: { method: 'kubernetes', role: 'voxsync', token, mountPath },
      });
      const path = `auth/${mountPath ?? 'kubernetes'}/login`;
      expect(errorOf(await observeOne(source, reference))).toMatchObject({
        message: expect.stringContaining(`${path} for the role "voxsync" (403): Kubernetes did not`),
        hint: expect.stringContaining('service account'),
      });
      await writeFile(token.file, 'd.e.f');
      await observeOne(source, reference);
      expect(asked).toEqual(
        ['a.b.c', 'd.e.f'].map((jwt) => [
          'POST',
          `/v1/${path}`,
          JSON.stringify({ role: 'voxsync', jwt }),
          undefined,
        ]),
      );
    },
  );

  test('a mount path that cannot be one is refused before anything is sent', async () => {
    const password = { file: '/p' };
    for (const mountPath of ['', '/', 'a/../b', 'a//b']) {
      await expect(
        openWith({ method: 'userpass', username: 'u', password, mountPath }),
      ).rejects.toMatchObject({
        code: 'source-invalid',
        message: expect.stringContaining('auth.mountPath'),
      });
    }
  });

  test('one that is not mounted is told with its path', async () => {
    const password = { file: await fileWith('p') };
    const auth = { method: 'userpass', username: 'u', password, mountPath: 'none/here' } as const;
    expect(errorOf(await observe(auth))).toMatchObject({
      code: 'source-refused',
      message: 'vault: Vault refused the login at auth/none/here/login/u (403)',
      hint: expect.stringContaining('`mountPath`'),
    });
  });
});

// Every way to log in beside AppRole, on a real Vault: passwords, signed tokens, client certificates, wrapped SecretIDs.
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { Agent } from 'undici';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { VaultSettings } from '../../../src/sources/vault/source.ts';
import { startVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { listenOnLoopback, startFaultyProxy } from '../../proxy/faulty-proxy.ts';
import { adminOf, errorOf, fileWith, observeOne, open, type Admin } from './setup.ts';

type Auth<Method> = Extract<VaultSettings['auth'], { method: Method }>;

const policy = 'path "secret/+/app/*" { capabilities = ["read"] }';
const present = expect.objectContaining({ state: 'present' });

describeWithBackend('vault', 'logins', () => {
  let vault: VaultServer;
  let admin: Admin;
  beforeAll(async () => {
    vault = await startVault();
    admin = adminOf(vault.address, vault.rootToken);
    await admin.put('app/a', { a: 1 });
    await admin.call('PUT', 'sys/policies/acl/app', { policy });
    for (const [path, type] of Object.entries({
      userpass: 'userpass',
      'team/jwt': 'jwt',
      approle: 'approle',
    })) {
      await admin.call('POST', `sys/auth/${path}`, { type });
    }
  });
  afterAll(() => vault.stop());
  const observe = async (auth: VaultSettings['auth']) =>
    observeOne(await open({ address: vault.address, auth }), { secret: 'app/a' });

  test('by user name and password, an odd password included', async () => {
    const username = 'vox.sync-1';
    const password = ' pa"ss\\w€rd ';
    await admin.call('POST', `auth/userpass/users/${encodeURIComponent(username)}`, {
      password,
      token_policies: ['app'],
    });
    const auth = {
      method: 'userpass',
      username,
      password: { file: await fileWith(`${password}\n`) },
    } as const;
    expect(await observe(auth)).toEqual(present);
    const error = errorOf(await observe({ ...auth, password: { file: await fileWith('canary-word') } }));
    expect(error).toMatchObject({
      code: 'source-refused',
      message: `vault: Vault refused the login at auth/userpass/login/${username} (400)`,
      hint: expect.stringContaining('`password`'),
    });
    expect(
      errorOf(
        await observe({ ...auth, username: '../x' }).catch((error) => ({ state: 'unresolved', error })),
      ),
    ).toMatchObject({ code: 'source-invalid', message: expect.stringContaining('auth.username') });
  });

  test('by a signed token, which is read anew at each login', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const sign = (subject: string, lifetimeSeconds = 600) =>
      new SignJWT({ sub: subject })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer('https://ci.example')
        .setAudience('vault')
        .setIssuedAt(Math.floor(Date.now() / 1000) - 3600)
        .setExpirationTime(Math.floor(Date.now() / 1000) + lifetimeSeconds)
        .sign(privateKey);
    await admin.call('POST', 'auth/team/jwt/config', {
      jwt_validation_pubkeys: [await exportSPKI(publicKey)],
    });
    await admin.call('POST', 'auth/team/jwt/role/ci', {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['vault'],
      bound_subject: 'repo:acme',
      token_policies: ['app'],
      token_type: 'service',
    });
    const file = await fileWith(`${await sign('repo:acme', -3000)}\n`);
    const source = await open({
      address: vault.address,
      auth: { method: 'jwt', role: 'ci', token: { file }, mountPath: '/team/jwt/' },
    });
    const old = await readFile(file, 'utf8');
    const error = errorOf(await observeOne(source, { secret: 'app/a' }));
    expect(error).toMatchObject({
      code: 'source-refused',
      message:
        'vault: Vault refused the login at auth/team/jwt/login for the role "ci" (400): the token has expired',
      hint: expect.stringContaining('`auth.token`'),
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(old.slice(0, 20));
    await writeFile(file, await sign('repo:other'));
    expect(errorOf(await observeOne(source, { secret: 'app/a' }))).toMatchObject({
      code: 'source-refused',
      message: expect.stringMatching(/\(400\): the token lacks a claim that the role binds$/),
      hint: expect.stringContaining('`bound_subject`'),
    });
    await writeFile(file, await sign('repo:acme'));
    expect(await observeOne(source, { secret: 'app/a' })).toEqual(present);
  });

  test('by a service account token, in the form of the Kubernetes method', async () => {
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
    const source = await open({ address, auth: { method: 'kubernetes', role: 'voxsync', token } });
    const error = errorOf(await observeOne(source, { secret: 'app/a' }));
    expect(error).toMatchObject({
      message: expect.stringContaining(
        'auth/kubernetes/login for the role "voxsync" (403): Kubernetes did not',
      ),
      hint: expect.stringContaining('service account'),
    });
    await writeFile(token.file, 'd.e.f');
    await observeOne(source, { secret: 'app/a' });
    expect(asked).toEqual(
      ['a.b.c', 'd.e.f'].map((jwt) => [
        'POST',
        '/v1/auth/kubernetes/login',
        JSON.stringify({ role: 'voxsync', jwt }),
        undefined,
      ]),
    );
  });

  describeWrapping(() => ({ vault, admin }));
});

function describeWrapping(place: () => { readonly vault: VaultServer; readonly admin: Admin }): void {
  /** A wrapping token around what a POST to the path gives. */
  const wrap = async (path: string): Promise<string> => {
    const { vault } = place();
    const answer = await fetch(`${vault.address}/v1/${path}`, {
      method: 'POST',
      headers: { 'x-vault-token': vault.rootToken, 'x-vault-wrap-ttl': '5m' },
    });
    const { wrap_info: info } = JSON.parse(await answer.text());
    return String(info.token);
  };
  const wrapped = async (token: string): Promise<Auth<'approle'>> => {
    const { admin } = place();
    const { role_id: roleId } = await admin.call('GET', 'auth/approle/role/app/role-id');
    const secretId = { file: await fileWith(`${token}\n`) };
    return { method: 'approle', roleId: String(roleId), secretId, wrapped: true };
  };
  const secretIdPath = 'auth/approle/role/app/secret-id';
  const start = async (token: string) => {
    const { vault, admin } = place();
    await admin.call('POST', 'auth/approle/role/app', { token_policies: ['app'], token_ttl: '1h' });
    const auth = await wrapped(token);
    return { auth, source: await open({ address: vault.address, auth }) };
  };

  test('by a wrapped SecretID, which is opened once and kept for later logins', async () => {
    const { admin } = place();
    await admin.call('POST', 'auth/approle/role/app', { token_policies: ['app'] });
    const proxy = await startFaultyProxy(place().vault.address);
    onTestFinished(() => proxy.close());
    const auth = await wrapped(await wrap(secretIdPath));
    const source = await open({ address: proxy.endpoint, auth });
    expect(await observeOne(source, { secret: 'app/a' })).toEqual(present);
    await admin.call('POST', 'sys/leases/revoke-prefix/auth/approle/login', { sync: true });
    expect(await observeOne(source, { secret: 'app/a' })).toEqual(present);
    const asked = proxy.journal.map(({ path }) => path.replace('/v1/', ''));
    expect(asked.filter((path) => path === 'sys/wrapping/unwrap')).toHaveLength(1);
    expect(asked.filter((path) => path === 'auth/approle/login')).toHaveLength(2);
  });

  test('raises the alarm over a wrapping token that was opened before, and takes the next one', async () => {
    const { vault, admin } = place();
    await admin.call('POST', 'auth/approle/role/app', { token_policies: ['app'] });
    const token = await wrap(secretIdPath);
    await adminOf(vault.address, token).call('POST', 'sys/wrapping/unwrap', {});
    const { auth, source } = await start(token);
    const error = errorOf(await observeOne(source, { secret: 'app/a' }));
    expect(error).toMatchObject({
      code: 'source-refused',
      message: expect.stringContaining('opened before'),
      hint: expect.stringContaining('treat the SecretID as stolen'),
    });
    expect(`${error.message}${error.hint}`).not.toContain(token);
    if (!('file' in auth.secretId)) throw new Error('not a file');
    await writeFile(auth.secretId.file, await wrap(secretIdPath));
    expect(await observeOne(source, { secret: 'app/a' })).toEqual(present);
  });

  test('does not open a wrapping token that another path has made', async () => {
    const { vault, admin } = place();
    await admin.call('POST', 'auth/approle/role/app', { token_policies: ['app'] });
    const token = await wrap('sys/wrapping/wrap');
    const { source } = await start(token);
    expect(errorOf(await observeOne(source, { secret: 'app/a' }))).toMatchObject({
      code: 'source-refused',
      message: expect.stringContaining('was made by "sys/wrapping/wrap"'),
      hint: expect.stringContaining('stolen'),
    });
    await adminOf(vault.address, token).call('POST', 'sys/wrapping/unwrap', {});
    const { source: plain } = await start('two words');
    expect(errorOf(await observeOne(plain, { secret: 'app/a' })).code).toBe('source-invalid');
  });
}

describeWithBackend('vault', 'logins by certificate', () => {
  let vault: VaultServer;
  let admin: Admin;
  const opened: Agent[] = [];
  beforeAll(async () => {
    vault = await startVault({ tls: true });
    opened.push(new Agent({ connect: { ca: await readFile(vault.caFile!) } }));
    admin = adminOf(vault.address, vault.rootToken, opened[0]);
    await admin.put('app/a', { a: 1 });
    await admin.call('PUT', 'sys/policies/acl/app', { policy });
    await admin.call('POST', 'sys/auth/cert', { type: 'cert' });
    await admin.call('POST', 'sys/mounts/pki', { type: 'pki' });
    const { certificate } = await admin.call('POST', 'pki/root/generate/internal', {
      common_name: 'clients',
    });
    await admin.call('POST', 'pki/roles/client', { allow_any_name: true, ext_key_usage: ['ClientAuth'] });
    await admin.call('POST', 'auth/cert/certs/app', {
      certificate,
      allowed_common_names: ['voxsync', 'voxsync-2'],
      token_policies: ['app'],
    });
  });
  afterAll(async () => {
    await opened[0]?.close();
    await vault.stop();
  });
  const issue = async (name: string): Promise<{ certificate: string; key: string }> => {
    const issued = await admin.call('POST', 'pki/issue/client', { common_name: name, ttl: '1h' });
    return { certificate: String(issued['certificate']), key: String(issued['private_key']) };
  };
  const authOf = async ({ certificate, key }: { certificate: string; key: string }) => {
    const files = { certificate: await fileWith(certificate), key: await fileWith(key) };
    const auth = {
      method: 'cert',
      certificate: { file: files.certificate },
      key: { file: files.key },
    } satisfies Auth<'cert'>;
    return { files, auth };
  };
  const openTls = (auth: Auth<'cert'>) => open({ address: vault.address, ca: { file: vault.caFile! }, auth });

  test('shows the certificate, and the changed one at the next login', async () => {
    const { files, auth } = await authOf(await issue('stranger'));
    const source = await openTls({ ...auth, role: 'app' });
    expect(errorOf(await observeOne(source, { secret: 'app/a' }))).toMatchObject({
      code: 'source-refused',
      message: 'vault: Vault refused the login at auth/cert/login for the role "app" (400)',
      hint: expect.stringContaining('`certificate`'),
    });
    const mine = await issue('voxsync');
    await writeFile(files.certificate, mine.certificate);
    const torn = errorOf(await observeOne(source, { secret: 'app/a' }));
    expect(torn.message).toContain('`key` is not the key of `certificate`');
    await writeFile(files.key, mine.key);
    expect(await observeOne(source, { secret: 'app/a' })).toEqual(present);
  });

  test('is tried against all roles where none is named', async () => {
    const { auth } = await authOf(await issue('voxsync-2'));
    expect(await observeOne(await openTls(auth), { secret: 'app/a' })).toEqual(present);
    expect(
      errorOf(await observeOne(await openTls({ ...auth, role: 'none' }), { secret: 'app/a' })).code,
    ).toBe('source-refused');
  });

  test('needs https, and files that hold PEM', async () => {
    const { auth } = await authOf({ certificate: 'none', key: 'none' });
    expect(errorOf(await observeOne(await openTls(auth), { secret: 'app/a' })).message).toContain(
      '`certificate`',
    );
    await expect(open({ address: 'http://127.0.0.1:1', auth })).rejects.toMatchObject({
      code: 'source-invalid',
      message: expect.stringContaining('https'),
    });
  });
});

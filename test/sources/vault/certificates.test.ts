// TLS to a real Vault: authorities that are trusted, names that are checked, and logins by a client certificate.
import { createPrivateKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VaultSettings } from '../../../src/sources/vault/source.ts';
import { startVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { adminOf, errorOf, fileWith, observeOne, open, tokenAuth, type Admin } from './setup.ts';
import { policy, type Auth } from './world.ts';

const present = expect.objectContaining({ state: 'present' });
const reference = { secret: 'app/0' };

interface Pair {
  readonly certificate: string;
  readonly key: string;
}

describeWithBackend('vault', 'Vault over TLS', () => {
  let vault: VaultServer;
  let admin: Admin;
  let agent: Agent;
  /** The authority of the clients, which signs no server. */
  let clients: string;
  let audit: string;
  beforeAll(async () => {
    vault = await startVault({ tls: true });
    agent = new Agent({ connect: { ca: await readFile(vault.caFile!) } });
    admin = adminOf(vault.address, vault.rootToken, agent);
    await admin.put('app/0', { a: 1 });
    await admin.call('PUT', 'sys/policies/acl/app', { policy });
    await admin.call('POST', 'sys/mounts/pki', { type: 'pki' });
    const { certificate } = await admin.call('POST', 'pki/root/generate/internal', {
      common_name: 'clients',
    });
    clients = String(certificate);
    await admin.call('POST', 'pki/roles/client', { allow_any_name: true, ext_key_usage: ['ClientAuth'] });
    audit = `${vault.caFile}.audit`;
    await admin.call('PUT', 'sys/audit/file', { type: 'file', options: { file_path: audit } });
  });
  afterAll(async () => {
    await agent.close();
    await vault.stop();
  });
  const openTls = (more: Partial<VaultSettings>) =>
    open({ address: vault.address, auth: tokenAuth(vault.rootToken), ...more });
  const trusted = () => ({ ca: { file: vault.caFile! } });

  describe('its own certificate', () => {
    test('is trusted by `ca`, under the name that is given', async () => {
      expect(await observeOne(await openTls(trusted()), reference)).toEqual(present);
      const named = await openTls({ ...trusted(), serverName: 'localhost' });
      expect(await observeOne(named, reference)).toEqual(present);
    });

    test('is refused, and each reason is told', async () => {
      const ca = trusted();
      for (const [more, message, hint] of [
        [{}, 'an authority that is not trusted', '`ca: '],
        [{ ca: { file: await fileWith(clients) } }, 'an authority that is not trusted', '`ca: '],
        [{ ...ca, serverName: 'vault.example' }, 'a certificate for another name', '`serverName`'],
        [{ ca: { file: await fileWith('no certificate') } }, 'ca', ''],
        [{ ca: { file: '/nonexistent/ca.pem' } }, 'ca: the file /nonexistent/ca.pem does not exist', 'path'],
        [{ ...ca, address: vault.address.replace('https', 'http') }, 'not JSON', ''],
      ] as const) {
        const error = errorOf(await observeOne(await openTls(more), reference));
        expect(error.message).toContain(message);
        expect(error.hint).toContain(hint);
        expect(error.isRetryable).toBe(false);
      }
    });

    test('may come from another authority while we run: the file is read again', async () => {
      const file = await fileWith(clients);
      const source = await openTls({ ca: { file } });
      expect(errorOf(await observeOne(source, reference)).message).toContain('not trusted');
      await writeFile(file, await readFile(vault.caFile!));
      expect(await observeOne(source, reference)).toEqual(present);
    });
  });

  describe('a client certificate', () => {
    const allow = async (mountPath: string, role: object = {}) => {
      await admin.call('POST', `sys/auth/${mountPath}`, { type: 'cert' });
      await admin.call('POST', `auth/${mountPath}/certs/app`, {
        certificate: clients,
        allowed_common_names: ['voxsync'],
        token_policies: ['app'],
        ...role,
      });
    };
    const issue = async (name: string): Promise<Pair> => {
      const issued = await admin.call('POST', 'pki/issue/client', { common_name: name, ttl: '1h' });
      return { certificate: String(issued['certificate']), key: String(issued['private_key']) };
    };
    const authOf = async ({ certificate, key }: Pair, mountPath?: string) => {
      const files = { certificate: await fileWith(certificate), key: await fileWith(key) };
      const auth: Auth<'cert'> = {
        method: 'cert',
        certificate: { file: files.certificate },
        key: { file: files.key },
        mountPath,
      };
      return { files, auth };
    };
    const openWith = (auth: Auth<'cert'>) => openTls({ ...trusted(), auth });
    /** How many requests Vault has had for a path. */
    const count = async (path: string) => {
      const lines = (await readFile(audit, 'utf8')).trim().split('\n');
      const requests = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'request');
      return requests.filter(({ request }) => request.path === path).length;
    };

    test('is shown, and the changed one at the next login', async () => {
      await allow('cert');
      const { files, auth } = await authOf(await issue('stranger'));
      const source = await openWith({ ...auth, role: 'app' });
      expect(errorOf(await observeOne(source, reference))).toMatchObject({
        code: 'source-refused',
        message: 'vault: Vault refused the login at auth/cert/login for the role "app" (400)',
        hint: expect.stringMatching(/`certificate`.*`role`/),
      });
      const mine = await issue('voxsync');
      await writeFile(files.certificate, mine.certificate);
      const torn = errorOf(await observeOne(source, reference));
      expect(torn.message).toContain('`key` is not the key of `certificate`');
      expect(torn.hint).toContain('both files at once');
      await writeFile(files.key, mine.key);
      expect(await observeOne(source, reference)).toEqual(present);
    });

    test('is tried against all roles where none is named, at a mount path of its own', async () => {
      await allow('machines/eu');
      const { auth } = await authOf(await issue('voxsync'), 'machines/eu');
      expect(await observeOne(await openWith(auth), reference)).toEqual(present);
      expect(await count('auth/machines/eu/login')).toBe(1);
      const strange = await openWith({ ...auth, role: 'none' });
      expect(errorOf(await observeOne(strange, reference)).code).toBe('source-refused');
    });

    test('is bound to its token, which is renewed over a connection that shows it', async () => {
      await allow('short', { token_period: '4s' });
      const { auth } = await authOf(await issue('voxsync'), 'short');
      const source = await openWith(auth);
      await expect
        .poll(
          async () => {
            expect(await observeOne(source, reference)).toEqual(present);
            return count('auth/token/renew-self');
          },
          { interval: 100 },
        )
        .toBeGreaterThanOrEqual(3);
      expect(await count('auth/short/login')).toBe(1);
      await source.close();
      expect(await count('auth/token/revoke-self')).toBeGreaterThan(0);
    });

    test('needs https, and files that hold PEM without a passphrase', async () => {
      const { key, certificate } = await issue('voxsync');
      const locked = createPrivateKey(key).export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'canary',
      });
      for (const pair of [
        { certificate: 'none', key: 'none' },
        { certificate, key: 'none' },
        { certificate, key: String(locked) },
      ]) {
        const { auth } = await authOf(pair);
        const error = errorOf(await observeOne(await openWith(auth), reference));
        expect(error.message).toMatch(/`key` of `auth`, cannot be read/);
        expect(error.hint).toContain('without a passphrase');
      }
      const { auth } = await authOf({ certificate, key });
      await expect(open({ address: 'http://127.0.0.1:1', auth })).rejects.toMatchObject({
        code: 'source-invalid',
        message: expect.stringContaining('https'),
      });
    });
  });
});

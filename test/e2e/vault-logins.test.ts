// Each way to log in to a real Vault, from a config file to Voximplant: it works, and at trace level, with all of Node's
// own debugging on, nobody sees what was sent to prove who we are, what Vault gave for it, or what was read with it.
import { readFile } from 'node:fs/promises';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startVault, type VaultServer } from '../backends/start.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { adminOf, type Admin } from '../sources/vault/setup.ts';
import { hatch, tracesIn, type Canary } from './canaries.ts';
import { startEchoServer } from './echo-server.ts';
import { valuesOf } from './looks.ts';
import type { Finished } from './program.ts';
import { openStage, type Stage } from './stage.ts';

const policy = 'path "secret/+/app/*" { capabilities = ["read"] }';

/** Everything that prints more than it should. Node itself warns of it, which would hide what we look for. */
const debugging = {
  DEBUG: '*',
  NODE_DEBUG: 'http,http2,https,net,stream,tls,undici,fetch',
  NODE_NO_WARNINGS: '1',
};

interface Proof {
  /** As in a config; files and variables are written beside it. */
  readonly auth: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Finds what proves us, and nothing of it may be seen. */
function canariesOf({ files = {}, variables = {} }: Proof): readonly Canary[] {
  return Object.entries({ ...files, ...variables }).flatMap(([place, text]) =>
    text
      .split('\n')
      .filter((line) => line.length >= 32 && !line.startsWith('-----'))
      .map((value) => ({ place, value })),
  );
}

async function prepare(stage: Stage, address: string, proof: Proof, more: object = {}): Promise<void> {
  for (const [name, text] of Object.entries(proof.files ?? {})) await stage.save(name, text);
  Object.assign(stage.env, debugging, proof.variables);
  await stage.configure({
    sources: { vault: { kind: 'vault', address, auth: proof.auth, ...more } },
    mappings: [
      {
        application: 'app',
        secrets: [{ name: 'KEY', from: { source: 'vault', secret: 'app/one', field: 'key' } }],
      },
    ],
  });
}

/** Runs a command as loudly as it can be run. */
async function runLoudly(stage: Stage, ...args: readonly string[]): Promise<Finished> {
  const finished = await stage.voxsync(...args, '--log-level', 'trace');
  expect(finished.stderr).toMatch(/^(?:NET|TLS|UNDICI|STREAM) \d+:/m);
  return finished;
}

function expectNoTrace({ stdout, stderr }: Finished, canaries: readonly Canary[]): void {
  expect(tracesIn(stdout + stderr, canaries)).toEqual([]);
}

describeWithBackend('vault', 'a login', () => {
  let vault: VaultServer;
  let admin: Admin;
  let agent: Agent;
  let auditFile: string;
  const secret = hatch('the secret');
  const password = hatch('the password').value.replaceAll('\n', '');
  let sign: (subject: string) => Promise<string>;
  beforeAll(async () => {
    vault = await startVault({ tls: true });
    agent = new Agent({ connect: { ca: await readFile(vault.caFile!) } });
    admin = adminOf(vault.address, vault.rootToken, agent);
    await admin.put('app/one', { key: secret.value });
    await admin.call('PUT', 'sys/policies/acl/app', { policy });
    await prepareUserpass();
    await prepareAppRole();
    await prepareJwt();
    await prepareCertificates();
    auditFile = `${vault.caFile}.audit`;
    const options = { file_path: auditFile, log_raw: 'true' };
    await admin.call('PUT', 'sys/audit/file', { type: 'file', options });
  });
  afterAll(async () => {
    await agent.close();
    await vault.stop();
  });

  async function prepareUserpass(): Promise<void> {
    await admin.call('POST', 'sys/auth/people', { type: 'userpass' });
    await admin.call('POST', 'auth/people/users/voxsync', { password, token_policies: ['app'] });
  }
  async function prepareAppRole(): Promise<void> {
    await admin.call('POST', 'sys/auth/team/roles', { type: 'approle' });
    await admin.call('POST', 'auth/team/roles/role/app', { token_policies: ['app'] });
  }
  async function prepareJwt(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    sign = (subject) =>
      new SignJWT({ sub: subject, aud: 'vault' })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(privateKey);
    await admin.call('POST', 'sys/auth/ci', { type: 'jwt' });
    await admin.call('POST', 'auth/ci/config', { jwt_validation_pubkeys: [await exportSPKI(publicKey)] });
    await admin.call('POST', 'auth/ci/role/deploy', {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['vault'],
      bound_subject: 'acme',
      token_policies: ['app'],
    });
  }
  async function prepareCertificates(): Promise<void> {
    await admin.call('POST', 'sys/auth/machines', { type: 'cert' });
    await admin.call('POST', 'sys/mounts/pki', { type: 'pki' });
    const { certificate } = await admin.call('POST', 'pki/root/generate/internal', { common_name: 'c' });
    await admin.call('POST', 'pki/roles/client', { allow_any_name: true, ext_key_usage: ['ClientAuth'] });
    const role = { certificate, allowed_common_names: ['voxsync'], token_policies: ['app'] };
    await admin.call('POST', 'auth/machines/certs/app', role);
  }

  /** A SecretID, or with a time to live a wrapping token around one. */
  const secretIdOf = async (wrapTtl: string): Promise<string> => {
    const headers = { 'x-vault-token': vault.rootToken, 'x-vault-wrap-ttl': wrapTtl };
    const url = `${vault.address}/v1/auth/team/roles/role/app/secret-id`;
    const answer = await request(url, { method: 'POST', headers, dispatcher: agent });
    const { wrap_info: wrapping, data } = JSON.parse(await answer.body.text());
    return String(wrapping?.token ?? data.secret_id);
  };
  const roleId = async () => String((await admin.call('GET', 'auth/team/roles/role/app/role-id'))['role_id']);
  const client = async (name: string) => {
    const issued = await admin.call('POST', 'pki/issue/client', { common_name: name, ttl: '1h' });
    return { 'client.pem': `${issued['certificate']}\n`, 'key.pem': `${issued['private_key']}\n` };
  };
  const certificate = {
    method: 'cert',
    mountPath: 'machines',
    certificate: { file: 'client.pem' },
    key: { file: 'key.pem' },
  };

  /** By method: what is right, and what is wrong. */
  const proofs: Readonly<Record<string, (isRight: boolean) => Promise<Proof>>> = {
    token: async (isRight) => ({
      auth: { method: 'token', token: { file: 'token' } },
      files: { token: isRight ? await admin.issue(policy) : `hvs.${'0123456789abcdef'.repeat(4)}` },
    }),
    approle: async (isRight) => ({
      auth: {
        method: 'approle',
        mountPath: 'team/roles',
        roleId: await roleId(),
        secretId: { env: 'SECRET_ID' },
      },
      variables: { SECRET_ID: isRight ? await secretIdOf('0') : '01234567-89ab-cdef-0123-456789abcdef' },
    }),
    'wrapped approle': async (isRight) => ({
      auth: {
        method: 'approle',
        mountPath: isRight ? 'team/roles' : 'approle',
        roleId: await roleId(),
        secretId: { file: 'wrapping' },
        wrapped: true,
      },
      files: { wrapping: await secretIdOf('5m') },
    }),
    userpass: async (isRight) => ({
      auth: { method: 'userpass', mountPath: 'people', username: 'voxsync', password: { file: 'password' } },
      files: { password: isRight ? `${password}\n` : `${hatch('a wrong one').value}\n` },
    }),
    jwt: async (isRight) => ({
      auth: { method: 'jwt', mountPath: 'ci', role: 'deploy', token: { env: 'CI_ID_TOKEN' } },
      variables: { CI_ID_TOKEN: await sign(isRight ? 'acme' : 'stranger') },
    }),
    cert: async (isRight) => ({ auth: certificate, files: await client(isRight ? 'voxsync' : 'stranger') }),
  };

  /** What Vault issued and was shown, as its own raw audit log has it. */
  const issued = async (): Promise<readonly Canary[]> => {
    const found = (await readFile(auditFile, 'utf8')).matchAll(
      /"(client_token|token|secret_id)":"([^"]{20,})"/g,
    );
    const canaries = [...found].map(([, place = '', value = '']) => ({ place: `Vault's ${place}`, value }));
    expect(canaries.length).toBeGreaterThan(1);
    return canaries;
  };

  test.each(Object.keys(proofs))(
    'by %s: the value arrives, and nothing else is seen anywhere',
    async (method) => {
      const stage = await openStage();
      const right = await proofs[method]!(true);
      await prepare(stage, vault.address, right, { ca: { file: vault.caFile } });
      const first = await runLoudly(stage, 'sync');
      expect(first.exitCode).toBe(0);
      expect(valuesOf(stage, ['app'])).toEqual({ 'app KEY': secret.value });

      const wrong = await proofs[method]!(false);
      await prepare(stage, vault.address, wrong, { ca: { file: vault.caFile } });
      const sync = await runLoudly(stage, 'sync');
      const check = await runLoudly(stage, 'check', '--online');
      expect([sync.exitCode, check.exitCode]).toEqual([4, 4]);
      for (const { stdout } of [sync, check]) expect(stdout).toMatch(/hint: +\w/);
      expect(valuesOf(stage, ['app'])).toEqual({ 'app KEY': secret.value });

      const canaries = [secret, ...canariesOf(right), ...canariesOf(wrong), ...(await issued())];
      for (const finished of [first, sync, check]) expectNoTrace(finished, canaries);
    },
  );
});

test('what a refused login is answered with is not shown, though it repeats the login', async () => {
  const address = await startEchoServer('a value');
  const token = hatch('a signed token').value.replaceAll('\n', '');
  const files = { proof: token };
  const proof = { file: 'proof' };
  for (const auth of [
    { method: 'approle', roleId: 'role', secretId: proof },
    { method: 'userpass', username: 'voxsync', password: proof },
    { method: 'jwt', role: 'ci', token: proof },
    { method: 'kubernetes', role: 'voxsync', token: proof },
  ]) {
    const stage = await openStage();
    await prepare(stage, address, { auth, files });
    const finished = await runLoudly(stage, 'sync');
    expectNoTrace(finished, canariesOf({ auth, files }));
    expect([finished.exitCode, finished.stdout]).toEqual([
      4,
      expect.stringMatching(/Vault refused the login at auth\/\w+\/login.* \(400\).*\n +hint: /),
    ]);
  }
});

// Every place that credentials come from without a setting: whose keys sign, when they are fetched anew, and what a failure says.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Source } from '../../../src/sources/source.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import { listenOnLoopback } from '../../proxy/faulty-proxy.ts';
import type { World } from './setup.ts';
import { never, startWorld } from './setup.ts';
import type { SeenCall } from './sts.ts';
import { lasting, stsError, watch } from './sts.ts';

const minute = 60_000;
const roleArn = 'arn:aws:iam::123456789012:role/voxsync';
const startUrl = 'https://acme.awsapps.example/start';
const inTime = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();

describeWithBackend('moto', "the SDK's chain of credentials", () => {
  let world: World;
  let folder: string;
  let calls: SeenCall[];
  /** Stands for whatever gives out credentials by HTTP on the machine itself. */
  let giver: Server;
  let giverAddress: string;
  let asked: IncomingMessage[] = [];
  let give: () => { status?: number; body: unknown };

  beforeAll(async () => {
    world = await startWorld();
    // The SDK reads a shared file once: nothing may ask it before a test has written it.
    await world.create('prod/crm', 'a value');
    giver = createServer((request, response) => {
      asked.push(request);
      const { status = 200, body } = give();
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    giver.on('connect', (request, socket) => {
      asked.push(request);
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    giverAddress = await listenOnLoopback(giver);
  });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'voxsync-chain-'));
    set({
      HOME: folder,
      AWS_CONFIG_FILE: path.join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL_STS: world.proxy.endpoint,
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
    });
    calls = watch(world.proxy);
    asked = [];
    give = () => ({ body: keys('AKIAGIVEN', 60 * minute) });
  });

  afterEach(async () => {
    for (const name of Object.keys(changed)) vi.stubEnv(name, undefined);
    await rm(folder, { recursive: true });
  });

  afterAll(async () => {
    giver.close();
    await world.end();
  });

  const changed: Record<string, string | undefined> = {};
  const set = (variables: Record<string, string | undefined>) => {
    Object.assign(changed, variables);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  };
  const write = async (name: string, text: string): Promise<string> => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  const observe = async (source: Source) => (await source.observe([{ secret: 'prod/crm' }], never))[0];
  /** The key that signed the last call to Secrets Manager. */
  const keyAfter = async (source: Source) => {
    const observed = await observe(source);
    if (observed?.state === 'unresolved') throw observed.error;
    return calls.findLast(({ operation }) => !operation.startsWith('Assume'))?.key;
  };
  const failureOf = async (source: Source) => {
    const observed = await observe(source);
    if (observed?.state !== 'unresolved') throw new Error('nothing failed');
    const { code, message, hint } = observed.error;
    expect(JSON.stringify([message, hint])).not.toContain('hunter2');
    return { code, message, hint };
  };
  /** Credentials as the container endpoint gives them, and `credential_process`. */
  const keys = (key: string, lastsMs: number) => ({
    Version: 1,
    AccessKeyId: key,
    SecretAccessKey: 'example',
    Token: 'a token',
    SessionToken: 'a token',
    Expiration: inTime(lastsMs),
  });

  describe('environment', () => {
    test('the keys sign', async () => {
      set({ AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 't' });
      expect(await keyAfter(world.open())).toBe('AKIAENV');
    });
  });

  describe('a profile with credential_process', () => {
    const useProcess = async (script: string) => {
      const file = await write('give.sh', `echo asked >> '${folder}/asked'\n${script}\n`);
      await write('config', `[profile voice]\ncredential_process = sh '${file}'\n`);
    };
    const printing = (body: unknown) => `printf '%s' '${JSON.stringify(body)}'`;

    test('the keys that it prints sign', async () => {
      await useProcess(printing(keys('AKIAPROCESS', 60 * minute)));
      expect(await keyAfter(world.open({ profile: 'voice' }))).toBe('AKIAPROCESS');
    });

    test('is run again before they expire', async () => {
      await useProcess(printing(keys('AKIAOLD', minute)));
      const source = world.open({ profile: 'voice' });
      expect(await keyAfter(source)).toBe('AKIAOLD');
      await useProcess(printing(keys('AKIANEW', 60 * minute)));
      await expect.poll(() => keyAfter(source)).toBe('AKIANEW');
    });

    test('a failure names the profile, and nothing that the process said', async () => {
      await useProcess('echo hunter2; echo hunter2 >&2; exit 1');
      set({ AWS_PROFILE: 'voice' });
      const { code, message, hint } = await failureOf(world.open());
      expect({ code, message }).toEqual({
        code: 'source-refused',
        message: 'aws: no AWS credentials (CredentialsProviderError); tried the profile "voice"',
      });
      expect(hint).toContain('aws sts get-caller-identity --profile voice');
    });
  });

  describe('single sign-on', () => {
    const signIn = async (lastsMs: number) => {
      set({ AWS_ENDPOINT_URL_SSO: giverAddress });
      const lines = ['[profile voice]', `sso_start_url = ${startUrl}`, 'sso_region = eu-west-1'];
      await write(
        'config',
        [...lines, 'sso_account_id = 123456789012', 'sso_role_name = Reader', ''].join('\n'),
      );
      const name = createHash('sha1').update(startUrl).digest('hex');
      const token = { accessToken: 'hunter2', expiresAt: inTime(lastsMs) };
      await write(path.join('.aws', 'sso', 'cache', `${name}.json`), JSON.stringify(token));
    };
    const roleCredentials = (lastsMs: number) => ({
      accessKeyId: 'AKIASSO',
      secretAccessKey: 'x',
      sessionToken: 't',
      expiration: Date.now() + lastsMs,
    });

    test('the cached token gives the keys of the role', async () => {
      await signIn(60 * minute);
      give = () => ({ body: { roleCredentials: roleCredentials(60 * minute) } });
      expect(await keyAfter(world.open({ profile: 'voice' }))).toBe('AKIASSO');
      expect(asked[0]?.url).toMatch(/^\/federation\/credentials\?.*role_name=Reader/);
      expect(asked[0]?.headers['x-amz-sso_bearer_token']).toBe('hunter2');
    });

    test('the portal is reached through the proxy of the environment', async () => {
      await signIn(60 * minute);
      set({ AWS_ENDPOINT_URL_SSO: undefined, HTTPS_PROXY: giverAddress });
      await failureOf(world.open({ profile: 'voice', timeoutMs: 3000 }));
      expect(asked[0]).toMatchObject({ method: 'CONNECT', url: 'portal.sso.eu-west-1.amazonaws.com:443' });
    });

    /** As `aws configure sso` writes it today: the token belongs to a session, and can be renewed. */
    const signInToSession = async (lastsMs: number) => {
      set({ AWS_ENDPOINT_URL_SSO: giverAddress, AWS_ENDPOINT_URL_SSO_OIDC: giverAddress });
      const session = ['[sso-session acme]', `sso_start_url = ${startUrl}`, 'sso_region = eu-west-1'];
      const profile = ['[profile voice]', 'sso_session = acme', 'sso_account_id = 123456789012'];
      await write('config', [...session, ...profile, 'sso_role_name = Reader', ''].join('\n'));
      const name = createHash('sha1').update('acme').digest('hex');
      const renewal = { clientId: 'a client', clientSecret: 'hunter2', refreshToken: 'hunter2' };
      const token = { accessToken: 'of old', expiresAt: inTime(lastsMs), ...renewal };
      return write(path.join('.aws', 'sso', 'cache', `${name}.json`), JSON.stringify(token));
    };

    test('a session gives the keys of the role', async () => {
      await signInToSession(60 * minute);
      give = () => ({ body: { roleCredentials: roleCredentials(60 * minute) } });
      expect(await keyAfter(world.open({ profile: 'voice' }))).toBe('AKIASSO');
      expect(asked.map(({ headers }) => headers['x-amz-sso_bearer_token'])).toEqual(['of old']);
    });

    test('a token of a session that is about to expire is renewed first', async () => {
      const file = await signInToSession(minute);
      give = () => ({
        body: {
          accessToken: 'renewed',
          expiresIn: 3600,
          refreshToken: 'hunter2',
          roleCredentials: roleCredentials(60 * minute),
        },
      });
      expect(await keyAfter(world.open({ profile: 'voice' }))).toBe('AKIASSO');
      expect(asked.map(({ url }) => url?.split('?')[0])).toEqual(['/token', '/federation/credentials']);
      expect(asked[1]?.headers['x-amz-sso_bearer_token']).toBe('renewed');
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ accessToken: 'renewed' });
    });

    test('an expired token says to sign in', async () => {
      await signIn(-minute);
      const { code, hint } = await failureOf(world.open({ profile: 'voice' }));
      expect({ code, hint }).toEqual({
        code: 'source-refused',
        hint: expect.stringContaining('aws sso login --profile voice'),
      });
      expect(asked).toEqual([]);
    });

    test('a token that the portal refuses is a refusal', async () => {
      await signIn(60 * minute);
      give = () => ({ status: 401, body: { message: 'hunter2' } });
      expect(await failureOf(world.open({ profile: 'voice' }))).toMatchObject({ code: 'source-refused' });
    });
  });

  describe('a profile that assumes a role', () => {
    const useProfile = (lines: readonly string[]) =>
      write('config', ['[profile voice]', `role_arn = ${roleArn}`, ...lines, ''].join('\n'));

    test('with the keys of another profile, external id and session name', async () => {
      await useProfile(['source_profile = base', 'external_id = acme', 'role_session_name = telephony']);
      await write('credentials', '[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = x\n');
      expect(await keyAfter(world.open({ profile: 'voice' }))).toMatch(/^ASIA/);
      expect(calls[0]).toMatchObject({
        operation: 'AssumeRole',
        key: 'AKIABASE',
        parameters: { RoleArn: roleArn, ExternalId: 'acme', RoleSessionName: 'telephony' },
      });
    });

    test('with a web identity token of its own', async () => {
      await useProfile([`web_identity_token_file = ${await write('token', 'hunter2')}`]);
      expect(await keyAfter(world.open({ profile: 'voice' }))).toMatch(/^ASIA/);
      expect(calls[0]).toMatchObject({
        operation: 'AssumeRoleWithWebIdentity',
        parameters: { RoleArn: roleArn, WebIdentityToken: 'hunter2' },
      });
    });

    test.each([
      ['Environment', () => set({ AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'x' }), 'AKIAENV'],
      ['EcsContainer', () => set({ AWS_CONTAINER_CREDENTIALS_FULL_URI: giverAddress }), 'AKIAGIVEN'],
    ])('with the keys of %s', async (source, prepare, key) => {
      await useProfile([`credential_source = ${source}`]);
      prepare();
      expect(await keyAfter(world.open({ profile: 'voice' }))).toMatch(/^ASIA/);
      expect(calls[0]).toMatchObject({ operation: 'AssumeRole', key });
    });

    test('is reached through the proxy of the environment', async () => {
      await useProfile(['credential_source = Environment']);
      set({ AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'x' });
      set({ AWS_ENDPOINT_URL_STS: undefined, HTTPS_PROXY: giverAddress });
      await failureOf(world.open({ profile: 'voice', timeoutMs: 3000 }));
      expect(asked[0]).toMatchObject({ method: 'CONNECT', url: 'sts.eu-central-1.amazonaws.com:443' });
    });

    test('a refusal by STS names the profile', async () => {
      await useProfile(['credential_source = Environment']);
      set({ AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'x' });
      calls = watch(world.proxy, () => stsError(403, 'AccessDenied'));
      expect(await failureOf(world.open({ profile: 'voice' }))).toMatchObject({
        code: 'source-refused',
        message: 'aws: no AWS credentials (AccessDenied); tried the profile "voice"',
      });
    });
  });

  describe('web identity', () => {
    beforeEach(async () => {
      const file = await write('token', 'hunter2');
      set({
        AWS_WEB_IDENTITY_TOKEN_FILE: file,
        AWS_ROLE_ARN: roleArn,
        AWS_ROLE_SESSION_NAME: 'telephony',
      });
    });

    test('the token gives the keys of the role', async () => {
      expect(await keyAfter(world.open())).toMatch(/^ASIA/);
      expect(calls[0]).toMatchObject({
        operation: 'AssumeRoleWithWebIdentity',
        key: '',
        parameters: { RoleArn: roleArn, RoleSessionName: 'telephony', WebIdentityToken: 'hunter2' },
      });
    });

    test('the token file is read again before the keys expire', async () => {
      calls = watch(world.proxy, ({ operation, parameters }) =>
        operation.startsWith('Assume') && parameters['WebIdentityToken'] === 'hunter2'
          ? lasting(minute)
          : undefined,
      );
      const source = world.open();
      const old = await keyAfter(source);
      await write('token', 'the next token');
      await expect.poll(() => keyAfter(source)).not.toBe(old);
      const assumed = calls.filter(({ operation }) => operation.startsWith('Assume'));
      expect(assumed.at(-1)?.parameters['WebIdentityToken']).toBe('the next token');
    });

    test('STS is reached through the proxy of the environment', async () => {
      set({ AWS_ENDPOINT_URL_STS: undefined, HTTPS_PROXY: giverAddress });
      await failureOf(world.open({ timeoutMs: 3000 }));
      expect(asked[0]).toMatchObject({ method: 'CONNECT', url: 'sts.eu-central-1.amazonaws.com:443' });
    });

    test('another role may be assumed from there', async () => {
      const reader = 'arn:aws:iam::123456789012:role/reader';
      expect(await keyAfter(world.open({ assumeRole: [{ roleArn: reader }] }))).toMatch(/^ASIA/);
      expect(calls.map(({ operation }) => operation).slice(0, 3)).toEqual([
        'AssumeRoleWithWebIdentity',
        'AssumeRole',
        'ListSecrets',
      ]);
    });

    test.each(['AccessDenied', 'InvalidIdentityTokenException', 'ExpiredTokenException'])(
      '%s tells of the trust policy, not of a permission of Secrets Manager',
      async (name) => {
        calls = watch(world.proxy, () => stsError(403, name));
        const { code, message, hint } = await failureOf(world.open());
        expect(code).toBe('source-refused');
        expect(message).toContain(`aws: no AWS credentials (${name}); tried `);
        expect(message).toContain(`web identity (AWS_WEB_IDENTITY_TOKEN_FILE, for ${roleArn})`);
        expect(hint).toMatch(/AWS_ROLE_ARN.*trust policy/);
      },
    );

    test('a token file that is not there is no trouble of the network', async () => {
      set({ AWS_WEB_IDENTITY_TOKEN_FILE: path.join(folder, 'gone') });
      const { code, message } = await failureOf(world.open());
      expect(code).toBe('source-refused');
      expect(message).toContain('(ENOENT)');
      expect(calls).toEqual([]);
    });
  });

  describe('container credentials (Pod Identity, ECS)', () => {
    beforeEach(async () => {
      set({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${giverAddress}/v1/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: await write('token', 'the first token'),
      });
    });

    test('the endpoint gives the keys for the token of the file', async () => {
      expect(await keyAfter(world.open())).toBe('AKIAGIVEN');
      expect(asked.map(({ url, headers }) => [url, headers.authorization])).toEqual([
        ['/v1/credentials', 'the first token'],
      ]);
    });

    test('is asked again before they expire, with the token that the file holds by then', async () => {
      give = () => ({ body: keys('AKIAOLD', minute) });
      const source = world.open();
      expect(await keyAfter(source)).toBe('AKIAOLD');
      await write('token', 'the second token');
      give = () => ({ body: keys('AKIANEW', 60 * minute) });
      await expect.poll(() => keyAfter(source)).toBe('AKIANEW');
      expect(asked.at(-1)?.headers.authorization).toBe('the second token');
    });

    test('a refusal names the variable', async () => {
      give = () => ({ status: 403, body: { code: 'AccessDenied', message: 'hunter2' } });
      const { code, message } = await failureOf(world.open());
      expect(code).toBe('source-refused');
      expect(message).toContain('container credentials (AWS_CONTAINER_CREDENTIALS_FULL_URI)');
    });
  });
});

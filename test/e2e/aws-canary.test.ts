// What we come to AWS with, and what AWS then gives, is printed by nobody: not at trace level, not by DEBUG or NODE_DEBUG, not in any failure.
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { type Fault, type SeenRequest } from '../proxy/faulty-proxy.ts';
import { startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { stsError, watch } from '../sources/aws-secrets-manager/sts.ts';
import { hatch, tracesIn, type Canary } from './canaries.ts';
import { startKeyGiver, type KeyGiver } from './key-giver.ts';
import type { Finished } from './program.ts';
import { openStage, type Stage } from './stage.ts';

const roleArn = 'arn:aws:iam::123456789012:role/voxsync';
/** All that Node can tell but for what prints requests. */
const quietParts = 'undici,fetch,websocket,stream,fs,timer,child_process,worker,cluster,crypto,dns,zlib';

describeWithBackend('moto', 'credentials of AWS', () => {
  let world: World;
  let stage: Stage;
  let canaries: Canary[];
  let finished: Finished[];
  beforeAll(async () => {
    world = await startWorld();
  });
  beforeEach(async () => {
    stage = await openStage();
    [canaries, finished] = [[], []];
    await world.create('prod/crm', hide('a value'));
    const aws = { kind: 'aws-secrets-manager', region: 'eu-central-1', endpoint: world.proxy.endpoint };
    await stage.configure({
      sources: { aws: { ...aws, timeout: '5s', assumeRole: { roleArn } } },
      mappings: [
        { application: 'app', secrets: [{ name: 'CRM', from: { source: 'aws', secret: 'prod/crm' } }] },
      ],
    });
    Object.assign(stage.env, {
      AWS_ENDPOINT_URL_STS: world.proxy.endpoint,
      DEBUG: '*',
      NODE_DEBUG: quietParts,
    });
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  /** A new text that must not be seen, fit for headers and XML. */
  const hide = (place: string): string => {
    const value = /[0-9a-f]{32}/.exec(hatch(place).value)?.[0] ?? '';
    canaries.push({ place, value });
    return value;
  };
  const runAll = async () => {
    for (const args of [['plan'], ['sync'], ['sync', '--log-format', 'pretty'], ['check', '--online']])
      finished.push(await stage.voxsync(...args, '--log-level', 'trace'));
    return finished.map(({ exitCode }) => exitCode);
  };
  const told = () => finished.map(({ stdout, stderr }) => stdout + stderr).join('\n');
  /** Puts secrets of our own into what STS gives, and lets `fault` go before. */
  const watchSts = (fault: (request: SeenRequest) => Fault | undefined = () => undefined) => {
    const [key, session] = [hide('the secret key of a role'), hide('the session of a role')];
    const change = (body: string) =>
      body
        .replace(/<SecretAccessKey>[^<]*/, `<SecretAccessKey>${key}`)
        .replace(/<SessionToken>[^<]*/, `<SessionToken>${session}`);
    return watch(world.proxy, ({ operation }, request) =>
      operation.startsWith('Assume') ? (fault(request) ?? { kind: 'rewrite', change }) : undefined,
    );
  };
  const useWebIdentity = async (): Promise<string> => {
    const token = hide('a web identity token');
    await stage.save('token', token);
    Object.assign(stage.env, { AWS_WEB_IDENTITY_TOKEN_FILE: 'token', AWS_ROLE_ARN: roleArn });
    return token;
  };
  const usePodIdentity = async (letsIn: boolean): Promise<KeyGiver> => {
    const token = hide('a token of Pod Identity');
    await stage.save('token', token);
    const giver = await startKeyGiver({
      lastsMs: 3_600_000,
      secret: { key: hide('the secret key of a pod'), session: hide('the session of a pod') },
      complaint: `not yours: ${token}`,
    });
    if (letsIn) giver.letIn(token);
    Object.assign(stage.env, {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: 'token',
      NODE_OPTIONS: `--import ${fileURLToPath(new URL('link-local.js', import.meta.url))}`,
      LINK_LOCAL_PORT: String(giver.port),
    });
    return giver;
  };

  test('web identity that is accepted', async () => {
    const token = await useWebIdentity();
    const calls = watchSts();
    expect(await runAll()).toEqual([0, 0, 0, 0]);
    expect(calls[0]?.parameters['WebIdentityToken']).toBe(token);
    expect(stage.emulator.state.readValue('app', 'CRM')).toBe(canaries[0]?.value);
    expect(tracesIn(told(), canaries)).toEqual([]);
  });

  test.each<[string, (token: string) => Fault]>([
    ['refused in words that repeat it', (token) => stsError(403, 'AccessDenied', `no: ${token}`)],
    ['refused under a name that repeats it', (token) => stsError(403, `A${token}`)],
    ['answered with what is no XML', (token) => ({ kind: 'answer', status: 200, body: `{"a": "${token}` })],
    ['answered by a page', (token) => ({ kind: 'answer', status: 502, body: `<html>${token}</html>` })],
  ])('web identity that is %s', async (_title, faultFor) => {
    const token = await useWebIdentity();
    watchSts(() => faultFor(token));
    const exitCodes = await runAll();
    expect(exitCodes).not.toContain(0);
    expect(exitCodes).not.toContain(1);
    expect(tracesIn(told(), canaries)).toEqual([]);
  });

  test.each([
    ['accepted', true, [0, 0, 0, 0]],
    ['refused', false, [4, 4, 4, 4]],
  ])('Pod Identity that is %s', async (_title, letsIn, exitCodes) => {
    const giver = await usePodIdentity(letsIn);
    watchSts();
    expect(await runAll()).toEqual(exitCodes);
    expect(giver.asked.length).toBeGreaterThan(0);
    expect(tracesIn(told(), canaries)).toEqual([]);
  });

  test.each(['http', '*', 'fs,NET', 'H*p', 'tls', 'https'])(
    'NODE_DEBUG=%s, with which Node prints tokens itself: nothing is asked',
    async (NODE_DEBUG) => {
      const giver = await usePodIdentity(true);
      Object.assign(stage.env, { NODE_DEBUG, NODE_NO_WARNINGS: '1' });
      const { exitCode, stdout, stderr } = await stage.voxsync('sync', '--log-level', 'trace');
      expect([exitCode, giver.asked]).toEqual([2, []]);
      expect(stdout).toMatch(
        /aws: NODE_DEBUG would print the tokens of AWS credentials[^]*hint: +Unset NODE_DEBUG/,
      );
      expect(tracesIn(stdout + stderr, canaries)).toEqual([]);
    },
  );

  test('keys of the environment are asked for nowhere, so that NODE_DEBUG does no harm', async () => {
    Object.assign(stage.env, {
      NODE_DEBUG: '*',
      NODE_NO_WARNINGS: '1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: hide('a secret key'),
      AWS_SESSION_TOKEN: hide('a session token'),
    });
    watchSts();
    expect(await runAll()).toEqual([0, 0, 0, 0]);
    expect(told()).toMatch(/^NET \d+: /m);
    expect(tracesIn(told(), canaries)).toEqual([]);
  });
});

// Credentials that the machine itself gives out: the agent of EKS Pod Identity, that of ECS, and EC2's instance metadata, asked at their documented addresses and in their documented forms.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { listenOnLoopback } from '../proxy/faulty-proxy.ts';
import type { IamPolicy } from '../sources/aws-secrets-manager/iam.ts';
import { startIdentities, type Identities } from '../sources/aws-secrets-manager/identities.ts';
import { namesOf, startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { startKeyGiver, type KeyGiver } from './key-giver.ts';
import { valuesOf } from './looks.ts';
import { patience } from './program.ts';
import { openStage, type Stage } from './stage.ts';

const token = 'the-first-token-of-a-service-account';
const names = namesOf('prod/KEY_', 48);
const hour = 3_600_000;
const arn = 'arn:aws:iam::123456789012:role/telephony';
const metadata = '/latest/meta-data/iam/security-credentials/';

interface Place {
  readonly title: string;
  readonly env: (port: number) => Readonly<Record<string, string>>;
  /** What has to be shown, where anything has. */
  readonly wanted: string;
  /** The requests for one key, with what is shown. */
  readonly asks: (port: number) => readonly (readonly [request: string, shown: string])[];
}

const podIdentity = (host: string): Place => ({
  title: `EKS Pod Identity at ${host}`,
  env: () => ({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${host}/v1/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: 'token',
  }),
  wanted: token,
  asks: () => [[`GET http://${host}/v1/credentials`, token]],
});

const places: readonly Place[] = [
  podIdentity('169.254.170.23'),
  podIdentity('[fd00:ec2::23]'),
  {
    title: 'ECS',
    env: () => ({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/6e1f8a1c-task' }),
    wanted: '',
    asks: () => [['GET http://169.254.170.2/v2/credentials/6e1f8a1c-task', '']],
  },
  {
    title: 'EC2 instance metadata',
    env: (port) => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}` }),
    wanted: '',
    asks: (port) => [
      [`PUT http://127.0.0.1:${port}/latest/api/token`, 'for 21600 s'],
      [`GET http://127.0.0.1:${port}${metadata}`, 'a-token-of-instance-metadata'],
      [`GET http://127.0.0.1:${port}${metadata}telephony`, 'a-token-of-instance-metadata'],
    ],
  },
];

describeWithBackend('moto', 'credentials of the machine', () => {
  let world: World;
  let stage: Stage;
  let identities: Identities;
  let policy: IamPolicy;
  let arns: readonly string[];
  beforeAll(async () => {
    world = await startWorld();
  });
  beforeEach(async () => {
    stage = await openStage();
    await stage.save('token', token);
    const { proxy } = world;
    await stage.configure({
      sources: {
        aws: { kind: 'aws-secrets-manager', region: 'eu-central-1', endpoint: proxy.endpoint },
      },
      mappings: [
        {
          application: 'app',
          secrets: names.map((secret) => ({ name: secret.slice(5), from: { source: 'aws', secret } })),
        },
      ],
      schedule: { every: '1s' },
      server: { host: '127.0.0.1', port: 0 },
    });
    arns = (await world.createAll(names)).map((made) => made.arn);
    const printed = await stage.voxsync('policy', '--output', 'json');
    policy = JSON.parse(printed.stdout).sources[0].document;
    identities = startIdentities({ arns });
    proxy.misbehave(identities.matcher);
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  /** Leads the program to a giver of keys; gives back how many requests went to the proxy of the environment. */
  const settle = async (place: Place, lastsMs: number, allowed = policy) => {
    const giver: KeyGiver = await startKeyGiver({
      lastsMs,
      onKey: (key, endsAt) => identities.admit(key, { arn, policy: allowed }, endsAt),
    });
    giver.letIn(place.wanted);
    let proxied = 0;
    const wrongWay = createServer((_request, response) => {
      proxied += 1;
      response.writeHead(502).end();
    });
    const HTTP_PROXY = await listenOnLoopback(wrongWay);
    onTestFinished(() => void wrongWay.close());
    Object.assign(stage.env, place.env(giver.port), {
      NODE_OPTIONS: `--import ${fileURLToPath(new URL('link-local.js', import.meta.url))}`,
      LINK_LOCAL_PORT: String(giver.port),
      HTTP_PROXY,
      NO_PROXY: '127.0.0.1',
    });
    return { giver, proxied: () => proxied };
  };
  const keysUsed = () => [...new Set(identities.calls.map(({ key }) => key))];
  const refusals = () => identities.calls.flatMap(({ refusal }) => refusal ?? []);

  describe.each(places)('$title', (place) => {
    test('gives the keys, asked as documented and past the proxy of the environment', async () => {
      const { giver, proxied } = await settle(place, hour);
      const { exitCode, stdout } = await stage.voxsync('sync');
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Applied: 48 created.')]);
      const wanted = names.map((name) => [`app ${name.slice(5)}`, name]);
      expect(valuesOf(stage, ['app'])).toEqual(Object.fromEntries(wanted));
      const asked = giver.asked.map(({ method, url, shown }) => [`${method} ${url}`, shown]);
      expect(asked).toEqual(place.asks(giver.port));
      expect([keysUsed(), refusals(), proxied()]).toEqual([giver.given, [], 0]);
    });

    test('gives new ones while a pass runs longer than the old ones last', async () => {
      const Statement = policy.Statement.filter(({ Sid }) => Sid !== 'VoxsyncCheaper');
      // So long that a key that was just given reaches the server, on a busy machine too.
      const { giver } = await settle(place, 3000, { Statement });
      // Eight at a time, so that reading takes some four seconds.
      world.proxy.misbehave(
        (request) =>
          identities.matcher(request) ??
          (request.amzTarget.endsWith('GetSecretValue') ? { kind: 'delay', delayMs: 650 } : undefined),
      );
      const { exitCode, stdout } = await stage.voxsync('sync');
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Applied: 48 created.')]);
      const readWith = identities.calls.filter(({ operation }) => operation === 'GetSecretValue');
      expect(new Set(readWith.map(({ key }) => key)).size).toBeGreaterThan(1);
      expect(giver.given).toEqual(expect.arrayContaining(keysUsed()));
      // Both are asked for first, in vain: they are not in this policy.
      expect(refusals().every((one) => /^(ListSecrets|BatchGetSecretValue) 400$/.test(one))).toBe(true);
    });
  });

  test('the token of Pod Identity is read again for each key, as long as the process lives', async () => {
    const { giver } = await settle(podIdentity('169.254.170.23'), 1500);
    const running = stage.start('run');
    const passes = () => running.stdout().match(/"pass finished"/g)?.length ?? 0;
    await vi.waitUntil(() => passes() > 0, patience);
    await stage.save('token', 'the-second-token');
    giver.letIn('the-second-token');
    await vi.waitUntil(() => giver.asked.some(({ shown }) => shown === 'the-second-token'), patience);
    const known = giver.given.length;
    await vi.waitUntil(() => keysUsed().some((key) => giver.given.indexOf(key) >= known), patience);
    running.kill('SIGTERM');
    expect((await running.ended).exitCode).toBe(143);
  });
});

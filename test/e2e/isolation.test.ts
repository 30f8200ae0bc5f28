// One bad secret, application, account or source stops no other: all of them at once, and mended one by one until nothing is left to tell.
import { createServer } from 'node:http';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { generateCredentials } from '../../src/emulator/credentials.ts';
import { startEmulator, writeCredentialsFile, type Emulator } from '../../src/emulator/emulator.ts';
import { listenOnLoopback } from '../proxy/faulty-proxy.ts';
import { patience, untilWritten, type Finished, type Running } from './program.ts';
import { mapped, openStage, type Stage } from './stage.ts';

/**
 * What goes wrong; each can be mended without the others:
 *
 * - `secret`: a value that is too long, and one that its source does not have;
 * - `application`: a mapping for an application that is not there;
 * - `account`: the key of the account `second` was revoked;
 * - `credentials`: those of the account `third` cannot be read;
 * - `dead`: nobody listens at the address of the source `dead`;
 * - `denied`: the source `denied` refuses us.
 */
type Trouble = 'secret' | 'application' | 'account' | 'credentials' | 'dead' | 'denied';
type Troubles = ReadonlySet<Trouble>;

interface World {
  readonly stage: Stage;
  readonly second: Emulator;
  /** Writes config and sources; the good secrets have the value of this generation. */
  readonly save: (troubles: Troubles, generation: number) => Promise<void>;
}

async function openWorld(): Promise<World> {
  const stage = await openStage();
  const second = await startEmulator({
    credentials: await generateCredentials(222, 'second@example.com'),
    applications: [{ name: 'other' }],
  });
  onTestFinished(() => second.close());
  const credentialsOf = (name: string) => path.join(stage.folder, name);
  await writeCredentialsFile(credentialsOf('second.json'), second.credentials);
  const denying = createServer((_request, response) => {
    response.writeHead(403, { 'content-type': 'application/json' }).end('{"errors":["permission denied"]}');
  });
  const address = await listenOnLoopback(denying);
  onTestFinished(() => void denying.close());
  stage.env['VAULT_TOKEN'] = 'none';
  const save = async (troubles: Troubles, generation: number): Promise<void> => {
    await saveSecrets(stage, generation);
    await configure(stage, second, troubles, address);
  };
  return { stage, second, save };
}

async function saveSecrets(stage: Stage, generation: number): Promise<void> {
  await stage.saveSecrets({
    GOOD: `good ${generation}`,
    LONG: 'x'.repeat(8193),
    DEAD: 'of the dead source',
    DENIED: 'of the denied source',
    GOOD_TOO: `good too ${generation}`,
    OTHER: `other ${generation}`,
  });
}

async function configure(stage: Stage, second: Emulator, troubles: Troubles, address: string): Promise<void> {
  const file = { kind: 'file', path: 'secrets.json' };
  const vault = { kind: 'vault', kvVersion: 2, auth: { method: 'token', token: { env: 'VAULT_TOKEN' } } };
  const from = (source: string, name: string) => ({ name, from: { source, secret: name } });
  const bad = [from('local', 'LONG'), from('local', 'MISSING')];
  await stage.configure({
    accounts: {
      third: troubles.has('credentials')
        ? { endpoint: stage.emulator.url, credentials: { file: 'third.json' } }
        : { endpoint: stage.emulator.url, credentials: { file: 'credentials.json' } },
      second: { endpoint: second.url, credentials: { file: 'second.json' } },
      main: { endpoint: stage.emulator.url, credentials: { file: 'credentials.json' } },
    },
    sources: {
      dead: troubles.has('dead') ? { ...vault, address: 'http://127.0.0.1:9', timeout: '1s' } : file,
      denied: troubles.has('denied') ? { ...vault, address } : file,
      local: file,
    },
    mappings: [
      {
        account: 'main',
        application: 'app',
        secrets: [
          ...(troubles.has('secret') ? bad : []),
          from('dead', 'DEAD'),
          from('denied', 'DENIED'),
          from('local', 'GOOD'),
        ],
      },
      ...(troubles.has('application') ? [{ ...mapped('nowhere', ['GOOD']), account: 'main' }] : []),
      { ...mapped('other', ['OTHER']), account: 'second' },
      { ...mapped('ivr', ['GOOD_TOO']), account: 'main' },
    ],
    schedule: { every: '1s' },
    server: { host: '127.0.0.1', port: 0 },
  });
}

/** The values of every secret there is, by name. */
function valuesIn({ stage, second }: World): Record<string, string | undefined> {
  const of = ({ state }: Emulator, application: string) =>
    state.secrets(application).map(({ name }) => [name, state.readValue(application, name)] as const);
  return Object.fromEntries([
    ...of(stage.emulator, 'app'),
    ...of(stage.emulator, 'ivr'),
    ...of(second, 'other'),
  ]);
}

interface LogLine {
  readonly msg: string;
  readonly account?: string;
  readonly application?: string;
  readonly name?: string;
  readonly problem?: { readonly code: string; readonly message: string };
  readonly exitCode?: number;
}

/** What the log says went wrong: where, and under which code. */
function problemsIn(text: string): readonly string[] {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): LogLine => JSON.parse(line));
  return lines.flatMap(({ msg, account, application, name, problem }) =>
    problem === undefined ? [] : [[msg, account, application, name, problem.code].join(' ')],
  );
}

/** What each trouble looks like: its lines in the log, and its words for people. */
interface Telling {
  readonly trouble: Trouble;
  readonly log: readonly string[];
  readonly text: RegExp;
}

const tellings: readonly Telling[] = [
  {
    trouble: 'secret',
    log: ['secret held main app LONG secret-invalid', 'secret held main app MISSING secret-not-found'],
    text: /\? LONG +hold +invalid[^]*longer than 8192[^]*\? MISSING +hold +source-missing/,
  },
  {
    trouble: 'application',
    log: ['application not found main   application-not-found'],
    text: /error: account main: there is no application "nowhere"\nhint: .*There are: app, ivr\./,
  },
  {
    trouble: 'account',
    log: ['account failed second   target-refused'],
    text: /error: account second: .*GetApplications with error 100: authorization failed\nhint: /,
  },
  {
    trouble: 'credentials',
    log: ['account failed third   credentials-invalid'],
    text: /error: account third: .*third\.json does not exist\nhint: /,
  },
  {
    trouble: 'dead',
    log: ['secret held main app DEAD source-unreachable'],
    text: /\? DEAD +hold +source-unavailable[^]*error: .*dead: .*\n/,
  },
  {
    trouble: 'denied',
    log: ['secret held main app DENIED source-refused'],
    text: /\? DENIED +hold +source-unavailable[^]*error: .*denied: .*\n/,
  },
];

/** The one that is mended in each step, and what the pass exits with before that: the most telling of what is left. */
const steps = [
  ['account', 5],
  ['denied', 4],
  ['dead', 6],
  ['credentials', 2],
  ['application', 3],
  ['secret', 3],
] as const satisfies readonly (readonly [Trouble, number])[];

test('each trouble is told, all others converge, and each exit code gives way to the next', async () => {
  const world = await openWorld();
  const { stage, second, save } = world;
  await save(new Set(), 0);
  expect((await stage.voxsync('sync')).exitCode).toBe(0);
  const before = { DEAD: 'of the dead source', DENIED: 'of the denied source' };
  expect(valuesIn(world)).toEqual({ ...before, GOOD: 'good 0', GOOD_TOO: 'good too 0', OTHER: 'other 0' });
  second.revokeKey(second.credentials.key_id);
  const troubles = new Set(steps.map(([trouble]) => trouble));
  for (const [generation, [mended, exitCode]] of steps.entries()) {
    await save(troubles, generation + 1);
    const finished = await stage.voxsync('sync', '--log-format', 'json');
    expect([generation, finished.exitCode]).toEqual([generation, exitCode]);
    expectTelling(finished, troubles);
    expect(valuesIn(world)).toEqual({
      ...before,
      GOOD: `good ${generation + 1}`,
      GOOD_TOO: `good too ${generation + 1}`,
      OTHER: `other ${troubles.has('account') ? 0 : generation + 1}`,
    });
    if (mended === 'account') await giveKey(world);
    troubles.delete(mended);
  }
  await save(troubles, 9);
  expect((await stage.voxsync('sync')).exitCode).toBe(0);
});

async function giveKey({ stage, second }: World): Promise<void> {
  await writeCredentialsFile(path.join(stage.folder, 'second.json'), await second.issueCredentials());
}

/** In the log all that is wrong and nothing else; the same for people. */
function expectTelling({ stdout, stderr }: Finished, troubles: Troubles): void {
  const wrong = tellings.filter(({ trouble }) => troubles.has(trouble));
  expect(problemsIn(stderr).toSorted()).toEqual(wrong.flatMap(({ log }) => log).toSorted());
  const shown = tellings.filter(({ text }) => text.test(stdout));
  expect(shown.map(({ trouble }) => trouble)).toEqual(wrong.map(({ trouble }) => trouble));
}

test('a long-lived process tells the same in its log and metrics, and opens the account whose credentials are there at last', async () => {
  const world = await openWorld();
  const { stage, second, save } = world;
  second.revokeKey(second.credentials.key_id);
  await save(new Set(steps.map(([trouble]) => trouble)), 1);
  const running: Running = stage.start('run');
  const [, port] = await untilWritten(running.stdout, /"port":(\d+),"msg":"started"/);
  await untilWritten(running.stdout, /"exitCode":5,"msg":"pass finished"[^]*"msg":"pass finished"/);
  const scraped = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const metrics = await scraped();
  expect(metrics).toMatch(/^voxsync_passes_total\{exit_code="5"\} [1-9]/m);
  expect(metrics).toMatch(/^voxsync_problems\{code="source-unreachable"\} 1$/m);
  expect(metrics).toMatch(/^voxsync_problems\{code="credentials-invalid"\} 1$/m);
  expect(metrics).toMatch(/^voxsync_changes_total\{result="created"\} 2$/m);
  expect(metrics).toMatch(
    /^voxsync_request_duration_seconds_count\{account="second",.*outcome="target-refused"\}/m,
  );
  expect(metrics).toMatch(/^voxsync_request_duration_seconds_count\{account="main",.*outcome="ok"\}/m);
  expect(new Set(problemsIn(running.stdout()))).toEqual(new Set(tellings.flatMap(({ log }) => log)));
  expect(valuesIn(world)).toEqual({ GOOD: 'good 1', GOOD_TOO: 'good too 1' });
  // The file of the third account is there now; the process looks again.
  await writeCredentialsFile(path.join(stage.folder, 'third.json'), stage.emulator.credentials);
  const isHealed = () => {
    const [last = ''] = running.stdout().split('"msg":"pass finished"').slice(-2);
    return last !== '' && !last.includes('credentials-invalid');
  };
  await vi.waitUntil(isHealed, patience);
  expect(await scraped()).not.toMatch(/voxsync_problems\{code="credentials-invalid"/);
  running.kill('SIGTERM');
  expect((await running.ended).exitCode).toBe(143);
});

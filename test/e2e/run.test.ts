// The long-lived process: passes on a schedule, its health and metrics, its log, and its end.
import { expect, test, vi } from 'vitest';
import { parseDescription } from '../../src/secret/marker.ts';
import { patience, untilWritten, type Running } from './program.ts';
import { mapped, openStage, type Stage } from './stage.ts';
import { namesOf } from './values.ts';

const server = { host: '127.0.0.1', port: 0 };
const schedule = { every: '1s' };

interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly [key: string]: unknown;
}

/** Every whole line of the log; a line that is no JSON fails the test. */
function logOf(running: Running): readonly LogLine[] {
  const lines = running.stdout().split('\n').slice(0, -1);
  return lines.map((line): LogLine => JSON.parse(line));
}

function passesOf(running: Running): readonly LogLine[] {
  return logOf(running).filter(({ msg }) => msg === 'pass finished');
}

async function addressOf(running: Running): Promise<string> {
  const [, port] = await untilWritten(running.stdout, /"port":(\d+),"msg":"started"/);
  return `http://127.0.0.1:${port}`;
}

async function ask(address: string, path: string) {
  const answer = await fetch(address + path, { signal: AbortSignal.timeout(5000) });
  return { status: answer.status, text: await answer.text() };
}

function until(running: Running, passes: number): Promise<boolean> {
  return vi.waitUntil(() => passesOf(running).length >= passes, patience);
}

async function stageOf(secrets: Record<string, string>, options = {}): Promise<Stage> {
  const stage = await openStage(options);
  await stage.saveSecrets(secrets);
  const accounts = {
    main: {
      endpoint: stage.emulator.url,
      credentials: { file: 'credentials.json' },
      concurrency: 2,
    },
  };
  await stage.configure({ accounts, server, schedule, mappings: [mapped('app', Object.keys(secrets))] });
  return stage;
}

test('passes follow one another, a rotation arrives with the next, and health and metrics tell', async () => {
  const stage = await stageOf({ A: '1', B: '2', C: '3' });
  const { state, journal, faults } = stage.emulator;
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  stage.emulator.onCall(({ number }) => (number === 1 ? held : undefined));
  const running = stage.start('run');
  const address = await addressOf(running);
  expect(await ask(address, '/livez')).toMatchObject({ status: 200 });
  expect(await ask(address, '/readyz')).toMatchObject({ status: 503 });
  release();
  await until(running, 1);
  expect(await ask(address, '/readyz')).toMatchObject({ status: 200 });
  expect(state.readValue('app', 'A')).toBe('1');

  await until(running, 2);
  journal.clear();
  await stage.saveSecrets({ A: 'next', B: '2', C: '3' });
  await vi.waitUntil(() => state.readValue('app', 'A') === 'next', patience);
  expect(journal.countByMethod()).toMatchObject({ SetSecretInfo: 1 });
  state.changeSecret('app', 'B', { value: 'by hand' });
  await vi.waitUntil(() => state.readValue('app', 'B') === '2', patience);

  faults.add({ kind: 'error', code: 100, method: 'GetApplications' });
  await vi.waitUntil(() => passesOf(running).some(({ exitCode }) => exitCode === 5), patience);
  const failedAt = passesOf(running).length;
  await until(running, failedAt + 2);
  const { text } = await ask(address, '/metrics');
  expect(text).toMatch(/^voxsync_passes_total\{exit_code="0"\} ([4-9]|\d\d)$/m);
  expect(text).toMatch(/^voxsync_passes_total\{exit_code="5"\} 1$/m);
  expect(text).toMatch(/^voxsync_changes_total\{result="created"\} 3$/m);
  expect(text).toMatch(/^voxsync_changes_total\{result="updated"\} 2$/m);
  expect(text).toMatch(/^voxsync_secrets\{state="inSync"\} 3$/m);
  expect(text).toMatch(
    /voxsync_request_duration_seconds_count\{account="main",method="AddSecret",outcome="ok"\} 3$/m,
  );
  const lastSuccess = Number(/^voxsync_last_success_timestamp_seconds (\S+)$/m.exec(text)?.[1]);
  expect(Math.abs(lastSuccess - Date.now() / 1000)).toBeLessThan(60);
  expect(text).not.toMatch(/\bA\b|app/);

  running.kill('SIGTERM');
  expect((await running.ended).exitCode).toBe(143);
  const log = logOf(running);
  expect(running.stderr()).toBe('');
  expect([log.at(0)?.msg, log.at(-1)]).toEqual([
    'started',
    expect.objectContaining({ msg: 'stopped', exitCode: 143 }),
  ]);
  for (const line of log) expect(Number.isNaN(Date.parse(line.time))).toBe(false);
  const startsMs = passesOf(running).map(({ time, durationMs }) => Date.parse(time) - Number(durationMs));
  const gapsMs = startsMs.slice(1).map((start, index) => start - (startsMs[index] ?? 0));
  expect(Math.min(...gapsMs)).toBeGreaterThan(500);
});

test('SIGTERM during a pass: what is in flight is finished, nothing new starts, and the next sync converges', async () => {
  const names = namesOf('KEY_', 80);
  const secrets = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
  const stage = await stageOf(secrets, { latencyMs: 60 });
  const { state, journal, faults } = stage.emulator;
  const running = stage.start('run');
  const address = await addressOf(running);
  await vi.waitUntil(() => (journal.countByMethod()['AddSecret'] ?? 0) >= 6, patience);
  running.kill('SIGTERM');
  const { exitCode } = await running.ended;
  expect(exitCode).toBe(143);
  const written = state.secrets('app');
  expect(written.length).toBeGreaterThanOrEqual(6);
  expect(written.length).toBeLessThan(80);
  expect(journal.countByMethod()['AddSecret']).toBe(written.length);
  for (const { name, description } of written) {
    expect(state.readValue('app', name)).toBe(secrets[name]);
    expect(parseDescription(description)).toMatchObject({ ownership: 'marked' });
  }
  expect(passesOf(running)).toMatchObject([
    { isInterrupted: true, created: written.length, pending: 80 - written.length, failed: 0 },
  ]);
  await expect(ask(address, '/livez')).rejects.toThrow('fetch failed');
  const ids = new Map(written.map(({ name, id }) => [name, id]));
  faults.clear();
  const { exitCode: next } = await stage.voxsync('sync');
  expect(next).toBe(0);
  const after = state.secrets('app');
  expect(after.map(({ name }) => name).toSorted()).toEqual(names);
  for (const { name, id } of after) expect(id).toBe(ids.get(name) ?? id);
});

test('SIGINT ends an idle process with 130, and an interrupted sync as well', async () => {
  const stage = await stageOf(Object.fromEntries(namesOf('KEY_', 30).map((name) => [name, name])), {
    latencyMs: 60,
  });
  const { journal, state } = stage.emulator;
  const sync = stage.start('sync', '--log-format', 'json');
  await vi.waitUntil(() => (journal.countByMethod()['AddSecret'] ?? 0) >= 3, patience);
  sync.kill('SIGINT');
  const interrupted = await sync.ended;
  expect(interrupted.exitCode).toBe(130);
  expect(interrupted.stdout).toMatch(/Applied: \d+ created, \d+ not started\.\nInterrupted: .*\n$/);
  const count = state.secrets('app').length;
  expect(count).toBe(journal.countByMethod()['AddSecret']);

  const idle = stage.start('run', '--log-level', 'info');
  await until(idle, 1);
  idle.kill('SIGINT');
  expect((await idle.ended).exitCode).toBe(130);
  expect(state.secrets('app')).toHaveLength(30);
});

test('a second signal cuts what is in flight', async () => {
  const stage = await stageOf({ A: '1' });
  stage.emulator.faults.add({ kind: 'hang', method: 'AddSecret', count: 'all' });
  const running = stage.start('sync');
  await vi.waitUntil(() => stage.emulator.journal.countByMethod()['AddSecret'] === 1, patience);
  // Two of one kind sent at once would become one.
  running.kill('SIGTERM');
  running.kill('SIGINT');
  const { exitCode } = await running.ended;
  // The kernel decides which of the two comes first.
  expect([130, 143]).toContain(exitCode);
});

test('one signal is enough while nothing but reads is under way', async () => {
  const outcomes = await Promise.all(
    (['sync', 'run'] as const).map(async (command) => {
      const stage = await stageOf({ A: '1' });
      const { faults, journal, state } = stage.emulator;
      faults.add({ kind: 'hang', method: 'GetSecrets', count: 'all' });
      const running = stage.start(command);
      await vi.waitUntil(() => journal.countByMethod()['GetSecrets'] === 1, patience);
      running.kill('SIGTERM');
      const { exitCode, stdout, stderr } = await running.ended;
      return [exitCode, stderr, stdout.includes('pass finished'), state.secrets('app')];
    }),
  );
  expect(outcomes).toEqual([
    [143, '', false, []],
    [143, '', false, []],
  ]);
});

test('a port that is taken is told as what it is', async () => {
  const stage = await stageOf({ A: '1' });
  const port = Number(new URL(stage.emulator.url).port);
  await stage.configure({ server: { host: '127.0.0.1', port }, schedule });
  const { exitCode, stderr } = await stage.voxsync('run');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`127.0.0.1:${port}: EADDRINUSE`)]);
});

test('an outage is told, does not end the process, and the first pass after it converges', async () => {
  const stage = await stageOf({ A: '1' });
  await stage.saveSecrets({});
  await stage.save('secrets.json', '{"A": ');
  const running = stage.start('run');
  await until(running, 2);
  expect(passesOf(running)).toMatchObject([{ held: 1, exitCode: 3 }, { held: 1 }]);
  expect(stage.emulator.state.secrets('app')).toEqual([]);
  const address = await addressOf(running);
  expect(await ask(address, '/livez')).toMatchObject({ status: 200 });
  await stage.saveSecrets({ A: '1' });
  await vi.waitUntil(() => stage.emulator.state.readValue('app', 'A') === '1', patience);
  running.kill('SIGTERM');
  expect((await running.ended).exitCode).toBe(143);
});

test('a refused plan is told with its acknowledgement, which the environment of the next start takes once', async () => {
  const stage = await stageOf({ A: '1', B: '2' });
  await stage.voxsync('sync');
  const config = { server, schedule, guard: { maxDeletes: { count: 0 } }, mappings: [mapped('app', ['A'])] };
  await stage.configure(config);
  const held = stage.start('run');
  const [, id] = await untilWritten(held.stdout, /VOXSYNC_ACKNOWLEDGE=([\w-]{12}).*"msg":"guard refused"/);
  held.kill('SIGTERM');
  await held.ended;
  expect(stage.emulator.state.readValue('app', 'B')).toBe('2');
  stage.env['VOXSYNC_ACKNOWLEDGE'] = id ?? '';
  const running = stage.start('run');
  await until(running, 2);
  expect(passesOf(running).map(({ deleted, exitCode }) => [deleted, exitCode])).toEqual(
    passesOf(running).map((_, index) => [index === 0 ? 1 : 0, 0]),
  );
  expect(stage.emulator.state.readValue('app', 'B')).toBeUndefined();
});

// Every exit code as a user meets it, and the words that come with it.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { listenOnLoopback } from '../proxy/faulty-proxy.ts';
import { mapped, openStage, type Stage } from './stage.ts';
import { namesOf } from './values.ts';

const two = ['FIRST', 'SECOND'];

async function stageWithTwo(): Promise<Stage> {
  const stage = await openStage();
  await stage.saveSecrets({ FIRST: '1', SECOND: '2' });
  await stage.configure({ mappings: [mapped('app', two)] });
  return stage;
}

function namesIn(stage: Stage, application = 'app'): readonly string[] {
  return stage.emulator.state
    .secrets(application)
    .map(({ name }) => name)
    .toSorted();
}

test('0 when all is done, and when there is nothing to do; 10 when a plan has changes and is asked to tell', async () => {
  const stage = await stageWithTwo();
  const plan = () => stage.voxsync('plan', '--detailed-exitcode');
  const [pending, plain] = await Promise.all([plan(), stage.voxsync('plan')]);
  expect([pending.exitCode, plain.exitCode]).toEqual([10, 0]);
  expect(pending.stdout).toBe(plain.stdout);
  expect(namesIn(stage)).toEqual([]);
  expect((await stage.voxsync('sync')).exitCode).toBe(0);
  const [done, again] = await Promise.all([plan(), stage.voxsync('sync')]);
  expect([done.exitCode, again.exitCode]).toEqual([0, 0]);
  expect(again.stdout).toBe('Plan: nothing to do; 2 in sync.\n');
});

test('2 for what is wrong with the command line or the config, told on stderr', async () => {
  const stage = await stageWithTwo();
  const outcomes = await Promise.all([
    stage.voxsync('sinc'),
    stage.voxsync('sync', '--dryrun'),
    stage.voxsync('plan', '--output', 'xml'),
    stage.voxsync('sync', '--config', 'missing.yaml'),
    stage.voxsync('explain', 'UNKNOWN_NAME'),
    stage.voxsync('explain'),
  ]);
  expect(outcomes.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(outcomes.map(() => [2, '']));
  expect(outcomes.map(({ stderr }) => stderr)).toEqual([
    expect.stringContaining('Did you mean sync?'),
    expect.stringContaining('Did you mean --dry-run?'),
    expect.stringContaining('Allowed choices are text, json, markdown'),
    expect.stringContaining('missing.yaml'),
    expect.stringContaining('UNKNOWN_NAME'),
    expect.stringContaining('missing required argument'),
  ]);
  stage.emulator.journal.clear();
  await stage.configure({
    onConflct: 'skip',
    mappings: [{ application: 'app', secrets: [{ name: '1ST' }] }],
  });
  const [bad, checked] = await Promise.all([stage.voxsync('sync'), stage.voxsync('check')]);
  expect([bad.exitCode, checked.exitCode]).toEqual([2, 2]);
  expect(bad.stderr).toBe(checked.stderr);
  expect(bad.stderr).toMatch(/voxsync\.yaml:\d+:\d+: onConflct: .*did you mean onConflict\?/);
  expect(bad.stderr).toMatch(
    /voxsync\.yaml:\d+:\d+: mappings\[0\]\.secrets\[0\]\.name: must start with a letter/,
  );
  expect(bad.stderr).toMatch(/mappings\[0\]\.secrets\[0\].*from.*missing/);
  expect(stage.emulator.journal.entries).toEqual([]);
});

test('2 for credentials that are none', async () => {
  const stage = await stageWithTwo();
  await stage.save('credentials.json', '{"account_id": 1, "key_id": "x", "private_key": "none"}');
  const { exitCode, stderr } = await stage.voxsync('sync');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('private_key')]);
});

test('3 when one secret is bad, conflicts, or has no application, and the good ones are written', async () => {
  const stage = await openStage({
    applications: [{ name: 'app', secrets: [{ name: 'TAKEN', value: 'x' }] }],
  });
  await stage.saveSecrets({ GOOD: '1', LONG: 'x'.repeat(8193), EMPTY: '', TAKEN: '2', BETTER: '3' });
  await stage.configure({ mappings: [mapped('app', ['GOOD', 'LONG', 'EMPTY', 'MISSING', 'BETTER'])] });
  const bad = await stage.voxsync('sync');
  expect([bad.exitCode, namesIn(stage)]).toEqual([3, ['BETTER', 'GOOD', 'TAKEN']]);
  for (const words of ['is longer than 8192 characters', 'is empty', 'MISSING'])
    expect(bad.stdout).toContain(words);

  await stage.configure({ mappings: [mapped('app', ['GOOD', 'TAKEN'])] });
  const conflict = await stage.voxsync('sync');
  expect([conflict.exitCode, conflict.stdout]).toEqual([
    3,
    expect.stringMatching(/! TAKEN +conflict +unowned/),
  ]);
  expect(stage.emulator.state.readValue('app', 'TAKEN')).toBe('x');

  await stage.configure({ mappings: [mapped('app', ['GOOD']), mapped('ap', ['GOOD'])] });
  const unknown = await stage.voxsync('sync');
  expect([unknown.exitCode, unknown.stdout]).toEqual([3, expect.stringContaining('There are: app.')]);
});

test('3 when one write is refused, and the others are done', async () => {
  const stage = await stageWithTwo();
  stage.emulator.faults.add({ kind: 'error', code: 134, method: 'AddSecret' });
  const { exitCode, stdout } = await stage.voxsync('sync');
  expect([exitCode, namesIn(stage).length]).toEqual([3, 1]);
  expect(stdout).toContain('Applied: 1 created, 1 failed.');
});

test('4 when a source refuses, 6 when it cannot be reached; nothing is deleted', async () => {
  const stage = await stageWithTwo();
  await stage.voxsync('sync');
  const refusing = createServer((_request, response) => {
    response.writeHead(403, { 'content-type': 'application/json' }).end('{"errors":["permission denied"]}');
  });
  const address = await listenOnLoopback(refusing);
  onTestFinished(() => void refusing.close());
  stage.env['VAULT_TOKEN'] = 'none';
  const vault = {
    kind: 'vault',
    address,
    kvVersion: 2,
    auth: { method: 'token', token: { env: 'VAULT_TOKEN' } },
  };
  const configure = (settings: object) =>
    stage.configure({
      sources: { local: { kind: 'file', path: 'secrets.json' }, vault: settings },
      mappings: [
        { application: 'app', secrets: [{ name: 'FIRST', from: { source: 'vault', secret: 'a' } }] },
      ],
    });
  await configure(vault);
  const refused = await stage.voxsync('sync');
  expect([refused.exitCode, refused.stdout]).toEqual([
    4,
    expect.stringMatching(/\? FIRST +hold +source-unavailable/),
  ]);
  await configure({ ...vault, address: 'http://127.0.0.1:9', timeout: '1s' });
  const unreachable = await stage.voxsync('sync');
  expect(unreachable.exitCode).toBe(6);
  expect(namesIn(stage)).toContain('FIRST');
});

test('5 when Voximplant refuses: a revoked key, a missing role', async () => {
  const [revoked, roleless] = await Promise.all([stageWithTwo(), stageWithTwo()]);
  revoked.emulator.revokeKey(revoked.emulator.credentials.key_id);
  roleless.emulator.setSwitches({ secretsRole: 'missing' });
  const outcomes = await Promise.all([
    revoked.voxsync('sync'),
    roleless.voxsync('sync'),
    revoked.voxsync('plan', '--detailed-exitcode'),
    revoked.voxsync('explain', 'FIRST'),
    revoked.voxsync('plan', '--output', 'json'),
    revoked.voxsync('plan', '--output', 'markdown'),
  ]);
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([5, 5, 5, 5, 5, 5]);
  for (const { stdout } of outcomes) expect(stdout).toContain('error 100: authorization failed');
});

test('6 when Voximplant cannot be reached, or answers with pages', async () => {
  const [closed, paged] = await Promise.all([stageWithTwo(), stageWithTwo()]);
  await closed.emulator.close();
  paged.emulator.faults.add({ kind: 'html', count: 'all' });
  const outcomes = await Promise.all([closed.voxsync('sync'), paged.voxsync('sync')]);
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([6, 6]);
  expect(outcomes[0]?.stdout).toContain('ECONNREFUSED');
  expect(outcomes[1]?.stdout).toContain('HTTP 502');
});

test('7 when the guard refuses; the acknowledgement that it prints works, and works once', async () => {
  const stage = await openStage();
  const names = namesOf('KEY_', 12);
  const configure = (kept: readonly string[]) =>
    stage.configure({ guard: { maxDeletes: { count: 2 } }, mappings: [mapped('app', kept)] });
  const all = Object.fromEntries(names.map((name) => [name, name]));
  await stage.saveSecrets({ ...all, NEW: 'n' });
  await configure(names);
  await stage.voxsync('sync');
  await configure([...names.slice(0, 9), 'NEW']);

  const refused = await stage.voxsync('sync');
  expect(refused.exitCode).toBe(7);
  // The creates of a refused plan go ahead, and the acknowledgement still fits what is left.
  expect(namesIn(stage)).toEqual([...names, 'NEW']);
  const stillRefused = await stage.voxsync('sync');
  expect(stillRefused.stdout).toContain(
    'refused: 3 deletes of 13 secrets that are ours (guard.maxDeletes.count 2).',
  );
  const command = acknowledgementIn(refused.stdout);
  expect(acknowledgementIn(stillRefused.stdout)).toBe(command);
  expect((await stage.voxsync('sync', '--acknowledge', 'another')).exitCode).toBe(7);
  expect(namesIn(stage)).toHaveLength(13);
  const acknowledged = await stage.shell(command);
  expect([acknowledged.exitCode, namesIn(stage)]).toEqual([0, [...names.slice(0, 9), 'NEW']]);

  await configure([...names, 'NEW']);
  await stage.voxsync('sync');
  await configure([...names.slice(0, 9), 'NEW']);
  const again = await stage.shell(command);
  expect([again.exitCode, namesIn(stage)]).toEqual([7, [...names, 'NEW']]);
});

test('an acknowledgement in the environment works once too, and may stay there', async () => {
  const stage = await openStage();
  const configure = (names: readonly string[]) =>
    stage.configure({ guard: { maxDeletes: { count: 0 } }, mappings: [mapped('app', names)] });
  await stage.saveSecrets({ A: '1', B: '2', C: '3' });
  await configure(['A', 'B', 'C']);
  await stage.voxsync('sync');
  await configure(['A', 'B']);
  const refused = await stage.voxsync('sync');
  stage.env['VOXSYNC_ACKNOWLEDGE'] = acknowledgementIn(refused.stdout).slice(-12);
  expect([(await stage.voxsync('sync')).exitCode, namesIn(stage)]).toEqual([0, ['A', 'B']]);
  const quiet = await stage.voxsync('sync');
  expect([quiet.exitCode, quiet.stdout]).toEqual([0, 'Plan: nothing to do; 2 in sync.\n']);
  await configure(['A']);
  const next = await stage.voxsync('sync');
  expect([next.exitCode, namesIn(stage)]).toEqual([7, ['A', 'B']]);
  expect(next.stdout).toContain('the acknowledgement had no effect');
});

function acknowledgementIn(stdout: string): string {
  return /voxsync sync --acknowledge [\w-]{12}/.exec(stdout)?.[0] ?? 'no acknowledgement';
}

test('a pipe gets no colours, and may close early', async () => {
  const stage = await openStage();
  const names = namesOf('KEY_', 2000);
  await stage.saveSecrets(Object.fromEntries(names.map((name) => [name, name])));
  await stage.configure({ mappings: [mapped('app', names), mapped('nowhere', ['KEY_000'])] });
  Object.assign(stage.env, {
    FORCE_COLOR: '1',
    CLICOLOR_FORCE: '1',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
  });
  const outcomes = await Promise.all([
    stage.voxsync('plan'),
    stage.voxsync('--help'),
    stage.voxsync('sinc'),
    stage.voxsync('plan', '--log-format', 'pretty'),
  ]);
  const written = outcomes.map(({ stdout, stderr }) => stdout + stderr).join('\n');
  expect(written).toContain('+ KEY_1999');
  expect(written).not.toContain('\u001B');
  const log = outcomes[0]?.stderr.trimEnd().split('\n') ?? [];
  expect(log.map((line) => JSON.parse(line).msg)).toContain('pass finished');
  const early = await Promise.all([
    stage.shell('voxsync plan | head -1; echo "${PIPESTATUS[0]}"'),
    stage.shell('voxsync plan 2>&1 | head -1; echo "${PIPESTATUS[0]}"'),
    stage.shell('voxsync plan --output json | head -c 1; echo "${PIPESTATUS[0]}"'),
  ]);
  expect(early.map(({ stdout }) => stdout.trim().split('\n').at(-1)?.slice(-1))).toEqual(['3', '3', '3']);
  expect(early.map(({ stderr }) => stderr).join('')).not.toMatch(/EPIPE|at .*\.js/);
});

test.skipIf(!existsSync('/usr/bin/script'))('a terminal gets colours, and none with NO_COLOR', async () => {
  const stage = await stageWithTwo();
  stage.env['TERM'] = 'xterm-256color';
  const onTerminal = (command: string) => stage.shell(`/usr/bin/script -qec "${command}" /dev/null`);
  const [coloured, plain, help] = await Promise.all([
    onTerminal('$VOXSYNC plan'),
    onTerminal('NO_COLOR=1 $VOXSYNC plan'),
    onTerminal('$VOXSYNC --help'),
  ]);
  expect(coloured.stdout).toContain('\u001B[32m  + FIRST ');
  expect([coloured.exitCode, plain.exitCode, help.exitCode]).toEqual([0, 0, 0]);
  expect(plain.stdout).toContain('  + FIRST ');
  expect(plain.stdout + help.stdout).not.toContain('\u001B');
});

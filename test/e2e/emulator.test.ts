// `voxsync emulator` as a process: its credentials file, its options and faults, its log, and a sync from another process.
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { untilWritten, type Running } from './program.ts';
import { mapped, openStage, type Stage } from './stage.ts';

const canary = 'Kanarie/9f3a+gelb=';

/** Points the config to the emulator that runs as a process of its own. */
async function configureFor(stage: Stage, emulator: Running, credentials: string): Promise<void> {
  const [, endpoint] = await untilWritten(
    emulator.stdout,
    /^endpoint: +(http:\/\/127\.0\.0\.1:\d+\/platform_api)$/m,
  );
  await stage.configure({
    accounts: { main: { endpoint, credentials: { file: credentials } } },
    mappings: [mapped('call-center', ['FIRST', 'SECOND']), mapped('ivr', ['FIRST'])],
  });
}

test('serves a sync in another process, with its options and faults, and ends on SIGTERM with 143', async () => {
  const stage = await openStage();
  await stage.saveSecrets({ FIRST: canary, SECOND: '2' });
  const emulator = stage.start(
    ...'emulator --port 0 --credentials emulated.json'.split(' '),
    ...'--application call-center ivr --option addSecretResult=list maxCount=2'.split(' '),
    ...'--fault method=AddSecret,kind=error,code=2,count=1 kind=reset-after,method=AddSecret,nth=2'.split(
      ' ',
    ),
  );
  await configureFor(stage, emulator, 'emulated.json');
  const file = path.join(stage.folder, 'emulated.json');
  expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
  expect(emulator.stdout()).toContain('credentials: emulated.json\n');
  expect(Object.keys(JSON.parse(await readFile(file, 'utf8'))).toSorted()).toEqual([
    'account_email',
    'account_id',
    'key_id',
    'private_key',
  ]);

  const first = await stage.voxsync('sync');
  expect([first.exitCode, first.stdout]).toEqual([0, expect.stringContaining('Applied: 3 created.')]);
  const second = await stage.voxsync('sync');
  expect([second.exitCode, second.stdout]).toEqual([0, 'Plan: nothing to do; 3 in sync.\n']);
  emulator.kill('SIGTERM');
  const { exitCode, stdout, stderr } = await emulator.ended;
  expect(exitCode).toBe(143);

  const calls = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const kinds = calls.filter(({ method }) => method === 'AddSecret').map(({ outcome }) => outcome.kind);
  expect(kinds.filter((kind) => kind === 'faulted')).toHaveLength(2);
  expect(kinds.filter((kind) => kind === 'answered').length).toBeGreaterThanOrEqual(2);
  const { private_key: privateKey } = JSON.parse(await readFile(file, 'utf8'));
  for (const secret of [canary, encodeURIComponent(canary), privateKey.split('\n')[3], 'Bearer'])
    expect(stdout + stderr).not.toContain(secret);
});

test('SIGINT ends it with 130', async () => {
  const stage = await openStage();
  const emulator = stage.start('emulator', '--credentials', 'emulated.json');
  await untilWritten(emulator.stdout, /endpoint:/);
  emulator.kill('SIGINT');
  expect((await emulator.ended).exitCode).toBe(130);
});

test('refuses an option that it does not know with 2, and names the nearest', async () => {
  const stage = await openStage();
  await writeFile(path.join(stage.folder, 'options.json'), '{"maxCuont": 5}');
  const outcomes = await Promise.all([
    stage.voxsync('emulator', '--option', 'addSecretResults=list'),
    stage.voxsync('emulator', '--option', 'addSecretResult=array'),
    stage.voxsync('emulator', '--options', 'options.json'),
    stage.voxsync('emulator', '--fault', 'methd=AddSecret,kind=html'),
    stage.voxsync('emulator', '--fault', 'kind=htm'),
    stage.voxsync('emulator', '--port', 'eighty'),
    stage.voxsync('emulator', '--options', 'missing.json'),
    stage.voxsync('emulator', '--port', new URL(stage.emulator.url).port),
  ]);
  expect(outcomes.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(outcomes.map(() => [2, '']));
  expect(outcomes.map(({ stderr }) => stderr)).toEqual([
    expect.stringContaining('did you mean addSecretResult?'),
    expect.stringContaining('object | list | flat'),
    expect.stringContaining('did you mean maxCount?'),
    expect.stringContaining('did you mean method?'),
    expect.stringContaining('fault kind'),
    expect.stringContaining('whole number'),
    expect.stringContaining('missing.json cannot be read'),
    expect.stringContaining('is in use'),
  ]);
  // A refused start leaves no credentials behind.
  expect([...(await stage.files()).keys()]).not.toContain('emulator-credentials.json');
});

test('--list-options tells every option with its default and ends', async () => {
  const stage = await openStage();
  const { exitCode, stdout } = await stage.voxsync('emulator', '--list-options');
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('addSecretResult=object\n')]);
  for (const key of Object.keys(stage.emulator.switches)) expect(stdout).toMatch(new RegExp(`^${key}=`, 'm'));
});

test('a credentials file that no emulator wrote is not overwritten', async () => {
  const stage = await openStage();
  await stage.save('real.json', '{"account_email":"ops@acme.example"}');
  const refused = await stage.voxsync('emulator', '--credentials', 'real.json');
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('no emulator wrote it')]);
  expect((await stage.files()).get('real.json')).toContain('ops@acme.example');
});

// Who owns a secret, as a person changes it: a changed owner, a damaged marker, orphans, and the question on a real terminal.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hatch, tracesIn } from './canaries.ts';
import { script, untilWritten, type Finished } from './program.ts';
import { mapped, openStage, type Stage } from './stage.ts';

const names = ['CRM', 'TRUNK', 'URL'];

async function stageOf(
  secrets: Readonly<Record<string, string>> = Object.fromEntries(names.map((name) => [name, `of ${name}`])),
): Promise<Stage> {
  const stage = await openStage();
  await stage.saveSecrets(secrets);
  await stage.configure({ owner: 'a', mappings: [mapped('app', names)] });
  await stage.voxsync('sync');
  stage.emulator.journal.clear();
  return stage;
}

function snapshot({ emulator: { state } }: Stage) {
  return state
    .secrets('app')
    .map((secret) => ({ secret, name: secret.name, value: state.readValue('app', secret.name) }));
}

test('a changed owner: nothing is written until a transfer, and then all is in sync without a value read', async () => {
  const stage = await stageOf();
  const before = snapshot(stage);
  await stage.configure({ owner: 'b', onConflict: 'overwrite', mappings: [mapped('app', names)] });
  const conflict = await stage.voxsync('sync');
  expect([conflict.exitCode, conflict.stdout.match(/foreign-owner \(owner a\)/g)]).toEqual([
    3,
    expect.objectContaining({ length: 3 }),
  ]);
  const shown = await stage.voxsync('transfer', '--from', 'a');
  expect([shown.exitCode, shown.stderr]).toEqual([2, expect.stringContaining('`--yes`')]);
  expect(snapshot(stage)).toEqual(before);
  const moved = await stage.voxsync('transfer', '--from', 'a', '--yes');
  expect([moved.exitCode, moved.stdout]).toEqual([0, expect.stringContaining('Applied: 3 updated.')]);
  const synced = await stage.voxsync('sync');
  expect([synced.exitCode, synced.stdout]).toEqual([0, 'Plan: nothing to do; 3 in sync.\n']);
  const { GetSecretValue = 0, DelSecret = 0, AddSecret = 0 } = stage.emulator.journal.countByMethod();
  expect([GetSecretValue, DelSecret, AddSecret]).toEqual([0, 0, 0]);
  const log = moved.stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(log.filter(({ msg }) => msg === 'secret updated')).toHaveLength(3);
  expect(log.at(-1)).toMatchObject({ msg: 'pass finished', updated: 3, exitCode: 0 });
});

test('a hand-edited marker: a conflict, adopted, in sync', async () => {
  const stage = await stageOf();
  const [first] = stage.emulator.state.secrets('app');
  stage.emulator.state.changeSecret('app', 'CRM', { description: `Do not touch! ${first?.description}` });
  const conflict = await stage.voxsync('sync');
  expect([conflict.exitCode, conflict.stdout]).toEqual([
    3,
    expect.stringMatching(/! CRM +conflict +marker-damaged/),
  ]);
  const adopted = await stage.voxsync('adopt', 'CRM', '--yes');
  expect([adopted.exitCode, adopted.stdout]).toEqual([0, expect.stringContaining('Applied: 1 adopted.')]);
  const synced = await stage.voxsync('sync');
  expect([synced.exitCode, synced.stdout]).toEqual([0, 'Plan: nothing to do; 3 in sync.\n']);
});

test.skipIf(!existsSync(script))('on a terminal it asks, and a yes is enough', async () => {
  const stage = await stageOf();
  await stage.configure({ owner: 'b', mappings: [mapped('app', names)] });
  const running = stage.startOnTerminal('transfer', '--from', 'a');
  await untilWritten(running.stdout, /Apply these 3 changes\? \[y\/N\] $/);
  running.type('y\n');
  const { exitCode, stdout } = await running.ended;
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Applied: 3 updated.')]);
});

test.skipIf(!existsSync(script))('Ctrl-D is a no', async () => {
  const stage = await stageOf();
  const before = snapshot(stage);
  await stage.configure({ owner: 'b', mappings: [mapped('app', names)] });
  const running = stage.startOnTerminal('transfer', '--from', 'a');
  await untilWritten(running.stdout, /\[y\/N\] $/);
  running.type('\u0004');
  const { exitCode, stdout } = await running.ended;
  expect([exitCode, stdout]).toEqual([3, expect.stringContaining('Nothing was written.')]);
  expect(snapshot(stage)).toEqual(before);
});

test.skipIf(!existsSync(script))(
  'Ctrl-C during the question ends it with 130, and writes nothing',
  async () => {
    const stage = await stageOf();
    const before = snapshot(stage);
    await stage.configure({ owner: 'b', mappings: [mapped('app', names)] });
    const running = stage.startOnTerminal('transfer', '--from', 'a');
    await untilWritten(running.stdout, /\[y\/N\] $/);
    running.type('\u0003');
    const { exitCode, stdout } = await running.ended;
    expect([exitCode, stdout]).toEqual([130, expect.not.stringMatching(/Applied|error|at .*\.js/)]);
    expect(snapshot(stage)).toEqual(before);
  },
);

test('no value is in anything that these commands print, at trace level too', async () => {
  const canaries = [...names, 'OTHER'].map((name) => hatch(name));
  const secrets = Object.fromEntries(names.map((name, index) => [name, canaries[index]?.value ?? '']));
  const stage = await stageOf(secrets);
  stage.emulator.state.changeSecret('app', 'CRM', {
    description: 'vxs1:cut',
    value: canaries[3]?.value ?? '',
  });
  stage.emulator.state.changeSecret('app', 'TRUNK', { description: '' });
  const finished: Finished[] = [];
  const voxsync = async (...args: readonly string[]) => {
    finished.push(await stage.voxsync(...args, '--log-level', 'trace'));
  };
  await voxsync('adopt', 'CRM', 'TRUNK');
  await voxsync('adopt', 'CRM', 'TRUNK', 'URL', 'TYPO', '--yes');
  expect(stage.emulator.state.readValue('app', 'CRM')).toBe(secrets['CRM']);
  await stage.configure({ owner: 'b', mappings: [mapped('app', ['CRM'])] });
  await voxsync('transfer', '--from', 'a', '--yes');
  await voxsync('orphans');
  await voxsync('orphans', '--output', 'json');
  await voxsync('orphans', '--release', 'TRUNK', '--yes');
  await voxsync('orphans', '--delete', 'URL', 'CRM', '--yes');
  expect(finished.map(({ exitCode }) => exitCode)).toEqual([2, 2, 0, 0, 0, 0, 2]);
  for (const { stdout, stderr } of finished) expect(tracesIn(stdout + stderr, canaries)).toEqual([]);
  expect(new Set(snapshot(stage).map(({ name }) => name))).toEqual(new Set(['CRM', 'TRUNK']));
});

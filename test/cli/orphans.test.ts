// `voxsync orphans`: lists what is ours and wanted by nothing, in every application, and releases or deletes it by name.
import { expect, test } from 'vitest';
import { parseDescription } from '../../src/secret/marker.ts';
import { openStage, type Stage } from './stage.ts';

const sources = { local: { kind: 'file', path: 'secrets.json' } };
const mapped = (application: unknown, ...names: readonly string[]) => ({
  application,
  secrets: names.map((name) => ({ name, from: { source: 'local', secret: name }, description: 'by us' })),
});
const discovering = (application: string) => ({
  application,
  discover: [{ from: { source: 'local', prefix: 'voice/' }, name: '{{ path }}' }],
});

/** `app` holds KEPT and OLD, `ivr` holds LEFT; then OLD is taken out of the config, and so is all of `ivr`. */
async function stageWithOrphans(changes: Readonly<Record<string, unknown>> = {}): Promise<Stage> {
  const stage = await openStage({ applications: [{ name: 'app' }, { name: 'ivr' }] });
  await stage.save('secrets.json', JSON.stringify({ KEPT: '1', OLD: '2', LEFT: '3' }));
  await stage.configure({ sources, mappings: [mapped('app', 'KEPT', 'OLD'), mapped('ivr', 'LEFT')] });
  await stage.voxsync('sync');
  stage.emulator.state.addSecret('app', { name: 'STRANGER', value: 'theirs', description: 'By hand' });
  await stage.configure({ sources, mappings: [mapped('app', 'KEPT')], ...changes });
  stage.emulator.journal.clear();
  return stage;
}

const namesIn = (stage: Stage, application: string) =>
  stage.emulator.state
    .secrets(application)
    .map(({ name }) => name)
    .toSorted();
const secretOf = (stage: Stage, application: string, name: string) =>
  stage.emulator.state.secrets(application).find((secret) => secret.name === name);
const snapshot = (stage: Stage) => {
  const { state } = stage.emulator;
  return ['app', 'ivr'].flatMap((application) =>
    state
      .secrets(application)
      .map((secret) => ({ secret, name: secret.name, value: state.readValue(application, secret.name) })),
  );
};

test('lists every application of the account, reads no value and writes nothing', async () => {
  const stage = await stageWithOrphans();
  stage.emulator.state.addSecret('ivr', { name: 'BROKEN', value: 'x', description: 'note vxs1:cut' });
  const before = snapshot(stage);
  const { exitCode, stdout, stderr } = await stage.voxsync('orphans');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^app \(account main, application \d+\)\n {2}o OLD {2}no-longer-desired \(no mapping names it; due now\) {2}a mapping named it, written [-\d]{10} [:\d]{8} UTC\n\n/,
  );
  expect(stdout).toMatch(
    /ivr \(account main, application \d+\)\n {2}o BROKEN {2}marker-damaged\n {2}o LEFT {4}no-longer-desired \(no mapping names the application\) /,
  );
  expect(stdout).toContain('\n\nOrphans: 3 in 2 applications.\nNothing was written. ');
  expect(stdout).not.toMatch(/KEPT|STRANGER/);
  expect(snapshot(stage)).toEqual(before);
  const methods = Object.keys(stage.emulator.journal.countByMethod());
  expect(methods.toSorted()).toEqual(['GetApplications', 'GetSecrets']);
});

test('tells until when one waits, and what the policy leaves', async () => {
  const stage = await stageWithOrphans({ prune: { grace: '1h' } });
  await stage.voxsync('sync');
  const waiting = await stage.voxsync('orphans', '--application', 'app');
  expect(waiting.stdout).toMatch(
    /o OLD {2}prune-grace \(no mapping names it; due [-\d]{10} [:\d]{8} UTC\) .*, gone since [-\d]{10} [:\d]{8} UTC\n/,
  );
  expect(waiting.stdout).not.toContain('LEFT');
  await stage.configure({ sources, policy: 'upsert-only', mappings: [mapped('app', 'KEPT')] });
  const left = await stage.voxsync('orphans', '--application', 'app');
  expect(left.stdout).toContain(
    'o OLD  no-longer-desired (no mapping names it; policy upsert-only never deletes)',
  );
});

test('is data for machines with --output json', async () => {
  const stage = await stageWithOrphans();
  const { exitCode, stdout } = await stage.voxsync('orphans', '--output', 'json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    orphans: [
      expect.objectContaining({ account: 'main', application: 'app', name: 'OLD', text: 'by us' }),
      expect.objectContaining({
        application: 'ivr',
        id: secretOf(stage, 'ivr', 'LEFT')?.id,
        name: 'LEFT',
        reason: 'no-longer-desired',
        detail: 'no mapping names the application',
        origin: 'mapping',
        writtenAt: expect.any(Number),
      }),
    ],
    undecided: [],
    failures: [],
  });
});

test('--release takes the marker off and leaves value and text; the next passes leave it alone', async () => {
  const stage = await stageWithOrphans();
  stage.emulator.state.addSecret('ivr', { name: 'BROKEN', value: 'x', description: 'note vxs1:cut by us' });
  const before = snapshot(stage);
  const { exitCode, stdout } = await stage.voxsync('orphans', '--release', 'OLD', 'LEFT', 'BROKEN', '--yes');
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(
      / {2}\^ OLD {2}release {2}no-longer-desired[\s\S]*Plan: 3 to release\.\nApplied: 3 released\.\n$/,
    ),
  ]);
  const released = new Map([
    ['OLD', 'by us'],
    ['LEFT', 'by us'],
    ['BROKEN', 'note by us'],
  ]);
  const after = snapshot(stage);
  expect(after.map(({ name, value, secret: { id } }) => [name, value, id])).toEqual(
    before.map(({ name, value, secret: { id } }) => [name, value, id]),
  );
  expect(after.map(({ secret }) => secret.description)).toEqual(
    before.map(({ name, secret }) => released.get(name) ?? secret.description),
  );
  expect(stage.emulator.journal.countByMethod()).not.toHaveProperty('GetSecretValue');
  expect((await stage.voxsync('sync')).stdout).toBe('Plan: nothing to do; 1 in sync.\n');
  expect(namesIn(stage, 'app')).toEqual(['KEPT', 'OLD', 'STRANGER']);
  expect((await stage.voxsync('orphans')).stdout).toBe('Orphans: none.\n');
});

test('what is chosen goes now, whatever a pass would wait for, and its plan says so', async () => {
  const stage = await stageWithOrphans({ prune: { grace: '1h' } });
  await stage.voxsync('sync');
  expect((await stage.voxsync('orphans')).stdout).toContain('o OLD  prune-grace (no mapping names it; due ');
  const { exitCode, stdout } = await stage.voxsync('orphans', '--delete', 'OLD', 'LEFT', '--yes');
  expect([exitCode, stdout.replaceAll(/ +\(account .*\)\n/g, '\n')]).toEqual([
    0,
    [
      'app',
      '  - OLD  delete  no-longer-desired (no mapping names it)',
      '',
      'ivr',
      '  - LEFT  delete  no-longer-desired (no mapping names the application)',
      '',
      'Plan: 2 to delete.',
      'Applied: 2 deleted.',
      '',
    ].join('\n'),
  ]);
  expect(namesIn(stage, 'app')).toEqual(['KEPT', 'STRANGER']);
});

test('--delete deletes what is named, by id, whatever policy and guard say', async () => {
  const guard = { maxDeletes: { count: 0 }, maxUpdates: { count: 0 } };
  const stage = await stageWithOrphans({ policy: 'create-only', guard });
  const { exitCode, stdout } = await stage.voxsync('orphans', '--delete', 'OLD', 'LEFT', '--yes');
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(/- LEFT {2}delete[\s\S]*Applied: 2 deleted\.\n$/),
  ]);
  expect([namesIn(stage, 'app'), namesIn(stage, 'ivr')]).toEqual([['KEPT', 'STRANGER'], []]);
  expect(stage.emulator.journal.countByMethod()).toMatchObject({ DelSecret: 2 });
});

test('keeps to the applications that are named', async () => {
  const stage = await stageWithOrphans();
  const wrong = await stage.voxsync('orphans', '--delete', 'LEFT', '--application', 'app', '--yes');
  expect([wrong.exitCode, wrong.stdout]).toEqual([
    2,
    expect.stringMatching(
      /error: there is no secret LEFT\nhint: {2}Names are case-sensitive\. Looked at: app\./,
    ),
  ]);
  const unknown = await stage.voxsync('orphans', '--application', 'nowhere');
  expect([unknown.exitCode, unknown.stdout]).toEqual([
    3,
    expect.stringContaining('the accounts have no application "nowhere"'),
  ]);
  expect(namesIn(stage, 'ivr')).toEqual(['LEFT']);
});

test('what is wanted, not ours or damaged is refused by name, and the others are deleted', async () => {
  const stage = await stageWithOrphans();
  stage.emulator.state.addSecret('app', { name: 'BROKEN', value: 'x', description: 'vxs1:cut' });
  const names = ['OLD', 'KEPT', 'STRANGER', 'BROKEN', 'TYPO'];
  const { exitCode, stdout } = await stage.voxsync('orphans', '--delete', ...names, '--yes');
  expect(exitCode).toBe(2);
  for (const words of [
    'application app: KEPT is no orphan: mappings[0].secrets[0] wants it',
    'application app: STRANGER is no orphan: it does not carry our marker',
    "application app: the marker of BROKEN is damaged, so it may be another owner's, and is not deleted",
    'there is no secret TYPO',
    'Applied: 1 deleted.',
  ])
    expect(stdout).toContain(words);
  expect(namesIn(stage, 'app')).toEqual(['BROKEN', 'KEPT', 'STRANGER']);
});

test('while a source cannot be read, nothing that it may want is an orphan', async () => {
  const stage = await stageWithOrphans();
  await stage.configure({
    sources: { local: { kind: 'file', path: 'broken.json' } },
    mappings: [mapped('app', 'KEPT'), discovering('app')],
  });
  await stage.save('broken.json', '{"voice/');
  const before = snapshot(stage);
  const list = await stage.voxsync('orphans');
  expect([list.exitCode, list.stdout]).toEqual([
    3,
    expect.stringMatching(/ {2}\? OLD {2}source-unavailable\n {6}error: .*broken\.json/),
  ]);
  expect(list.stdout).toContain('Orphans: 1 in 1 application; nobody can tell of 1.');
  for (const act of ['--release', '--delete']) {
    const { exitCode, stdout } = await stage.voxsync('orphans', act, 'OLD', 'KEPT', '--yes');
    expect(exitCode).toBe(3);
    expect(stdout).toContain('nobody can tell whether OLD is wanted: ');
    expect(stdout).toContain('nobody can tell whether KEPT is wanted: ');
  }
  expect(snapshot(stage)).toEqual(before);
});

test('a discovered secret that moved to another name leaves the old one as an orphan', async () => {
  const stage = await openStage();
  const naming = (name: string) => ({
    sources,
    mappings: [{ application: 'app', discover: [{ from: { source: 'local', prefix: 'key' }, name }] }],
  });
  await stage.save('secrets.json', JSON.stringify({ key: 'one' }));
  await stage.configure(naming('FIRST'));
  await stage.voxsync('sync');
  await stage.configure(naming('SECOND'));
  const { stdout } = await stage.voxsync('orphans');
  expect(stdout).toMatch(
    /o FIRST {2}no-longer-desired \(its source secret is gone, or stands for another name; due now\) {2}a discovery found it, /,
  );
});

test('an application that cannot be listed is a failure line, and the others go on', async () => {
  const stage = await stageWithOrphans();
  stage.emulator.faults.add({ kind: 'error', code: 100, method: 'GetSecrets', count: 1 });
  const { exitCode, stdout } = await stage.voxsync('orphans');
  expect([exitCode, stdout]).toEqual([
    5,
    expect.stringMatching(/^error: account main, application \w+: .*100/),
  ]);
  expect(stdout).toContain('Orphans: 1 in 1 application.');
});

test('asks on a terminal; a no leaves everything as it is', async () => {
  const stage = await stageWithOrphans();
  const before = snapshot(stage);
  const silent = await stage.voxsync('orphans', '--delete', 'OLD', 'LEFT');
  expect([silent.exitCode, silent.stderr]).toEqual([2, expect.stringContaining('no terminal')]);
  const no = await stage.onTerminal(() => 'n', 'orphans', '--delete', 'OLD', 'LEFT');
  expect([no.exitCode, no.stderr]).toEqual([3, expect.stringContaining('Apply these 2 changes? [y/N] ')]);
  expect(snapshot(stage)).toEqual(before);
  const yes = await stage.onTerminal(() => 'y', 'orphans', '--delete', 'OLD', 'LEFT');
  expect([yes.exitCode, namesIn(stage, 'app')]).toEqual([0, ['KEPT', 'STRANGER']]);
});

test('an orphan that is wanted again by the time of the answer is not deleted', async () => {
  const discover = [{ from: { source: 'local', prefix: 'OL' }, name: '{{ path }}' }];
  const stage = await stageWithOrphans({
    mappings: [mapped('app', 'KEPT'), { application: 'app', discover }],
  });
  await stage.save('secrets.json', JSON.stringify({ KEPT: '1' }));
  const answer = async () => {
    await stage.save('secrets.json', JSON.stringify({ KEPT: '1', OLD: '2' }));
    return 'y';
  };
  const { exitCode, stdout } = await stage.onTerminal(answer, 'orphans', '--delete', 'OLD');
  expect([exitCode, stdout]).toEqual([
    2,
    expect.stringMatching(/- OLD {2}delete[\s\S]*OLD is no orphan: mappings\[1\]\.discover\[0\] wants it/),
  ]);
  expect(namesIn(stage, 'app')).toEqual(['KEPT', 'OLD', 'STRANGER']);
});

test('a release that has no effect is told', async () => {
  const stage = await stageWithOrphans();
  stage.emulator.setSwitches({ setSecretInfoApplies: 'value' });
  const { exitCode, stdout } = await stage.voxsync('orphans', '--release', 'OLD', '--yes');
  expect([exitCode, stdout]).toEqual([3, expect.stringContaining('Applied: 1 failed.')]);
  const { description = '' } = secretOf(stage, 'app', 'OLD') ?? {};
  expect(parseDescription(description).ownership).toBe('marked');
});

test('options that do not go together are errors of usage', async () => {
  const stage = await stageWithOrphans();
  const outcomes = await Promise.all([
    stage.voxsync('orphans', '--delete', 'OLD', '--release', 'LEFT'),
    stage.voxsync('orphans', '--delete', 'OLD', '--output', 'json', '--yes'),
    stage.voxsync('orphans', '--delete'),
    stage.voxsync('orphans', 'OLD'),
  ]);
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 2]);
  expect(namesIn(stage, 'app')).toContain('OLD');
});

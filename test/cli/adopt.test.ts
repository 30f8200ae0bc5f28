// `voxsync adopt`: damaged and missing markers are repaired by name, shown first, and nothing else is touched.
import { expect, test } from 'vitest';
import { formatDescription, parseDescription } from '../../src/secret/marker.ts';
import { openStage, type Stage } from './stage.ts';

const local = { sources: { local: { kind: 'file', path: 'secrets.json' } } };
const mapped = (application: unknown, ...names: readonly string[]) => ({
  application,
  secrets: names.map((name) => ({ name, from: { source: 'local', secret: name }, description: 'by us' })),
});

async function stageWith(secrets: Readonly<Record<string, string>>): Promise<Stage> {
  const stage = await openStage({ applications: [{ name: 'app' }, { name: 'ivr' }] });
  await stage.save('secrets.json', JSON.stringify(secrets));
  await stage.configure({ ...local, mappings: [mapped('app', ...Object.keys(secrets))] });
  await stage.voxsync('sync');
  return stage;
}

const secretOf = (stage: Stage, name: string, application = 'app') =>
  stage.emulator.state.secrets(application).find((secret) => secret.name === name);
const descriptionOf = (stage: Stage, name: string) => secretOf(stage, name)?.description ?? '';
const edit = (stage: Stage, name: string, change: { description?: string; value?: string }) =>
  stage.emulator.state.changeSecret('app', name, change);
const snapshot = (stage: Stage) => {
  const { state } = stage.emulator;
  return ['app', 'ivr'].flatMap((application) =>
    state
      .secrets(application)
      .map((secret) => ({ secret, name: secret.name, value: state.readValue(application, secret.name) })),
  );
};

test('a damaged marker: a conflict, adopted with --yes, then in sync', async () => {
  const stage = await stageWith({ KEY: 'right', OTHER: 'kept' });
  edit(stage, 'KEY', { description: `${descriptionOf(stage, 'KEY').slice(0, 30)} edited` });
  const id = secretOf(stage, 'KEY')?.id;
  const conflict = await stage.voxsync('sync');
  expect([conflict.exitCode, conflict.stdout]).toEqual([3, expect.stringContaining('`voxsync adopt NAME`')]);
  const adopted = await stage.voxsync('adopt', 'KEY', '--yes');
  expect([adopted.exitCode, adopted.stdout]).toEqual([
    0,
    expect.stringMatching(
      / {2}\* KEY {2}adopt {2}marker-damaged .*\n\nPlan: 1 to adopt\.\nApplied: 1 adopted\.\n$/,
    ),
  ]);
  expect(secretOf(stage, 'KEY')).toMatchObject({ id, description: expect.stringMatching(/ by us$/) });
  const { exitCode, stdout } = await stage.voxsync('sync');
  expect([exitCode, stdout]).toEqual([0, 'Plan: nothing to do; 2 in sync.\n']);
});

test('an unmarked one and one of another value: the value that is right stays, the other is replaced in place', async () => {
  const stage = await stageWith({ SAME: 'right', OTHER: 'right' });
  edit(stage, 'SAME', { description: '' });
  edit(stage, 'OTHER', { description: 'by hand', value: 'wrong' });
  const ids = stage.emulator.state.secrets('app').map((secret) => secret.id);
  const { exitCode, stdout } = await stage.voxsync('adopt', 'SAME', 'OTHER', '--yes');
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(
      /~ OTHER {2}update value {2}unowned \(its value differs, and the source decides\)[\s\S]*\* SAME {3}adopt +unowned/,
    ),
  ]);
  expect(snapshot(stage)).toMatchObject(ids.map((id) => ({ secret: { id }, value: 'right' })));
  expect((await stage.voxsync('sync')).stdout).toBe('Plan: nothing to do; 2 in sync.\n');
});

test.each(['create-only', 'upsert-only', 'sync'])(
  'under policy %s and a guard of nothing too',
  async (policy) => {
    const stage = await stageWith({ KEY: 'right' });
    edit(stage, 'KEY', { description: '', value: 'wrong' });
    const guard = { maxDeletes: { count: 0 }, maxUpdates: { count: 0 } };
    await stage.configure({ ...local, policy, guard, mappings: [mapped('app', 'KEY')] });
    expect((await stage.voxsync('adopt', 'KEY', '--yes')).exitCode).toBe(0);
    expect(stage.emulator.state.readValue('app', 'KEY')).toBe('right');
  },
);

test('nothing but what is named is read or written, whatever else there is to do', async () => {
  const stage = await stageWith({ KEY: '1', ROTATED: '2', GONE: '3', DAMAGED: '4' });
  for (const name of ['KEY', 'DAMAGED']) edit(stage, name, { description: 'vxs1:broken' });
  await stage.save('secrets.json', JSON.stringify({ KEY: '1', ROTATED: 'next', NEW: '5', DAMAGED: '4' }));
  await stage.configure({ ...local, mappings: [mapped('app', 'KEY', 'ROTATED', 'NEW', 'DAMAGED')] });
  const before = snapshot(stage).filter(({ name }) => name !== 'KEY');
  stage.emulator.journal.clear();
  const { exitCode, stdout } = await stage.voxsync('adopt', 'KEY', '--yes');
  expect([exitCode, stdout]).toEqual([0, expect.not.stringMatching(/ROTATED|NEW|GONE|DAMAGED/)]);
  expect(snapshot(stage).filter(({ name }) => name !== 'KEY')).toEqual(before);
  expect(stage.emulator.journal.countByMethod()).toEqual({
    GetApplications: 2,
    GetSecrets: 3,
    GetSecretValue: 1,
    SetSecretInfo: 1,
  });
});

test('what cannot be taken over is refused by name, and the others are', async () => {
  const stage = await stageWith({ FOREIGN: '1', OURS: '2', BROKEN: '3', ABSENT: '4' });
  const read = parseDescription(descriptionOf(stage, 'FOREIGN'));
  if (read.ownership !== 'marked') throw new Error('the sync wrote no marker');
  edit(stage, 'FOREIGN', { description: formatDescription({ ...read.marker, owner: 'them' }, '') });
  edit(stage, 'BROKEN', { description: 'vxs1:broken' });
  stage.emulator.state.deleteSecret('app', 'ABSENT');
  stage.emulator.state.addSecret('app', { name: 'STRANGER', value: 'theirs', description: 'vxs1:broken' });
  const before = snapshot(stage).filter(({ name }) => name !== 'BROKEN');
  const names = ['FOREIGN', 'OURS', 'BROKEN', 'ABSENT', 'STRANGER'];
  const { exitCode, stdout } = await stage.voxsync('adopt', ...names, '--yes');
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(/error: no mapping wants STRANGER, .*\nhint: {2}Add it to a mapping of app/);
  expect(stdout).toMatch(/! FOREIGN {2}conflict +foreign-owner \(owner them\)/);
  expect(stdout).toContain('`voxsync transfer --from OWNER NAME`');
  expect(stdout).toMatch(/\. OURS {5}skip +already-ours/);
  expect(stdout).toMatch(/\. ABSENT {3}skip +missing \(there is nothing to take over/);
  expect(stdout).toContain('Applied: 1 adopted.');
  expect(snapshot(stage).filter(({ name }) => name !== 'BROKEN')).toEqual(before);
  const foreign = await stage.voxsync('adopt', 'FOREIGN', '--yes');
  const ours = await stage.voxsync('adopt', 'OURS', '--yes');
  expect([foreign.exitCode, ours.exitCode]).toEqual([3, 0]);
});

test('without a terminal and without --yes it shows the plan, writes nothing, and says how', async () => {
  const stage = await stageWith({ KEY: 'right' });
  edit(stage, 'KEY', { description: 'vxs1:broken' });
  const before = snapshot(stage);
  const { exitCode, stdout, stderr } = await stage.voxsync('adopt', 'KEY');
  expect([exitCode, stdout]).toEqual([2, expect.stringContaining('Plan: 1 to adopt')]);
  expect(stderr).toMatch(/error: nothing was written: there is no terminal to ask on\nhint: .*`--yes`/);
  expect(snapshot(stage)).toEqual(before);
});

test.each([
  ['y', 0],
  [' YES ', 0],
  ['n', 3],
  ['', 3],
  ['yess', 3],
  [undefined, 3],
])('on a terminal the answer %j exits with %i, and only a yes writes', async (answer, expected) => {
  const stage = await stageWith({ KEY: 'right' });
  edit(stage, 'KEY', { description: 'vxs1:broken' });
  const before = snapshot(stage);
  const ended = await stage.onTerminal(() => answer, 'adopt', 'KEY');
  expect([ended.exitCode, ended.stderr]).toEqual([
    expected,
    expect.stringContaining('Apply this change? [y/N] '),
  ]);
  expect(ended.stdout).toMatch(expected === 0 ? /\nApplied: 1 adopted\.\n$/ : /\nNothing was written\.\n$/);
  expect(JSON.stringify(snapshot(stage)) === JSON.stringify(before)).toBe(expected !== 0);
});

test('a plan that became another one during the question is shown and asked about anew', async () => {
  const stage = await stageWith({ KEY: 'right' });
  edit(stage, 'KEY', { description: 'vxs1:broken' });
  let questions = 0;
  const answer = () => {
    questions += 1;
    if (questions === 1) edit(stage, 'KEY', { value: 'wrong' });
    return questions === 1 ? 'y' : 'n';
  };
  const { exitCode, stdout, stderr } = await stage.onTerminal(answer, 'adopt', 'KEY');
  expect([exitCode, questions]).toEqual([3, 2]);
  expect(stderr).toContain('Something has changed meanwhile. This is the plan now:\n');
  expect(stdout).toMatch(/\* KEY {2}adopt[\s\S]*~ KEY {2}update value[\s\S]*Nothing was written\.\n$/);
  expect(stage.emulator.state.readValue('app', 'KEY')).toBe('wrong');
});

test('a secret that went to another owner during the question is not touched', async () => {
  const stage = await stageWith({ KEY: 'right' });
  const read = parseDescription(descriptionOf(stage, 'KEY'));
  if (read.ownership !== 'marked') throw new Error('the sync wrote no marker');
  const theirs = formatDescription({ ...read.marker, owner: 'them' }, 'theirs');
  edit(stage, 'KEY', { description: 'vxs1:broken' });
  const answer = () => {
    edit(stage, 'KEY', { description: theirs });
    return 'y';
  };
  const { exitCode, stdout } = await stage.onTerminal(answer, 'adopt', 'KEY');
  expect([exitCode, stdout]).toEqual([3, expect.stringMatching(/! KEY {2}conflict {2}foreign-owner/)]);
  expect(descriptionOf(stage, 'KEY')).toBe(theirs);
});

test('nothing to do asks nothing', async () => {
  const stage = await stageWith({ KEY: 'right' });
  const refuse = () => {
    throw new Error('asked');
  };
  const { exitCode, stdout } = await stage.onTerminal(refuse, 'adopt', 'KEY');
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(/skip {2}already-ours[\s\S]*Plan: nothing to do/),
  ]);
});

test('an interrupted question writes nothing', async () => {
  const stage = await stageWith({ KEY: 'right' });
  edit(stage, 'KEY', { description: 'vxs1:broken' });
  const before = snapshot(stage);
  const interrupt = () => Promise.reject(new DOMException('interrupted by SIGINT', 'AbortError'));
  await expect(stage.onTerminal(interrupt, 'adopt', 'KEY')).rejects.toThrow('interrupted by SIGINT');
  expect(snapshot(stage)).toEqual(before);
});

test('a name is taken over in every application that wants it, or in those that are named', async () => {
  const stage = await openStage({ applications: [{ name: 'app' }, { name: 'ivr' }, { name: 'crm' }] });
  await stage.save('secrets.json', JSON.stringify({ KEY: 'right' }));
  for (const name of ['app', 'ivr', 'crm'])
    stage.emulator.state.addSecret(name, { name: 'KEY', value: 'right', description: 'vxs1:broken' });
  await stage.configure({ ...local, mappings: [mapped(['app', 'ivr'], 'KEY')] });
  const owned = () =>
    ['app', 'ivr', 'crm'].filter((name) => secretOf(stage, 'KEY', name)?.description.startsWith('vxs1:cli:'));
  await stage.voxsync('adopt', '--application', 'ivr', 'KEY', '--yes');
  expect(owned()).toEqual(['ivr']);
  await stage.voxsync('adopt', 'KEY', '--yes');
  expect(owned()).toEqual(['app', 'ivr']);
});

test('an application that cannot be listed is told, and the others go on', async () => {
  const stage = await stageWith({ KEY: 'right' });
  edit(stage, 'KEY', { description: 'vxs1:broken' });
  await stage.configure({ ...local, mappings: [mapped('app', 'KEY'), mapped('nowhere', 'KEY')] });
  const { exitCode, stdout } = await stage.voxsync('adopt', 'KEY', '--yes');
  expect([exitCode, stdout]).toEqual([3, expect.stringContaining('there is no application "nowhere"')]);
  expect(stdout).toContain('Applied: 1 adopted.');
});

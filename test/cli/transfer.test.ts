// `voxsync transfer --from OWNER`: the owner in the marker changes, values are neither read nor written.
import { expect, test } from 'vitest';
import { formatDescription, parseDescription, type Marker } from '../../src/secret/marker.ts';
import { openStage, type Stage } from './stage.ts';

const local = { sources: { local: { kind: 'file', path: 'secrets.json' } } };
const mapped = (application: unknown, ...names: readonly string[]) => ({
  application,
  secrets: names.map((name) => ({ name, from: { source: 'local', secret: name }, description: 'by us' })),
});

/** Three secrets written by owner `a`; the config then says `b`. */
async function stageOf(next: Readonly<Record<string, unknown>> = {}): Promise<Stage> {
  const stage = await openStage({ applications: [{ name: 'app' }, { name: 'ivr' }] });
  await stage.save('secrets.json', JSON.stringify({ A: '1', B: '2', C: '3' }));
  const mappings = [mapped('app', 'A', 'B', 'C'), mapped('ivr', 'A')];
  await stage.configure({ ...local, owner: 'a', mappings });
  await stage.voxsync('sync');
  await stage.configure({ ...local, owner: 'b', mappings, ...next });
  stage.emulator.journal.clear();
  return stage;
}

function markerOf(stage: Stage, name: string, application = 'app'): Marker {
  const secret = stage.emulator.state.secrets(application).find((one) => one.name === name);
  const read = parseDescription(secret?.description ?? '');
  if (read.ownership !== 'marked') throw new Error(`${name} has no marker`);
  return read.marker;
}

const ownersIn = (stage: Stage, application = 'app') =>
  stage.emulator.state.secrets(application).map(({ name }) => markerOf(stage, name, application).owner);

test('a changed owner: all conflicts and nothing written; after the transfer all in sync, and no value is read', async () => {
  const stage = await stageOf();
  const before = stage.emulator.state.secrets('app');
  const conflict = await stage.voxsync('sync');
  expect(conflict.exitCode).toBe(3);
  expect(conflict.stdout.match(/conflict {2}foreign-owner \(owner a\)/g)).toHaveLength(4);
  expect(conflict.stdout).toContain('`voxsync transfer --from OWNER NAME`');
  expect(stage.emulator.state.secrets('app')).toEqual(before);
  const { exitCode, stdout } = await stage.voxsync('transfer', '--from', 'a', '--yes');
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(
      /~ A {2}update description {2}foreign-owner \(owner a becomes b\)[\s\S]*Applied: 4 updated\.\n$/,
    ),
  ]);
  expect([ownersIn(stage), ownersIn(stage, 'ivr')]).toEqual([['b', 'b', 'b'], ['b']]);
  const after = stage.emulator.state.secrets('app');
  expect(after.map(({ id, name }) => [id, name])).toEqual(before.map(({ id, name }) => [id, name]));
  const synced = await stage.voxsync('sync');
  expect([synced.exitCode, synced.stdout]).toEqual([0, 'Plan: nothing to do; 4 in sync.\n']);
  expect(stage.emulator.journal.countByMethod()).not.toHaveProperty('GetSecretValue');
  const again = await stage.voxsync('transfer', '--from', 'a', '--yes');
  expect([again.exitCode, again.stdout]).toEqual([
    0,
    'Plan: nothing to do.\nNo secret here has the owner a. Owners here: b (4).\n',
  ]);
});

test('a change that somebody made by hand before is found by the next pass all the same', async () => {
  const stage = await stageOf();
  const past = { ...markerOf(stage, 'A'), writtenAt: Math.floor(Date.now() / 1000) - 3600 };
  stage.emulator.state.changeSecret('app', 'A', {
    value: 'changed by hand',
    description: formatDescription(past, 'by us'),
  });
  await stage.voxsync('transfer', '--from', 'a', '--yes');
  expect(markerOf(stage, 'A')).toEqual({ ...past, owner: 'b' });
  const { stdout } = await stage.voxsync('sync');
  expect(stdout).toMatch(/~ A {2}update value {2}drifted/);
  expect(stage.emulator.state.readValue('app', 'A')).toBe('1');
});

test('keeps to names and applications, and says of each name that it cannot take why', async () => {
  const stage = await stageOf();
  stage.emulator.state.changeSecret('app', 'B', { description: 'vxs1:cut' });
  stage.emulator.state.addSecret('app', { name: 'D', value: 'theirs', description: 'By hand' });
  const names = ['A', 'B', 'D', 'TYPO'];
  const options = ['--from', 'a', '--application', 'app', '--yes'];
  const { exitCode, stdout } = await stage.voxsync('transfer', ...options, ...names);
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(/! B {2}conflict +marker-damaged/);
  expect(stdout).toMatch(/! D {2}conflict +unowned/);
  expect(stdout).toContain('there is no secret TYPO');
  expect(stdout).not.toMatch(/ C /);
  expect([markerOf(stage, 'A').owner, markerOf(stage, 'C').owner]).toEqual(['b', 'a']);
  expect(markerOf(stage, 'A', 'ivr').owner).toBe('a');
});

test('asks no source, and needs none that answers', async () => {
  const stage = await stageOf({ sources: { local: { kind: 'file', path: 'missing.json' } } });
  const { exitCode } = await stage.voxsync('transfer', '--from', 'a', '--yes');
  expect([exitCode, ownersIn(stage)]).toEqual([0, ['b', 'b', 'b']]);
});

test.each(['create-only', 'upsert-only', 'sync'])('under policy %s too', async (policy) => {
  const stage = await stageOf({ policy });
  const { exitCode } = await stage.voxsync('transfer', '--from', 'a', '--yes');
  expect([exitCode, ownersIn(stage)]).toEqual([0, ['b', 'b', 'b']]);
});

test('a text without room behind the longer owner is refused with the numbers, and the others go over', async () => {
  const owner = 'a-very-long-owner-of-thirty-two-';
  const stage = await stageOf({ owner });
  const text = 'x'.repeat(110);
  stage.emulator.state.changeSecret('app', 'A', {
    description: formatDescription(markerOf(stage, 'A'), text),
  });
  const { exitCode, stdout } = await stage.voxsync('transfer', '--from', 'a', '--yes');
  expect([exitCode, stdout]).toEqual([
    3,
    expect.stringMatching(
      /\? A {2}hold +invalid\n {6}error: the description has 110 characters\n {6}hint: {2}Behind the marker of owner \S{32} there is room for 104\./,
    ),
  ]);
  expect(ownersIn(stage)).toEqual(['a', owner, owner]);
});

test('asks on a terminal; without one it shows and writes nothing', async () => {
  const stage = await stageOf();
  const silent = await stage.voxsync('transfer', '--from', 'a');
  expect([silent.exitCode, silent.stdout]).toEqual([2, expect.stringContaining('Plan: 4 to update')]);
  expect(silent.stderr).toContain('`--yes`');
  const no = await stage.onTerminal(() => undefined, 'transfer', '--from', 'a');
  expect([no.exitCode, ownersIn(stage)]).toEqual([3, ['a', 'a', 'a']]);
  const yes = await stage.onTerminal(() => 'yes', 'transfer', '--from', 'a', 'A');
  expect([yes.exitCode, ownersIn(stage)]).toEqual([0, ['b', 'a', 'a']]);
});

test('a transfer that has no effect is told', async () => {
  const stage = await stageOf();
  stage.emulator.setSwitches({ setSecretInfoApplies: 'nothing' });
  const { exitCode, stdout } = await stage.voxsync('transfer', '--from', 'a', '--yes');
  expect([exitCode, stdout]).toEqual([3, expect.stringContaining('Applied: 4 failed.')]);
});

test('the own owner, and what can be no owner, are errors of usage before anything is asked', async () => {
  const stage = await stageOf();
  const outcomes = await Promise.all([
    stage.voxsync('transfer', '--from', 'b', '--yes'),
    stage.voxsync('transfer', '--from', 'no owner', '--yes'),
    stage.voxsync('transfer', '--yes'),
  ]);
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2]);
  expect(outcomes[0]?.stderr).toContain('--from b is the owner of this config');
  expect(outcomes[1]?.stderr).toContain('no owner id');
  expect(stage.emulator.journal.entries).toEqual([]);
});

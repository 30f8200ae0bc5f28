// What the config's rules do to what is there: conflicts, policies, markers, applications kept to, and the grace before a delete.
import { expect, test, vi } from 'vitest';
import { formatDescription, parseDescription } from '../../src/secret/marker.ts';
import { patience } from './program.ts';
import { mapped, openStage, owner, type Stage } from './stage.ts';

function valuesOf(stage: Stage, application = 'app'): Record<string, string | undefined> {
  const { state } = stage.emulator;
  const names = state.secrets(application).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, state.readValue(application, name)]));
}

function descriptionOf(stage: Stage, name: string): string {
  return stage.emulator.state.secrets('app').find((secret) => secret.name === name)?.description ?? '';
}

test('onConflict: skip leaves what is not ours, adopt-if-equal marks an equal value, overwrite replaces it', async () => {
  const secrets = [
    { name: 'EQUAL', value: 'same', description: 'By hand' },
    { name: 'OTHER', value: 'theirs', description: 'By hand' },
  ];
  const modes = ['skip', 'adopt-if-equal', 'overwrite'] as const;
  const outcomes = await Promise.all(
    modes.map(async (onConflict) => {
      const stage = await openStage({ applications: [{ name: 'app', secrets }] });
      await stage.saveSecrets({ EQUAL: 'same', OTHER: 'ours' });
      await stage.configure({ onConflict, mappings: [mapped('app', ['EQUAL', 'OTHER'])] });
      const ids = stage.emulator.state.secrets('app').map(({ id }) => id);
      const { exitCode, stdout } = await stage.voxsync('sync');
      expect(stage.emulator.state.secrets('app').map(({ id }) => id)).toEqual(ids);
      return {
        exitCode,
        applied: stdout.trimEnd().split('\n').at(-1),
        other: stage.emulator.state.readValue('app', 'OTHER'),
        ownership: ['EQUAL', 'OTHER'].map((name) => parseDescription(descriptionOf(stage, name)).ownership),
        valuesRead: stage.emulator.journal.countByMethod()['GetSecretValue'] ?? 0,
      };
    }),
  );
  const summary = 'Plan: nothing to do; 2 conflicts; 0 in sync.';
  expect(outcomes).toEqual([
    { exitCode: 3, applied: summary, other: 'theirs', ownership: ['none', 'none'], valuesRead: 0 },
    {
      exitCode: 3,
      applied: 'Applied: 1 adopted.',
      other: 'theirs',
      ownership: ['marked', 'none'],
      valuesRead: 2,
    },
    {
      exitCode: 0,
      applied: 'Applied: 1 updated, 1 adopted.',
      other: 'ours',
      ownership: ['marked', 'marked'],
      valuesRead: 2,
    },
  ]);
});

test('policy: create-only never changes, upsert-only never deletes, sync does all', async () => {
  const policies = ['create-only', 'upsert-only', 'sync'] as const;
  const outcomes = await Promise.all(
    policies.map(async (policy) => {
      const stage = await openStage();
      await stage.saveSecrets({ KEPT: '1', GONE: '2' });
      await stage.configure({ mappings: [mapped('app', ['KEPT', 'GONE'])] });
      await stage.voxsync('sync');
      await stage.saveSecrets({ KEPT: 'next', NEW: '3' });
      await stage.configure({ policy, mappings: [mapped('app', ['KEPT', 'NEW'])] });
      const { exitCode } = await stage.voxsync('sync');
      return [exitCode, valuesOf(stage)];
    }),
  );
  expect(outcomes).toEqual([
    [0, { KEPT: '1', GONE: '2', NEW: '3' }],
    [0, { KEPT: 'next', GONE: '2', NEW: '3' }],
    [0, { KEPT: 'next', NEW: '3' }],
  ]);
});

test('foreign and damaged markers are conflicts for what is wanted, and never touched', async () => {
  const stage = await openStage();
  await stage.saveSecrets({ FOREIGN: '1', CUT: '2', EDITED: '3' });
  await stage.configure({ mappings: [mapped('app', ['FOREIGN', 'CUT', 'EDITED'])] });
  await stage.voxsync('sync');
  const { state } = stage.emulator;
  const written = parseDescription(descriptionOf(stage, 'FOREIGN'));
  if (written.ownership !== 'marked') throw new Error('the sync wrote no marker');
  state.changeSecret('app', 'FOREIGN', {
    description: formatDescription({ ...written.marker, owner: 'them' }, ''),
  });
  state.changeSecret('app', 'CUT', { description: descriptionOf(stage, 'CUT').slice(0, 40) });
  state.changeSecret('app', 'EDITED', { description: `Ours! ${descriptionOf(stage, 'EDITED')}` });
  const before = state.secrets('app');
  await stage.saveSecrets({ FOREIGN: 'a', CUT: 'b', EDITED: 'c' });
  const wanted = await stage.voxsync('sync');
  expect(wanted.exitCode).toBe(3);
  expect(wanted.stdout).toMatch(/! FOREIGN +conflict +foreign-owner \(owner them\)/);
  expect(wanted.stdout).toMatch(/! CUT +conflict +marker-damaged/);
  expect(wanted.stdout).toMatch(/! EDITED +conflict +marker-damaged/);
  await stage.configure({ onConflict: 'overwrite', mappings: [mapped('app', ['FOREIGN', 'CUT', 'EDITED'])] });
  expect((await stage.voxsync('sync')).exitCode).toBe(3);
  await stage.configure({ mappings: [mapped('ivr', ['FOREIGN']), mapped('app', ['NEW'])] });
  await stage.saveSecrets({ FOREIGN: 'a', NEW: 'n' });
  await stage.voxsync('sync');
  const after = state.secrets('app').filter(({ name }) => name !== 'NEW');
  expect(after).toEqual(before);
  expect(valuesOf(stage)).toEqual({ FOREIGN: '1', CUT: '2', EDITED: '3', NEW: 'n' });
});

test('--application keeps to what it names, by name, full name, id and glob', async () => {
  const names = ['ivr-de', 'ivr-en', 'crm', 'office', 'ivr-fr'];
  const stage = await openStage({ applications: names.map((name, index) => ({ name, id: 2001 + index })) });
  await stage.saveSecrets({ KEY: '1' });
  await stage.configure({ mappings: [mapped(['ivr-*', 'crm', { id: 2004 }], ['KEY'])] });
  const filled = () => names.filter((name) => stage.emulator.state.readValue(name, 'KEY') === '1');
  expect((await stage.voxsync('sync', '--application', 'crm')).exitCode).toBe(0);
  expect(filled()).toEqual(['crm']);
  await stage.voxsync('sync', '--application', 'ivr-e*', 'office.account.voximplant.com');
  expect(filled()).toEqual(['ivr-en', 'crm', 'office']);
  expect((await stage.voxsync('explain', '--application', '2002', 'KEY')).stdout).toContain('ivr-en');
  for (const nobody of ['cmr', '2006']) {
    const unknown = await stage.voxsync('sync', '--application', nobody);
    expect([unknown.exitCode, filled().length]).toEqual([3, 3]);
  }
  expect((await stage.voxsync('sync', '--application', '2001', 'crm')).exitCode).toBe(0);
  expect(filled()).toEqual(['ivr-de', 'ivr-en', 'crm', 'office']);
  await stage.voxsync('sync');
  expect(filled()).toEqual(names);
});

test('--dry-run and plan show exactly what the following sync does, and write nothing', async () => {
  const secrets = [{ name: 'TAKEN', value: 'x' }];
  const stage = await openStage({ applications: [{ name: 'app', secrets }, { name: 'ivr' }] });
  await stage.saveSecrets({ A: '1', B: '2', C: '3', TAKEN: 'y' });
  await stage.configure({ mappings: [mapped('app', ['A', 'B', 'C']), mapped('ivr', ['A'])] });
  await stage.voxsync('sync');
  await stage.saveSecrets({ A: 'next', B: '2', D: '4', TAKEN: 'y' });
  await stage.configure({ mappings: [mapped('app', ['A', 'B', 'D', 'TAKEN']), mapped('ivr', ['A', 'D'])] });
  const before = JSON.stringify([valuesOf(stage), stage.emulator.state.secrets('app')]);
  stage.emulator.journal.clear();
  const dry = await stage.voxsync('sync', '--dry-run');
  const plan = await stage.voxsync('plan');
  expect(JSON.stringify([valuesOf(stage), stage.emulator.state.secrets('app')])).toBe(before);
  expect(Object.keys(stage.emulator.journal.countByMethod()).toSorted()).toEqual([
    'GetApplications',
    'GetSecrets',
  ]);
  const done = await stage.voxsync('sync');
  const shown = dry.stdout.replace('Dry run: nothing was written.\n', '');
  expect([dry.exitCode, done.exitCode]).toEqual([3, 3]);
  expect(done.stdout).toBe(`${shown}Applied: 2 created, 2 updated, 1 deleted.\n`);
  expect(plan.stdout).toMatch(/\nPlan id [\w-]{12}\. Nothing was written/);
  expect(plan.stdout.startsWith(shown)).toBe(true);
  expect(valuesOf(stage)).toEqual({ A: 'next', B: '2', D: '4', TAKEN: 'x' });
});

test('a delete waits for its grace: marked first, held within it, forgotten when the secret is wanted again', async () => {
  const stage = await openStage();
  await stage.saveSecrets({ KEPT: '1', GONE: '2' });
  const configure = (grace: string, names: readonly string[]) =>
    stage.configure({ prune: { grace }, mappings: [mapped('app', names)] });
  const markerOf = () => parseDescription(descriptionOf(stage, 'GONE'));
  await configure('1h', ['KEPT', 'GONE']);
  await stage.voxsync('sync');

  await configure('1h', ['KEPT']);
  const marked = await stage.voxsync('sync');
  expect(marked.stdout).toMatch(/~ GONE +update description +prune-grace/);
  const since = markerOf();
  expect(since).toMatchObject({ marker: { owner, absentSince: expect.any(Number) } });
  const held = await stage.voxsync('sync');
  expect([held.exitCode, held.stdout]).toEqual([0, expect.stringMatching(/\? GONE +hold +prune-grace/)]);
  expect(markerOf()).toEqual(since);

  await configure('1h', ['KEPT', 'GONE']);
  await stage.voxsync('sync');
  expect(markerOf()).toMatchObject({ marker: { absentSince: 0 } });
  expect(valuesOf(stage)).toEqual({ KEPT: '1', GONE: '2' });

  await configure('2s', ['KEPT']);
  const startedAt = Date.now();
  await stage.voxsync('sync');
  const deleted = await vi.waitUntil(async () => {
    const { stdout } = await stage.voxsync('sync');
    return stdout.includes('1 deleted') && stdout;
  }, patience);
  expect(deleted).toMatch(/- GONE +delete +no-longer-desired/);
  // The marker counts whole seconds.
  expect(Date.now() - startedAt).toBeGreaterThan(1000);
  expect(valuesOf(stage)).toEqual({ KEPT: '1' });
});

test('what somebody changed by hand is put right, however the change is noticed', async () => {
  const ways = ['modified', 'values', 'off'] as const;
  const outcomes = await Promise.all(
    ways.map(async (detect) => {
      let lead = 0;
      const stage = await openStage({ clock: () => new Date(Date.now() + lead) });
      await stage.saveSecrets({ KEY: 'right', QUIET: 'quiet' });
      await stage.configure({ drift: { detect }, mappings: [mapped('app', ['KEY', 'QUIET'])] });
      await stage.voxsync('sync');
      // Within a few seconds of our own write nobody can tell two changes apart by their times.
      lead = 60_000;
      stage.emulator.state.changeSecret('app', 'KEY', { value: 'wrong' });
      stage.emulator.journal.clear();
      const { stdout } = await stage.voxsync('sync');
      const reads = stage.emulator.journal.countByMethod()['GetSecretValue'] ?? 0;
      return [stdout.includes('drifted'), stage.emulator.state.readValue('app', 'KEY'), reads];
    }),
  );
  expect(outcomes).toEqual([
    [true, 'right', 1],
    [true, 'right', 2],
    [false, 'wrong', 0],
  ]);
});

test('`--verify-values` finds for once what the config does not look for, in a plan and in a pass', async () => {
  const stage = await openStage();
  await stage.saveSecrets({ KEY: 'right', QUIET: 'quiet' });
  await stage.configure({ drift: { detect: 'off' }, mappings: [mapped('app', ['KEY', 'QUIET'])] });
  await stage.voxsync('sync');
  stage.emulator.state.changeSecret('app', 'KEY', { value: 'wrong' });
  const reads = async (...args: readonly string[]) => {
    stage.emulator.journal.clear();
    const { stdout } = await stage.voxsync(...args);
    const { GetSecretValue = 0 } = stage.emulator.journal.countByMethod();
    return [stdout.includes('drifted'), stage.emulator.state.readValue('app', 'KEY'), GetSecretValue];
  };
  expect(await reads('plan')).toEqual([false, 'wrong', 0]);
  expect(await reads('plan', '--verify-values')).toEqual([true, 'wrong', 2]);
  expect(await reads('sync', '--verify-values')).toEqual([true, 'right', 2]);
  expect(await reads('sync')).toEqual([false, 'right', 0]);
});

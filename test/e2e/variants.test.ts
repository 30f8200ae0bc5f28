// However the real API turns out to behave where nobody has confirmed it: the same story holds, or nothing is written at all.
import { expect, test } from 'vitest';
import type { EmulatorSwitches } from '../../src/emulator/emulator.ts';
import { listed, valuesOf } from './looks.ts';
import { mapped, openStage } from './stage.ts';
import { namesOf, oddValue } from './values.ts';

type Switches = Partial<EmulatorSwitches>;

const benign: readonly (readonly [title: string, switches: Switches])[] = [
  [
    'answers in lists, numbers as text, the newest first, counts of pages',
    {
      addSecretResult: 'list',
      getSecretValueResult: 'list',
      successResult: 'string',
      numbersAs: 'string',
      emptyDescription: 'null',
      order: 'newest',
      totalCount: 'page',
      maxCount: 10,
      errorExtras: 'both',
    },
  ],
  [
    'flat answers, no times, no counts, by name',
    {
      addSecretResult: 'flat',
      getSecretValueResult: 'flat',
      successResult: 'boolean',
      emptyDescription: 'empty',
      modifiedInListing: 'omitted',
      order: 'name',
      totalCount: 'omitted',
      maxCount: 5,
    },
  ],
  [
    'a refused page size, descriptions cleared when left out, names without case',
    {
      countOverMax: 'refused',
      maxCount: 100,
      order: 'shuffled',
      setSecretInfoOmitted: 'cleared',
      touchModifiedOnNoop: true,
      duplicateAdd: 'overwritten',
      nameCase: 'insensitive',
      valueLengthUnit: 'utf16',
      descriptionLengthUnit: 'utf16',
      deletePartialFailure: 'ignored',
    },
  ],
  [
    'few calls at once and a second',
    { concurrentCalls: 3, callsPerSecond: 25, throttleCode: 429, deletePartialFailure: 'partial' },
  ],
];

const names = namesOf('KEY_', 12);

function secretsOf(generation: number): Record<string, string> {
  return Object.fromEntries(
    names.map((name, index) => [name, oddValue(index, index === 3 ? generation : 0)]),
  );
}

test.for(benign)('%s', async ([, switches]) => {
  const stage = await openStage({ switches });
  const stranger = { name: 'STRANGER', value: 'theirs', description: 'By hand' };
  stage.emulator.state.addSecret('app', stranger);
  const sync = async (wanted: Record<string, string>) => {
    await stage.saveSecrets(wanted);
    await stage.configure({ mappings: [mapped('app', Object.keys(wanted))] });
    const { exitCode, stdout } = await stage.voxsync('sync');
    const held = Object.entries(wanted).map(([name, value]) => [`app ${name}`, value]);
    expect(valuesOf(stage, ['app'])).toEqual({ 'app STRANGER': 'theirs', ...Object.fromEntries(held) });
    return [exitCode, stdout.trimEnd().split('\n').at(-1)];
  };
  expect(await sync(secretsOf(0))).toEqual([0, 'Applied: 12 created.']);
  const ids = listed(stage, ['app']);
  stage.emulator.journal.clear();
  expect(await sync(secretsOf(0))).toEqual([0, 'Plan: nothing to do; 12 in sync.']);
  expect(
    Object.keys(stage.emulator.journal.countByMethod()).filter((method) => !method.startsWith('Get')),
  ).toEqual([]);
  expect(await sync(secretsOf(1))).toEqual([0, 'Applied: 1 updated.']);
  expect(listed(stage, ['app'])).toEqual(ids);
  const { KEY_000: _gone, KEY_001: _gone1, ...rest } = secretsOf(1);
  expect(await sync(rest)).toEqual([0, 'Applied: 2 deleted.']);
});

const doubtful: readonly Switches[] = [
  { order: 'unstable' },
  { totalCount: 'short' },
  { totalCount: 'long' },
];

test('a listing that cannot be trusted stops the pass before it writes: 6', async () => {
  const outcomes = await Promise.all(
    doubtful.map(async (switches) => {
      const secrets = names.map((name) => ({ name, value: 'theirs' }));
      const stage = await openStage({
        applications: [{ name: 'app', secrets }],
        switches: { maxCount: 5, ...switches },
      });
      await stage.saveSecrets({ ...secretsOf(0), MORE: 'm' });
      await stage.configure({ onConflict: 'overwrite', mappings: [mapped('app', [...names, 'MORE'])] });
      const { exitCode } = await stage.voxsync('sync');
      const methods = Object.keys(stage.emulator.journal.countByMethod());
      return [exitCode, methods.filter((method) => !method.startsWith('Get'))];
    }),
  );
  expect(outcomes).toEqual(doubtful.map(() => [6, []]));
});

test('a write that changes nothing is told as failed, and tried again: 3', async () => {
  const stage = await openStage();
  await stage.saveSecrets({ KEY: '1' });
  await stage.configure({ mappings: [mapped('app', ['KEY'])] });
  await stage.voxsync('sync');
  await stage.saveSecrets({ KEY: '2' });
  stage.emulator.setSwitches({ setSecretInfoApplies: 'nothing' });
  const lost = await stage.voxsync('sync');
  expect([lost.exitCode, lost.stdout]).toEqual([3, expect.stringContaining('1 failed')]);
  expect(lost.stderr).toContain('write-unconfirmed');
  stage.emulator.setSwitches({ setSecretInfoApplies: 'all' });
  expect((await stage.voxsync('sync')).exitCode).toBe(0);
  expect(stage.emulator.state.readValue('app', 'KEY')).toBe('2');
});

test('a server whose clock is ahead of ours is not read for it, by any process', async () => {
  const stage = await openStage({ clock: () => new Date(Date.now() + 600_000) });
  await stage.saveSecrets(secretsOf(0));
  await stage.configure({ mappings: [mapped('app', names)] });
  expect((await stage.voxsync('sync')).exitCode).toBe(0);
  stage.emulator.journal.clear();
  expect((await stage.voxsync('sync')).stdout).toContain('12 in sync');
  expect(stage.emulator.journal.countByMethod()).toEqual({ GetApplications: 1, GetSecrets: 1 });
});

test.each([180, -330])(
  'dates in another timezone (%i minutes) cost one write each, and no read',
  async (offset) => {
    let passedMs = 0;
    const clock = () => new Date(Date.now() + passedMs);
    const stage = await openStage({ clock, switches: { timezoneOffsetMinutes: offset } });
    await stage.saveSecrets(secretsOf(0));
    await stage.configure({ mappings: [mapped('app', names)] });
    expect((await stage.voxsync('sync')).stdout).toContain('Applied: 12 created.');
    const plan = await stage.voxsync('plan');
    expect(plan.stdout).toContain('description-changed (the dates of Voximplant are in another timezone)');
    expect((await stage.voxsync('sync')).stdout).toContain('Applied: 12 updated.');
    expect((await stage.voxsync('sync')).stdout).toBe('Plan: nothing to do; 12 in sync.\n');
    passedMs = 3_600_000;
    stage.emulator.state.changeSecret('app', 'KEY_001', { value: 'by hand' });
    expect((await stage.voxsync('sync')).stdout).toContain('drifted');
    expect(stage.emulator.journal.countByMethod()).toMatchObject({ GetSecretValue: 1 });
  },
);

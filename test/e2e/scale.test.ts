// Many secrets from files to two applications, in pages of fifty: every byte, every id, and no call too many.
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { formatDescription } from '../../src/secret/marker.ts';
import { openStage, type Stage } from './stage.ts';
import { namesOf, oddValue } from './values.ts';

const discovered = namesOf('voice/trunk-', 125);
const named = namesOf('KEY_', 125);
const foreignMarker = {
  owner: 'other-team',
  revision: 'revision',
  fingerprint: 'fingerprint---',
  keyTag: 'key',
  origin: '----origin',
  writtenAt: 1_800_000_000,
  absentSince: 0,
};
const foreign = formatDescription(foreignMarker, 'Not yours');
const strangers = [
  { name: 'STRANGER', value: ' theirs\r\n', description: 'By hand' },
  { name: 'BARE', value: 'bare' },
  { name: 'FOREIGN', value: 'of another installation', description: foreign },
];

test('250 secrets arrive byte for byte, and a rotation changes nothing but its own', async () => {
  const applications = ['app', 'ivr'].map((name) => ({ name, secrets: strangers }));
  const stage = await openStage({ applications, switches: { maxCount: 50 } });
  await configure(stage);
  const wanted = await save(stage);
  const before = listing(stage.emulator);

  const first = await stage.voxsync('sync');
  expect([first.exitCode, first.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'Applied: 250 created.']);
  expect(valuesOf(stage.emulator)).toEqual(wanted);
  expect(Object.values(wanted).filter(({ length }) => length === 8192).length).toBeGreaterThan(10);
  expect(strangersOf(stage.emulator)).toEqual(before);

  const written = listing(stage.emulator);
  stage.emulator.journal.clear();
  const second = await stage.voxsync('sync');
  expect([second.exitCode, second.stdout]).toEqual([0, 'Plan: nothing to do; 250 in sync.\n']);
  expect(Object.keys(stage.emulator.journal.countByMethod()).toSorted()).toEqual([
    'GetApplications',
    'GetSecrets',
  ]);
  expect(listing(stage.emulator)).toEqual(written);

  const rotated = new Set([3, 60, 124]);
  const wantedNext = await save(stage, rotated);
  stage.emulator.journal.clear();
  const third = await stage.voxsync('sync');
  expect([third.exitCode, third.stdout]).toEqual([0, expect.stringContaining('Applied: 6 updated.')]);
  expect(valuesOf(stage.emulator)).toEqual(wantedNext);
  expect(stage.emulator.journal.countByMethod()).toMatchObject({ SetSecretInfo: 6 });
  expect(stage.emulator.journal.countByMethod()).not.toHaveProperty('AddSecret');
  expect(stage.emulator.journal.countByMethod()).not.toHaveProperty('DelSecret');
  expect(idsOf(listing(stage.emulator))).toEqual(idsOf(written));
  expect(strangersOf(stage.emulator)).toEqual(before);
});

function configure(stage: Stage): Promise<void> {
  return stage.configure({
    sources: {
      json: { kind: 'file', path: 'secrets.json' },
      yaml: { kind: 'file', path: 'more.yaml' },
    },
    mappings: [
      {
        application: 'app',
        discover: [
          {
            from: { source: 'json', prefix: 'voice/' },
            name: "{{ path | remove_first: 'voice/' }}",
            description: 'Found at {{ path }}',
          },
        ],
      },
      {
        application: 'ivr',
        secrets: named.map((name, index) => ({
          name,
          from:
            index % 2 === 0
              ? { source: 'yaml', secret: name }
              : { source: 'yaml', secret: name, field: index % 4 === 1 ? 'value' : '/value' },
        })),
      },
    ],
  });
}

/** Saves all secrets, those of these numbers with another value; gives what each application should hold. */
async function save(stage: Stage, rotated: ReadonlySet<number> = new Set()): Promise<Record<string, string>> {
  const value = (index: number) => oddValue(index, rotated.has(index) ? 1 : 0);
  await stage.saveSecrets({
    ...Object.fromEntries(discovered.map((name, index) => [name, value(index)])),
    'other/left-out': 'no',
  });
  const entries = named.map((name, index) => [
    name,
    index % 2 === 0 ? value(index) : { value: value(index) },
  ]);
  await stage.save('more.yaml', stringify(Object.fromEntries(entries)));
  return Object.fromEntries([
    ...discovered.map((name, index) => [`app TRUNK_${name.slice(-3)}`, value(index)]),
    ...named.map((name, index) => [`ivr ${name}`, value(index)]),
  ]);
}

function valuesOf(emulator: Emulator): Record<string, string | undefined> {
  const names = new Set(strangers.map(({ name }) => name));
  return Object.fromEntries(
    ['app', 'ivr'].flatMap((application) =>
      emulator.state
        .secrets(application)
        .filter(({ name }) => !names.has(name))
        .map(({ name }) => [`${application} ${name}`, emulator.state.readValue(application, name)]),
    ),
  );
}

function listing(emulator: Emulator) {
  return ['app', 'ivr'].map((application) => emulator.state.secrets(application));
}

function idsOf(listed: ReturnType<typeof listing>): readonly string[] {
  return listed.flat().map(({ id, name }) => `${id} ${name}`);
}

function strangersOf(emulator: Emulator) {
  for (const application of ['app', 'ivr']) {
    for (const { name, value } of strangers) expect(emulator.state.readValue(application, name)).toBe(value);
  }
  return listing(emulator).map((secrets) => secrets.slice(0, strangers.length));
}

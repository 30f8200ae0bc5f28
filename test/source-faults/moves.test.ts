// What a config moves: a mapping taken out, a new name, another reference, another way to select; through the doubts that come with it.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseDescription } from '../../src/secret/marker.ts';
import { openStage, type Stage } from '../cli/stage.ts';

const graceSeconds = 900;

interface Moving extends Stage {
  /** The same secrets in a file and in a directory, beside a broken source. */
  readonly configureWith: (mapping: object) => Promise<void>;
  readonly sync: () => Promise<Synced>;
  readonly wait: (seconds: number) => void;
  /** Id, value and whether its absence is noted, by name. */
  readonly held: () => Record<string, readonly [number, string | undefined, 'wanted' | 'absent']>;
}

interface Synced {
  readonly exitCode: number;
  /** How many calls wrote, and how many of them carried a value. */
  readonly writes: number;
  readonly values: number;
}

async function open(): Promise<Moving> {
  let lead = 0;
  const stage = await openStage({ clock: () => new Date(Date.now() + lead * 1000) });
  const { state, journal } = stage.emulator;
  await stage.save('one.json', JSON.stringify({ KEY: 'value', OTHER: 'other' }));
  await mkdir(path.join(stage.folder, 'two'));
  await writeFile(path.join(stage.folder, 'two', 'key'), 'value');
  const sources = {
    one: { kind: 'file', path: 'one.json' },
    two: { kind: 'directory', path: 'two' },
    broken: { kind: 'file', path: 'missing.json' },
  };
  return {
    ...stage,
    configureWith: (mapping) =>
      stage.configure({
        sources,
        prune: { grace: `${graceSeconds}s` },
        mappings: [{ application: 'app', ...mapping }],
      }),
    sync: async () => {
      journal.clear();
      const { exitCode } = await stage.voxsync('sync');
      const written = journal.entries.filter(({ method }) => /^(Add|Set|Del)/.test(method));
      const values = written.filter(({ secretValue }) => secretValue === 'body');
      return { exitCode, writes: written.length, values: values.length };
    },
    wait: (seconds) => void (lead += seconds),
    held: () =>
      Object.fromEntries(
        state.secrets('app').map(({ id, name, description }) => {
          const described = parseDescription(description);
          const since = described.ownership === 'marked' ? described.marker.absentSince : Number.NaN;
          return [name, [id, state.readValue('app', name), since === 0 ? 'wanted' : 'absent']];
        }),
      ),
  };
}

const named = (name: string, source: string, secret: string) => ({ name, from: { source, secret } });
const discovered = (source: string) => ({ from: { source }, name: '{{ path }}' });
const other = named('OTHER', 'one', 'OTHER');

test('a mapping taken out: marked, waited for by every process, cleared when it comes back, pruned in the end', async () => {
  const { configureWith, sync, wait, held } = await open();
  const whole = { secrets: [named('KEY', 'one', 'KEY'), other] };
  await configureWith(whole);
  await sync();
  const before = held();

  await configureWith({ secrets: [other] });
  expect(await sync()).toMatchObject({ exitCode: 0, writes: 1, values: 0 });
  const [id] = before['KEY']!;
  expect(held()).toEqual({ ...before, KEY: [id, 'value', 'absent'] });
  wait(graceSeconds - 60);
  expect(await sync()).toMatchObject({ exitCode: 0, writes: 0 });

  await configureWith(whole);
  expect(await sync()).toMatchObject({ exitCode: 0, writes: 1, values: 0 });
  expect(held()).toEqual(before);

  await configureWith({ secrets: [other] });
  await sync();
  wait(graceSeconds);
  // A discovery that cannot be read may want the name.
  await configureWith({ secrets: [other], discover: [discovered('broken')] });
  expect(await sync()).toMatchObject({ exitCode: 3, writes: 0 });
  await configureWith({ secrets: [other] });
  expect(await sync()).toMatchObject({ exitCode: 0, writes: 1 });
  expect(Object.keys(held())).toEqual(['OTHER']);
});

test('a new name: both are there for the grace, then the old one goes', async () => {
  const { configureWith, sync, wait, held } = await open();
  await configureWith({ secrets: [named('KEY', 'one', 'KEY'), other] });
  await sync();
  await configureWith({ secrets: [named('NEW_KEY', 'one', 'KEY'), other] });
  expect(await sync()).toMatchObject({ exitCode: 0, writes: 1, values: 1 });
  // The wait begins when the new one is seen to be in place.
  expect(held()).toMatchObject({ KEY: [expect.any(Number), 'value', 'wanted'], NEW_KEY: {} });
  expect(await sync()).toMatchObject({ exitCode: 0, writes: 1, values: 0 });
  expect(held()).toMatchObject({ KEY: [expect.any(Number), 'value', 'absent'], NEW_KEY: {} });
  wait(graceSeconds);
  expect(await sync()).toMatchObject({ exitCode: 0, writes: 1 });
  expect(Object.keys(held()).toSorted()).toEqual(['NEW_KEY', 'OTHER']);
});

test('another reference: in place, and never by a source that cannot be read', async () => {
  const stage = await open();
  const { configureWith, sync, held } = stage;
  await configureWith({ secrets: [named('KEY', 'one', 'KEY'), other] });
  await sync();
  const before = held();
  const [id] = before['KEY']!;

  await configureWith({ secrets: [named('KEY', 'broken', 'KEY'), other] });
  expect(await sync()).toMatchObject({ exitCode: 3, writes: 0 });
  expect(held()).toEqual(before);

  // Mistyped: its source says that there is no such secret, which says nothing of the one that the value came from.
  await configureWith({ secrets: [named('KEY', 'two', 'kye'), other] });
  expect(await sync()).toMatchObject({ exitCode: 3, writes: 0 });
  expect(held()).toEqual(before);

  // The value is the same there, so it is not written.
  await configureWith({ secrets: [named('KEY', 'two', 'key'), other] });
  expect(await sync()).toMatchObject({ exitCode: 0, writes: 1, values: 0 });
  expect(held()).toEqual(before);
  await stage.save('two/key', 'rotated');
  expect(await sync()).toMatchObject({ exitCode: 0, writes: 1, values: 1 });
  expect(held()).toEqual({ ...before, KEY: [id, 'rotated', 'wanted'] });
});

test('from named to discovered, to another discovery, and back: the same secret with the same id, and no value is written', async () => {
  const stage = await open();
  const { configureWith, sync, held } = stage;
  await stage.save('two/KEY', 'value');
  await configureWith({ secrets: [named('KEY', 'one', 'KEY'), other] });
  await sync();
  const before = held();
  for (const mapping of [
    { discover: [discovered('one')] },
    { secrets: [other], discover: [{ from: { source: 'two', prefix: 'KEY' }, name: '{{ path }}' }] },
    { secrets: [named('KEY', 'one', 'KEY'), other] },
  ]) {
    await configureWith(mapping);
    expect(await sync()).toMatchObject({ exitCode: 0, values: 0 });
    expect(held()).toEqual(before);
    expect(await sync()).toMatchObject({ exitCode: 0, writes: 0 });
  }
  // While the discovery that it moves to cannot be read, it stays what it was.
  await configureWith({ secrets: [other], discover: [discovered('broken')] });
  expect(await sync()).toMatchObject({ exitCode: 3, writes: 0 });
  expect(held()).toEqual(before);
});

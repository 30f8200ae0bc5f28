// Call budgets: the exact number of calls of each kind that a pass makes at Voximplant, so that cost cannot creep. The source is a file.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readmeFile, tableOf } from '../readme.ts';
import { costOf, descriptionsWritten, type Cost } from './costs.ts';
import { mapped, openStage, type Stage } from './stage.ts';
import { namesOf } from './values.ts';

const many = namesOf('KEY_', 1000);
/** Not a round number of rows, which would look as if there were more. */
const some = namesOf('KEY_', 55);
const ten = some.slice(20, 30);
const more = namesOf('MORE_', 10);
const table = tableOf(await readFile(readmeFile, 'utf8'), '### Calls to Voximplant');

/** The calls that the README promises for a pass. */
function promised(pass: string): Cost {
  const [, calls = ''] = table.find(([name]) => name === pass) ?? [];
  const counts = [...calls.matchAll(/(\w+) (\d+)/g)].map(([, kind, count]) => [kind, Number(count)]);
  if (counts.length === 0) throw new Error(`the README promises nothing for ${pass}`);
  return Object.fromEntries(counts);
}

/** A file of secrets, some of them with another value. */
function saveSecrets(stage: Stage, names: readonly string[], rotated: readonly string[] = []): Promise<void> {
  const values = names.map((name) => [name, `${rotated.includes(name) ? 'next' : 'first'} of ${name}`]);
  return stage.saveSecrets(Object.fromEntries(values));
}

/** A stage with some secrets in sync, written a minute ago by the server's clock. */
async function openSynced(changes: Readonly<Record<string, unknown>> = {}) {
  let aheadMs = 0;
  const stage = await openStage({ clock: () => new Date(Date.now() + aheadMs) });
  const pass = (minutes: number) => {
    aheadMs += minutes * 60_000;
  };
  await saveSecrets(stage, some);
  await stage.configure({ mappings: [mapped('app', some)], ...changes });
  expect(await costOf(stage)).toEqual(promised('first sync'));
  pass(1);
  return { stage, pass };
}

test.each([
  { pageSize: 1000, pages: 1 },
  { pageSize: 100, pages: 10 },
])('1,000 secrets in pages of $pageSize', async ({ pageSize, pages }) => {
  const stage = await openStage({ switches: { maxCount: pageSize } });
  await saveSecrets(stage, many);
  await stage.configure({ mappings: [mapped('app', many)] });
  // A look at the empty application, and the listing that confirms.
  expect(await costOf(stage)).toEqual({ GetApplications: 2, GetSecrets: 1 + pages, AddSecret: 1000 });
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: pages });
  await saveSecrets(stage, many, ten);
  expect(await costOf(stage)).toEqual({ GetApplications: 2, GetSecrets: 3 * pages, SetSecretInfo: 10 });
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: pages });
});

test('an application costs the same by its id as by its name, and one that is not there one call more', async () => {
  const { stage } = await openSynced();
  const byId = (id: number) => stage.configure({ mappings: [mapped({ id }, some)] });
  await byId(1001);
  expect(await costOf(stage)).toEqual(promised('nothing changed'));
  await byId(4711);
  stage.emulator.journal.clear();
  const { exitCode, stderr } = await stage.voxsync('sync');
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('there is no application id 4711');
  // That it is missing is said only of applications that were read to their very end.
  expect(stage.emulator.journal.countByMethod()).toEqual({ GetApplications: 3, GetSecrets: 1 });
});

test('a round number of rows below the page asked for may go on, and costs one call more for each listing', async () => {
  const stage = await openStage();
  await saveSecrets(stage, some);
  await stage.configure({ mappings: [mapped('app', some.slice(0, 20)), mapped('ivr', some.slice(0, 21))] });
  // Both are empty at first; then one listing of twenty rows with an empty page, and one of twenty-one.
  expect(await costOf(stage)).toEqual({ GetApplications: 2, GetSecrets: 2 + 2 + 1, AddSecret: 41 });
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 2 + 1 });
});

test('rotated: what is new is written, and nothing is read', async () => {
  const { stage } = await openSynced();
  expect(await costOf(stage)).toEqual(promised('nothing changed'));
  await saveSecrets(stage, some, ten);
  expect(await costOf(stage)).toEqual(promised('ten rotated'));
  expect(await costOf(stage)).toEqual(promised('nothing changed'));
});

test('drifted: suspects are read and nothing else, and those that are wrong are written', async () => {
  const { stage } = await openSynced();
  for (const name of ten) stage.emulator.state.changeSecret('app', name, { value: 'by hand' });
  expect(await costOf(stage)).toEqual(promised('ten changed by hand'));
  expect(namesRead(stage)).toEqual(ten);
  expect(await costOf(stage)).toEqual(promised('nothing changed'));
});

function namesRead({ emulator: { journal, state } }: Stage): readonly string[] {
  const byId = new Map(state.secrets('app').map(({ id, name }) => [String(id), name]));
  const reads = journal.entries.filter(({ method }) => method === 'GetSecretValue');
  return reads.map(({ parameters }) => byId.get(parameters['secret_id'] ?? '') ?? '').toSorted();
}

test('a mapping added and removed: whole listings before creates and deletes, and a grace that costs nothing', async () => {
  const both = [mapped('app', some), mapped('app', more)];
  const prune = { grace: '10m' };
  const { stage, pass } = await openSynced({ prune });
  await saveSecrets(stage, [...some, ...more]);
  await stage.configure({ mappings: both, prune });
  expect(await costOf(stage)).toEqual(promised('ten more mapped'));
  await stage.configure({ mappings: both.slice(0, 1), prune });
  expect(await costOf(stage)).toEqual(promised('a mapping of ten removed: noted'));
  expect(descriptionsWritten(stage)).toBe(10);
  expect(await costOf(stage)).toEqual(promised('… within its grace'));
  pass(15);
  expect(await costOf(stage)).toEqual(promised('… deleted, 50 a call'));
  expect(stage.emulator.state.secrets('app')).toHaveLength(55);
});

test('another description costs a write for each secret that has it, and no value', async () => {
  const { stage } = await openSynced();
  const secrets = ten.map((name) => ({ name, from: { source: 'local', secret: name }, description: 'New' }));
  const others = some.filter((name) => !ten.includes(name));
  await stage.configure({ mappings: [mapped('app', others), { application: 'app', secrets }] });
  expect(await costOf(stage)).toEqual(promised('ten other descriptions'));
  expect(descriptionsWritten(stage)).toBe(10);
});

test('`drift.detect: values` reads every value of ours, and nothing more', async () => {
  const { stage } = await openSynced({ drift: { detect: 'values' } });
  expect(await costOf(stage)).toEqual(promised('nothing changed, `drift.detect: values`'));
});

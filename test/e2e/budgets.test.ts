// Call budgets: the exact number of calls of each kind that a pass makes at Voximplant, so that cost cannot creep. The source is a file.
import { expect, test } from 'vitest';
import { costOf, descriptionsWritten } from './costs.ts';
import { mapped, openStage, type Stage } from './stage.ts';
import { namesOf } from './values.ts';

const many = namesOf('KEY_', 1000);
/** Not a round number of rows, which would look as if there were more. */
const some = namesOf('KEY_', 55);
const ten = some.slice(20, 30);
const others = some.filter((name) => !ten.includes(name));
/** A look at an application and nothing to do. */
const idle = { GetApplications: 1, GetSecrets: 1 };

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
  await costOf(stage);
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
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 1 + pages, AddSecret: 1000 });
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: pages });
  await saveSecrets(stage, many, ten);
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 2 * pages, SetSecretInfo: 10 });
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: pages });
});

test('a round number of rows below the page asked for may go on, and costs one call more for each listing', async () => {
  const stage = await openStage();
  await saveSecrets(stage, some);
  await stage.configure({ mappings: [mapped('app', some.slice(0, 20)), mapped('ivr', some.slice(0, 21))] });
  // Both are empty at first; then one listing of twenty rows with an empty page, and one of twenty-one.
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 2 + 2 + 1, AddSecret: 41 });
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 2 + 1 });
});

test('drifted: suspects are read and nothing else, and those that are wrong are written', async () => {
  const { stage } = await openSynced();
  for (const name of ten) stage.emulator.state.changeSecret('app', name, { value: 'by hand' });
  const repair = { GetApplications: 1, GetSecrets: 2, GetSecretValue: 10, SetSecretInfo: 10 };
  expect(await costOf(stage)).toEqual(repair);
  expect(namesRead(stage)).toEqual(ten);
  expect(await costOf(stage)).toEqual(idle);
});

function namesRead({ emulator: { journal, state } }: Stage): readonly string[] {
  const byId = new Map(state.secrets('app').map(({ id, name }) => [String(id), name]));
  const reads = journal.entries.filter(({ method }) => method === 'GetSecretValue');
  return reads.map(({ parameters }) => byId.get(parameters['secret_id'] ?? '') ?? '').toSorted();
}

test('a mapping removed: the absence is noted, waits for its grace without a call, and ends in one deletion', async () => {
  const both = [mapped('app', others), mapped('app', ten)];
  const prune = { grace: '10m' };
  const { stage, pass } = await openSynced({ mappings: both, prune });
  await stage.configure({ mappings: both.slice(0, 1), prune });
  // What is pruned hangs on what is listed: the listing, the same read to its empty end, the listing that confirms.
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 1 + 2 + 1, SetSecretInfo: 10 });
  expect(descriptionsWritten(stage)).toBe(10);
  expect(await costOf(stage)).toEqual(idle);
  pass(15);
  // As before, once more right before the deletion, and after it read to the end again.
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 1 + 2 + 1 + 3, DelSecret: 1 });
  expect(stage.emulator.state.secrets('app')).toHaveLength(45);
});

test('another description costs a write for each secret that has it, and no value', async () => {
  const { stage } = await openSynced();
  const secrets = ten.map((name) => ({ name, from: { source: 'local', secret: name }, description: 'New' }));
  await stage.configure({ mappings: [mapped('app', others), { application: 'app', secrets }] });
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 2, SetSecretInfo: 10 });
  expect(descriptionsWritten(stage)).toBe(10);
});

test('`drift.detect: values` reads every value of ours, and nothing more', async () => {
  const { stage } = await openSynced({ drift: { detect: 'values' } });
  expect(await costOf(stage)).toEqual({ ...idle, GetSecretValue: 55 });
});

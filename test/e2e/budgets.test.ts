// Call budgets: the exact number of calls of each kind that a pass makes at Voximplant, so that cost cannot creep. The source is a file.
import { expect, test } from 'vitest';
import { costOf, descriptionsWritten } from './costs.ts';
import { mapped, openStage, type Stage } from './stage.ts';
import { namesOf } from './values.ts';

const names = namesOf('KEY_', 1000);
const tenth = (names: readonly string[], from: number) => names.slice(from, from + 10);

function secretsOf(changes: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { ...Object.fromEntries(names.map((name) => [name, `first of ${name}`])), ...changes };
}

/** A stage with a thousand secrets in sync, and a clock of the server that the test moves. */
async function openSynced(pageSize: number) {
  const clock = { aheadMs: 0 };
  const stage = await openStage({
    switches: { maxCount: pageSize },
    clock: () => new Date(Date.now() + clock.aheadMs),
  });
  await stage.saveSecrets(secretsOf());
  await stage.configure({ mappings: [mapped('app', names)] });
  const first = await costOf(stage);
  // Our own writes are older than what happens from here on.
  clock.aheadMs = 60_000;
  return { stage, clock, first };
}

/** GetSecrets for one listing of so many rows. */
const listings = [
  { pageSize: 1000, pages: 1 },
  { pageSize: 100, pages: 10 },
];

test.each(listings)(
  'first, unchanged, rotated and drifted: 1,000 secrets in pages of $pageSize',
  async (one) => {
    const { pageSize, pages } = one;
    const { stage, first } = await openSynced(pageSize);
    // One look at the empty application, and one listing to confirm.
    expect(first).toEqual({ GetApplications: 1, GetSecrets: 1 + pages, AddSecret: 1000 });

    expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: pages });

    const rotated = tenth(names, 100).map((name) => [name, `next of ${name}`]);
    await stage.saveSecrets(secretsOf(Object.fromEntries(rotated)));
    expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 2 * pages, SetSecretInfo: 10 });

    await stage.saveSecrets(secretsOf());
    await costOf(stage);
    expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: pages });
  },
);

test('drifted: only suspects are read, and only those that are wrong are written', async () => {
  const { stage } = await openSynced(1000);
  for (const name of tenth(names, 200)) {
    stage.emulator.state.changeSecret('app', name, { value: 'by hand' });
  }
  expect(await costOf(stage)).toEqual({
    GetApplications: 1,
    GetSecrets: 2,
    GetSecretValue: 10,
    SetSecretInfo: 10,
  });
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 1 });
});

test('another description costs a write for each secret that has it, and no value on either side', async () => {
  const { stage } = await openSynced(1000);
  const { secrets } = mapped('app', names) as { secrets: readonly object[] };
  const described = secrets.map((secret, index) => (index < 10 ? { ...secret, description: 'New' } : secret));
  await stage.configure({ mappings: [{ application: 'app', secrets: described }] });
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 2, SetSecretInfo: 10 });
  expect(descriptionsWritten(stage)).toBe(10);
});

test('drift.detect: values reads every value of ours, and values alone', async () => {
  const { stage } = await openSynced(1000);
  await stage.configure({ mappings: [mapped('app', names)], drift: { detect: 'values' } });
  expect(await costOf(stage)).toEqual({ GetApplications: 1, GetSecrets: 1, GetSecretValue: 1000 });
});

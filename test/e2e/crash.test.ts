// What is left when a process is killed before or after any of its calls, or when two processes write at once: the next sync converges, with no duplicate and no gap.
import { expect, test } from 'vitest';
import { countOf, methodsOf, writesOf } from './calls.ts';
import { atEach, everyMethod, nothingToDo, openForty, places, unownedCount, wantedValues } from './forty.ts';
import { syncHere } from './here.ts';
import { listed, valuesOf } from './looks.ts';
import { mapped, openStage, type Stage } from './stage.ts';
import { watch } from './watch.ts';

const longMs = 600_000;
/** One call after the other, so that its number says what a call is. */
const inOrder = { concurrency: 1 };
/** Several are under way when the process dies. */
const sideBySide = { concurrency: 8 };

const sides = ['before', 'after'] as const;

/** When its call of that number comes in, before or after that takes effect. */
interface Kill {
  readonly at: number;
  readonly side: (typeof sides)[number];
}

/** What the same changes cost undisturbed. */
interface Model {
  readonly numbers: readonly number[];
  readonly writes: Readonly<Record<string, number>>;
}

/** Kills a sync at a call, of which it never sees the answer. */
async function killAt(stage: Stage, { at, side }: Kill): Promise<void> {
  const { faults, journal } = stage.emulator;
  const running = stage.start('sync');
  faults.add({ kind: 'hang', nth: at, isCommitted: side === 'after' });
  const stop = journal.follow(({ outcome }) => {
    if (outcome.kind === 'faulted') running.kill('SIGKILL');
  });
  expect((await running.ended).exitCode).toBe(undefined);
  stop();
  faults.clear();
}

/** What a sync calls that nobody disturbs. */
async function undisturbed(account: object): Promise<Model> {
  const stage = await openForty(account);
  const complaints = watch(stage);
  const { exitCode, stdout } = await stage.voxsync('sync');
  const applied = expect.stringMatching(/Applied: 10 created, 16 updated, 4 adopted, 10 deleted\.\n$/);
  expect([exitCode, stdout]).toEqual([0, applied]);
  expect([complaints, valuesOf(stage, places)]).toEqual([[], wantedValues()]);
  const methods = methodsOf(stage);
  expect(new Set(methods)).toEqual(new Set(everyMethod));
  return { numbers: methods.map((_, index) => index + 1), writes: writesOf(stage) };
}

type Sync = (stage: Stage) => Promise<{ readonly exitCode: number | undefined }>;

/** A second sync finishes what the first one left, and reads only what is not ours yet: of the rest, the markers tell. */
async function expectRecovery(stage: Stage, sync: Sync): Promise<void> {
  const found: { readonly toRead: number; readonly alreadyRead: number }[] = [];
  const stop = stage.emulator.journal.follow(({ method }) => {
    if (method !== 'GetApplications') return;
    found.push({ toRead: unownedCount(stage), alreadyRead: countOf(stage, 'GetSecretValue') });
  });
  const { exitCode } = await sync(stage);
  stop();
  expect([exitCode, valuesOf(stage, places)]).toEqual([0, wantedValues()]);
  // Its first call; it looks the applications up once more before it writes.
  const [atStart] = found;
  expect(countOf(stage, 'GetSecretValue')).toBe((atStart?.toRead ?? 0) + (atStart?.alreadyRead ?? 0));
}

/** Nothing is left to do, and to see that costs no value. */
async function expectRest(stage: Stage): Promise<void> {
  stage.emulator.journal.clear();
  const { exitCode, stdout } = await syncHere(stage);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining(nothingToDo)]);
  expect(new Set(methodsOf(stage))).toEqual(new Set(['GetApplications', 'GetSecrets']));
}

async function expectConvergence(stage: Stage, { writes }: Model, kill: Kill, sync: Sync): Promise<void> {
  const complaints = watch(stage);
  await killAt(stage, kill);
  await expectRecovery(stage, sync);
  // Whatever took effect was seen by the second one: no write is made twice.
  expect(writesOf(stage)).toEqual(writes);
  await expectRest(stage);
  expect(complaints).toEqual([]);
  await stage.emulator.close();
}

test.each(sides)(
  'forty mixed changes are made by a sync that is killed %s any of its calls, and a second one',
  async (side) => {
    const model = await undisturbed(inOrder);
    await atEach(model.numbers, async (at) => {
      await expectConvergence(await openForty(inOrder), model, { at, side }, syncHere);
    });
    expect.hasAssertions();
  },
  longMs,
);

test.each(sides)(
  'and by two processes, the first of which is killed %s a call, with others under way',
  async (side) => {
    const model = await undisturbed(sideBySide);
    const some = model.numbers.filter((at) => at % 5 === 1);
    await atEach(some, async (at) => {
      const stage = await openForty(sideBySide, { latencyMs: 5 });
      await expectConvergence(stage, model, { at, side }, () => stage.voxsync('sync'));
    });
    expect.hasAssertions();
  },
  longMs,
);

test('two at once write nothing twice, and the next one finds all well', async () => {
  const stage = await openStage({ latencyMs: 30 });
  const secrets = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`KEY_${index}`, `${index}`]));
  await stage.saveSecrets(secrets);
  await stage.configure({ mappings: [mapped('app', Object.keys(secrets))] });
  await Promise.all([stage.voxsync('sync'), stage.voxsync('sync')]);
  const { exitCode, stdout } = await stage.voxsync('sync');
  expect([exitCode, stdout]).toEqual([0, 'Plan: nothing to do; 30 in sync.\n']);
  expect(listed(stage, ['app'])).toHaveLength(30);
});

test('two at once make forty mixed changes', async () => {
  const stage = await openForty(sideBySide, { latencyMs: 5, switches: {} });
  const complaints = watch(stage);
  await Promise.all([stage.voxsync('sync'), stage.voxsync('sync')]);
  expect((await stage.voxsync('sync')).exitCode).toBe(0);
  expect([complaints, valuesOf(stage, places)]).toEqual([[], wantedValues()]);
  await expectRest(stage);
});

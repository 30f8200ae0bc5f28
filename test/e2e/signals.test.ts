// What becomes of a sync that is asked to end at any of its calls: nothing new is started, what is in flight finishes or, when asked twice, is cut; the next sync converges.
import { expect, test } from 'vitest';
import { countOf, methodsOf, writesOf } from './calls.ts';
import { atEach, nothingToDo, openForty, places, wantedValues } from './forty.ts';
import { syncHere } from './here.ts';
import { valuesOf } from './looks.ts';
import type { Finished } from './program.ts';
import type { Stage } from './stage.ts';
import { watch } from './watch.ts';

const longMs = 600_000;
/** One call after the other, so that its number says what a call is; and none ends by itself while it hangs. */
const inOrder = { concurrency: 1, timeout: '10m' };

/** The numbers of the calls that a sync makes when nobody disturbs it; those up to `readingCount` write nothing. */
async function modelCalls(): Promise<{ readonly numbers: readonly number[]; readonly readingCount: number }> {
  const stage = await openForty(inOrder);
  await syncHere(stage);
  const methods = methodsOf(stage);
  expect([countOf(stage, 'AddSecret'), countOf(stage, 'DelSecret')]).toEqual([10, 2]);
  return { numbers: methods.map((_, index) => index + 1), readingCount: methods.indexOf('AddSecret') };
}

async function expectConvergence(stage: Stage, complaints: readonly string[]): Promise<void> {
  await syncHere(stage);
  expect(valuesOf(stage, places)).toEqual(wantedValues());
  expect((await syncHere(stage)).stdout).toContain(nothingToDo);
  expect(complaints).toEqual([]);
  await stage.emulator.close();
}

function writesAfter(stage: Stage, at: number): number {
  return methodsOf(stage)
    .slice(at)
    .filter((method) => method in writesOf(stage)).length;
}

/** The writes that the log tells of as done. */
function writesTold({ stderr }: Finished): Readonly<Record<string, number>> {
  const count = (message: string) => stderr.split(`"msg":"secret ${message}"`).length - 1;
  return {
    AddSecret: count('created'),
    SetSecretInfo: count('updated') + count('adopted'),
    // Five secrets in one call.
    DelSecret: count('deleted') / 5,
  };
}

/** Nothing before a plan was made. The last answer before that and the signal may come in one turn of the event loop. */
function closingWords(at: number, readingCount: number): RegExp {
  if (at === readingCount) return /^$|what was in flight has finished/;
  return at < readingCount ? /^$/ : /what was in flight has finished/;
}

test(
  'SIGTERM lets what is in flight finish, and starts nothing new',
  async () => {
    const { numbers, readingCount } = await modelCalls();
    // After the last one there may be nothing left that notices.
    await atEach(numbers.slice(0, -1), async (at) => {
      const stage = await openForty(inOrder, { latencyMs: 5 });
      const complaints = watch(stage);
      const running = stage.start('sync');
      stage.emulator.onCall(({ number }) => {
        if (number === at) running.kill('SIGTERM');
      });
      const finished = await running.ended;
      expect(finished.exitCode).toBe(143);
      // The answer may go first, and one more write with it.
      expect(writesAfter(stage, at)).toBeLessThanOrEqual(1);
      expect(writesTold(finished)).toEqual(writesOf(stage));
      expect(finished.stdout).toMatch(closingWords(at, readingCount));
      await expectConvergence(stage, complaints);
    });
  },
  longMs,
);

test(
  'a second SIGTERM cuts what is in flight',
  async () => {
    const { numbers, readingCount } = await modelCalls();
    const some = numbers.filter((at) => at % 2 === 1);
    await atEach(some, async (at) => {
      const stage = await openForty(inOrder);
      const complaints = watch(stage);
      stage.emulator.faults.add({ kind: 'hang', nth: at, isCommitted: at % 4 === 1 });
      const running = stage.start('sync');
      let insisting: NodeJS.Timeout | undefined;
      stage.emulator.journal.follow(({ outcome }) => {
        // Signals that have not been handled yet are one signal, so it is asked until it ends.
        if (outcome.kind === 'faulted') insisting = setInterval(() => running.kill('SIGTERM'), 20);
      });
      const finished = await running.ended;
      clearInterval(insisting);
      stage.emulator.faults.clear();
      // The last of the signals may meet a process that has done all but exit; to a shell that is 143, too.
      expect([finished.exitCode ?? 143, methodsOf(stage).length]).toEqual([143, at]);
      expect(finished.stdout).toMatch(at <= readingCount ? /^$/ : /what was in flight was cut off/);
      await expectConvergence(stage, complaints);
    });
  },
  longMs,
);

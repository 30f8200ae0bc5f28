// The story of one absence: what the source says is gone is marked, waited for, forgotten when it comes back, and pruned in the end; no pass knows anything of the one before.
import { expect, test } from 'vitest';
import { groups, names } from './contents.ts';
import { expectAtRest, expectVerdict } from './passes.ts';
import { openScene, type Ground, type Scene } from './scene.ts';

/** One way in which secrets go away in a source. */
export interface Way {
  readonly name: string;
  readonly take: (...paths: readonly string[]) => Promise<unknown>;
  /** Brings them back as they were; written anew where this is not given. */
  readonly giveBack?: (...paths: readonly string[]) => Promise<unknown>;
  /** Whether the source tells of secrets that were discovered, and not named, that they are gone. */
  readonly isTold: boolean;
  /** Who says so, of a secret that is named. */
  readonly proof: RegExp;
}

const graceSeconds = 900;
/** What becomes of the secrets in the source that are taken away. */
const taken: readonly string[] = ['NAMED_ONE', 'FOUND_ONE', ...groups.all];

/** A test for each way, each with a scene of its own. */
export function testAbsence(openGround: () => Ground | Promise<Ground>, ways: readonly Way[]): void {
  test.each(ways.map((way) => [way.name, way] as const))('%s', async (_, way) => {
    const scene = await openScene(await openGround(), { prune: { grace: `${graceSeconds}s` } });
    const paths = [scene.pathOf('named', 'one'), scene.pathOf('found', 'one'), scene.pathOf('all', 'db')];
    const proven = way.isTold ? taken : ['NAMED_ONE'];
    const goneFor = (reason: string) => {
      const found = way.isTold ? reason : 'absence-unproven';
      return `3 ${reason}/in-sync ${found}/in-sync ${found}`;
    };
    const since = () => taken.map((name) => scene.absentSince(name));
    expect((await scene.pass()).exitCode).toBe(0);

    await way.take(...paths);
    const marked = await scene.pass();
    expectVerdict(marked, goneFor('prune-grace'));
    expect(marked).toMatchObject({
      writes: proven.length,
      valuesWritten: 0,
      text: expect.stringMatching(way.proof),
    });
    const noted = since();
    expect(taken.filter((_, index) => noted[index] !== 0)).toEqual(proven);

    scene.wait(graceSeconds - 60);
    const waiting = await scene.pass();
    expectVerdict(waiting, goneFor('prune-grace'));
    expect([waiting.writes, since()]).toEqual([0, noted]);
    await expectKeptInDoubt(scene);
    expect(since()).toEqual(noted);

    await (way.giveBack?.(...paths) ?? scene.restore(paths));
    expect(await scene.pass()).toMatchObject({ exitCode: 0, valuesWritten: 0 });
    expect(since()).toEqual(taken.map(() => 0));
    expect(scene.generations()).toEqual(new Set([1]));
    expectAtRest(await scene.pass());

    await way.take(...paths);
    // That it was gone before, for longer than the grace, counts no more.
    expectVerdict(await scene.pass(), goneFor('prune-grace'));
    scene.wait(graceSeconds);
    expectVerdict(await scene.pass(), goneFor('no-longer-desired'));
    scene.wait(365 * 86_400);
    await scene.pass();
    expect(namesIn(scene)).toEqual(names.filter((name) => !proven.includes(name)).toSorted());
  });
}

/** The grace is over, and the source cannot be asked: what was proven once is not enough. */
async function expectKeptInDoubt(scene: Scene): Promise<void> {
  scene.wait(120);
  const lost = await scene.pass({ isLost: true });
  expectVerdict(lost, `${lost.exitCode} source-unavailable absence-unproven absence-unproven`);
  expect(lost.writes).toBe(0);
}

function namesIn({ emulator: { state } }: Scene): readonly string[] {
  const all = state.secrets('app').map(({ name }) => name);
  return all.filter((name) => !name.startsWith('STEADY')).toSorted();
}

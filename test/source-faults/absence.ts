// The story of one absence: what the source says is gone is marked, waited for, forgotten when it comes back, and pruned in the end; each pass a process of its own.
import { expect, test } from 'vitest';
import { expectAtRest, groups, openScene, verdictOf, type Ground, type Scene } from './scene.ts';

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
const taken = ['NAMED_ONE', 'FOUND_ONE', ...groups.all];

/** A test for each way, each with a scene of its own. */
export function testAbsence(openGround: () => Ground | Promise<Ground>, ways: readonly Way[]): void {
  test.each(ways.map((way) => [way.name, way] as const))('%s', async (_, way) => {
    const ground = await openGround();
    const scene = await openScene(ground, { prune: { grace: `${graceSeconds}s` } });
    const paths = [
      ['named', 'one'],
      ['found', 'one'],
      ['all', 'db'],
    ].map(([group, one]) => scene.pathOf(group!, one!));
    expect((await scene.pass()).exitCode).toBe(0);
    const proven = way.isTold ? taken : ['NAMED_ONE'];
    const goneAs = (reason: string) => {
      const found = way.isTold ? reason : 'absence-unproven';
      return `3 ${reason}/in-sync ${found}/in-sync ${found}`;
    };
    const sinceOf = () => Object.fromEntries(taken.map((one) => [one, scene.absentSince(one)]));

    await way.take(...paths);
    const marked = await scene.pass();
    expect(verdictOf(marked), marked.text).toBe(goneAs('prune-grace'));
    expect(marked).toMatchObject({ writes: proven.length, valuesWritten: 0 });
    expect(marked.text).toMatch(way.proof);
    const since = sinceOf();
    for (const one of taken) expect(since[one]! > 0, one).toBe(proven.includes(one));

    scene.wait(graceSeconds - 60);
    const waiting = await scene.pass();
    expect([verdictOf(waiting), waiting.writes]).toEqual([goneAs('prune-grace'), 0]);
    expect(sinceOf()).toEqual(since);

    await (way.giveBack ?? ((...given) => ground.put(scene.contentOf(given))))(...paths);
    const back = await scene.pass();
    expect(back).toMatchObject({ exitCode: 0, valuesWritten: 0 });
    expect(Object.values(sinceOf())).toEqual(taken.map(() => 0));
    expect(new Set(scene.generations())).toEqual(new Set([1]));
    expectAtRest(await scene.pass());

    await way.take(...paths);
    // Longer ago than the grace, it was gone once before; that counts no more.
    expect(verdictOf(await scene.pass())).toBe(goneAs('prune-grace'));
    scene.wait(graceSeconds);
    const pruned = await scene.pass();
    expect(verdictOf(pruned), pruned.text).toBe(goneAs('no-longer-desired'));
    scene.wait(365 * 86_400);
    await scene.pass();
    expect(namesLeft(scene)).toEqual(
      [...groups.named, ...groups.found, ...groups.all].filter((one) => !proven.includes(one)).toSorted(),
    );
  });
}

function namesLeft({ emulator: { state } }: Scene): readonly string[] {
  const names = state.secrets('app').map(({ name }) => name);
  return names.filter((name) => !name.startsWith('STEADY')).toSorted();
}

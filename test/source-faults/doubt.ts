// The story of one doubt: a source breaks, passes go over it, it is mended; nothing is lost, nothing wrong is written.
import { expect, onTestFinished, test, vi } from 'vitest';
import { expectAtRest, expectVerdict, type Passed } from './passes.ts';
import { openScene, type Changes, type Ground, type Scene } from './scene.ts';

/** One way in which a source cannot be believed. Verdicts are those of `verdictOf`. */
export interface Doubt {
  readonly name: string;
  /** Breaks the source, and gives what mends it. */
  readonly strike: (scene: Scene) => Mend | Promise<Mend>;
  /** The verdict while the source holds what it held before. */
  readonly unchanged: string;
  /** The verdict once all values were rotated behind the fault; not given where a fault and a rotation exclude one another. */
  readonly rotated?: string;
  /** What is told: the call or the path, and what to do. */
  readonly says?: RegExp;
  /** Changes to the config while the fault lasts, such as less patience. */
  readonly changes?: Changes;
}

export type Mend = () => unknown;

/** A test for each doubt, each with a scene of its own. */
export function testDoubts(openGround: () => Ground | Promise<Ground>, doubts: readonly Doubt[]): void {
  test.each(doubts.map((doubt) => [`${doubt.name}: ${doubt.unchanged}`, doubt] as const))(
    '%s',
    async (_, doubt) => {
      const scene = await openScene(await openGround());
      const lasting = await scene.open();
      expect((await lasting()).exitCode).toBe(0);
      const before = scene.contents();

      const mend = onceOnly(await doubt.strike(scene));
      onTestFinished(mend);
      await scene.moveSteady();
      const inDoubt = await (doubt.changes === undefined ? lasting() : scene.pass(doubt.changes));
      expectVerdict(inDoubt, doubt.unchanged);
      expect(scene.contents()).toEqual(before);
      expectSteadyMoved(scene, inDoubt);
      const rotated = await rotateBehind(scene, doubt);
      expectTold(inDoubt.text + (rotated?.text ?? ''), doubt.says);

      await mend();
      if (rotated === undefined) await scene.rotate();
      expect(await scene.pass()).toMatchObject({ exitCode: 0 });
      expect(scene.generations()).toEqual(new Set([2]));
      expectAtRest(await scene.pass());
      letPausesPass();
      expectAtRest(await lasting());
    },
  );
}

/** Rotates all values while the fault lasts, and lets a new process see it; `undefined` where that cannot be. */
async function rotateBehind(scene: Scene, { rotated, changes }: Doubt): Promise<Passed | undefined> {
  if (rotated === undefined) return undefined;
  await scene.rotate();
  const passed = await scene.pass(changes);
  expectVerdict(passed, rotated);
  expect([1, 2]).toEqual(expect.arrayContaining([...scene.generations()]));
  return passed;
}

/** What a test did not come to is done at its end. */
function onceOnly(mend: Mend): () => Promise<void> {
  let isMended = false;
  return async () => {
    if (!isMended) await mend();
    isMended = true;
  };
}

/** Other sources go on: a value that changed, one that came, and one that went where no discovery is in doubt. */
function expectSteadyMoved({ emulator: { state } }: Scene, { reasons }: Passed): void {
  expect(state.readValue('app', 'STEADY_KEY')).toBe('second');
  expect(state.readValue('app', 'STEADY_B')).toBe('b');
  expect(state.secrets('ivr').map(({ name }) => name)).toEqual(['STEADY_B']);
  // While a source of a mapping that discovers cannot be read, it may want any name in its application.
  const isInDoubt = [...reasons].some(
    ([name, reason]) => name.endsWith('*') || reason === 'source-unavailable',
  );
  expect(reasons.get('STEADY_A')).toBe(isInDoubt ? 'absence-unproven' : 'no-longer-desired');
}

/** Every error names the source, and is followed by what to do. */
function expectTold(text: string, says: RegExp | undefined): void {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (!line.includes('error:')) continue;
    expect(line).toMatch(/error: tested[: ]/);
    expect(lines[index + 1]).toMatch(/hint: +\S/);
  }
  expect(text).toMatch(says ?? '');
}

/** A source that failed is left alone for a while; for a process that lives on, that while is over. */
function letPausesPass(): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 7_200_000);
}

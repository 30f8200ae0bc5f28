// A thousand secrets of a real source: what a pass asks of it when nothing, or one in a hundred, has changed.
import { contendersNamed } from './contenders/all.ts';
import type { Contender, ContenderId } from './contenders/contender.ts';
import type { Calls } from './emulator.ts';
import { runMeasured, type Usage } from './measure.ts';
import { openSourceWorld, sourceKinds, whyNot, type SourceKind, type SourceWorld } from './source-world.ts';
import { onStage, type Stage } from './stage.ts';

/** One pass of one contender over one source. Its wall time is that of a test server behind a proxy, and means little. */
export interface SourceRun extends Usage {
  readonly source: SourceKind;
  readonly contender: ContenderId;
  readonly scenario: 'unchanged' | 'rotated';
  readonly sourceCalls: Calls;
  /** The most calls to the source that were under way at once. */
  readonly atOnce: number;
  readonly targetCalls: Calls;
}

/** What came of all sources: the runs, and a line for each that this machine has not. */
export interface SourceResults {
  readonly runs: readonly SourceRun[];
  readonly missing: readonly string[];
}

const takingPart: readonly ContenderId[] = ['voxsync', 'eight'];
const rotatedCount = 10;

export async function runSources(tell: (text: string) => void): Promise<SourceResults> {
  const runs: SourceRun[] = [];
  const missing: string[] = [];
  for (const source of sourceKinds) {
    const reason = whyNot(source);
    if (reason === undefined) runs.push(...(await runSource(source, tell)));
    else missing.push(`${source}: not run, ${reason}.`);
  }
  return { runs, missing };
}

async function runSource(source: SourceKind, tell: (text: string) => void): Promise<readonly SourceRun[]> {
  return onStage({ latencyMs: 0, applications: takingPart }, async (stage) => {
    const world = await openSourceWorld(source);
    const runs: SourceRun[] = [];
    try {
      for (const contender of contendersNamed(takingPart)) await pass(contender, stage, world);
      for (const scenario of ['unchanged', 'rotated'] as const) {
        if (scenario === 'rotated') await rotateIn(world);
        for (const contender of contendersNamed(takingPart)) {
          const run = await pass(contender, stage, world);
          runs.push({ source, contender: contender.id, scenario, ...run });
          tell(`${source}, ${scenario}, ${contender.id}: ${Math.round(run.wallMs)} ms`);
        }
      }
      return runs;
    } finally {
      await world.close();
    }
  });
}

async function rotateIn({ paths, rotate }: SourceWorld): Promise<void> {
  await Promise.all(paths.slice(0, rotatedCount).map((path) => rotate(path)));
}

async function pass(contender: Contender, { emulator, task }: Stage, world: SourceWorld) {
  const command = await contender.prepare(task(contender.id, { origin: world.origin }));
  world.forget();
  await emulator.takeCalls();
  const usage = await runMeasured(command);
  const { calls: sourceCalls, atOnce } = world.calls();
  return { ...usage, sourceCalls, atOnce, targetCalls: await emulator.takeCalls() };
}

// `voxsync demo`: the whole story on embedded parts, told as it happens and checked as it is told.
import { VoxsyncError } from '../errors.ts';
import { planLines } from '../plan/render/text.ts';
import type { Counts } from '../reconcile/report.ts';
import { countsOf } from '../reconcile/report.ts';
import { runPass } from '../reconcile/pass.ts';
import type { DemoStage } from './demo-stage.ts';
import { openDemoStage } from './demo-stage.ts';
import type { Scene } from './demo-scenes.ts';
import { scenes } from './demo-scenes.ts';
import type { Io } from './io.ts';
import { writeLines } from './io.ts';
import { paintFor } from './paint.ts';

/** Plays every scene; fails as soon as one does not end as it is told. Leaves nothing behind. */
export async function demoCommand(io: Io): Promise<number> {
  const stage = await openDemoStage(io.env);
  try {
    for (const [index, scene] of scenes.entries()) {
      if (io.interruption.stopping.aborted) break;
      await play(scene, index + 1, stage, io);
    }
  } finally {
    await stage.close();
  }
  writeLines(io.out, [
    'Everything ran on this machine: a file as the source, the emulator as Voximplant. Nothing is left behind.',
  ]);
  return io.interruption.exitCode() ?? 0;
}

async function play(scene: Scene, number: number, stage: DemoStage, io: Io): Promise<void> {
  const paint = paintFor(io);
  const { stopping, aborting } = io.interruption;
  writeLines(io.out, [
    '',
    paint.strong(`${number}. ${scene.title}`),
    ...scene.story.map((line) => `   ${line}`),
    '',
  ]);
  await scene.prepare(stage);
  stage.emulator.journal.clear();
  const report = await runPass(stage.setup, { isDryRun: false, stopping, aborting });
  writeLines(io.out, indented(planLines(report.plan, paint)));
  const calls = stage.emulator.journal.countByMethod();
  writeLines(io.out, [`   ${paint.faint(`calls: ${callsText(calls)}`)}`]);
  check(scene, countsOf(report), stage);
}

/** A demo that told something else than what happened would be worse than none. */
function check(scene: Scene, counts: Counts, stage: DemoStage): void {
  const isAsTold = Object.entries(scene.expected).every(([key, count]) => Reflect.get(counts, key) === count);
  if (isAsTold && scene.holds(stage)) return;
  throw new VoxsyncError('unexpected', `the scene "${scene.title}" ended otherwise than it is told`);
}

function* indented(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield line === '' ? '' : `   ${line}`;
}

function callsText(calls: Readonly<Record<string, number>>): string {
  return Object.entries(calls)
    .map(([method, count]) => `${count} ${method}`)
    .join(', ');
}

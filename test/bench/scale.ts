// voxsync alone, with many applications of a hundred secrets each: the first sync, and the pass after it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleOf } from './contenders/scripts.ts';
import { configOf } from './contenders/voxsync.ts';
import type { Calls } from './emulator.ts';
import { runForOutput, runMeasured, type Usage } from './measure.ts';
import { inFolder, onStage } from './stage.ts';
import { voxsync } from './voxsync.ts';

export const secretsPerApplication = 100;

/** One pass over everything. */
export interface ScaleRun extends Usage {
  readonly scenario: 'first' | 'unchanged';
  readonly applications: number;
  readonly calls: Calls;
}

/** What the pure plan of an unchanged pass costs, without any input or output. */
export interface PlanCost {
  readonly applications: number;
  readonly cpuMs: number;
}

/** Every application has secrets of its own, below a prefix of its own, in one file. */
export async function runAtScale(
  applicationCount: number,
  tell: (text: string) => void,
): Promise<readonly ScaleRun[]> {
  const applications = Array.from({ length: applicationCount }, (_, index) => `app-${index}`);
  return onStage({ latencyMs: 0, applications }, async ({ emulator, folder, saveSecrets, task }) => {
    await saveSecrets(secretsOf(applications));
    const configs = applications.map((application) => configOf(task(application, { groups: [application] })));
    const config = { ...configs[0], mappings: configs.flatMap(({ mappings }) => mappings) };
    await writeFile(join(folder, 'voxsync.yaml'), JSON.stringify(config));
    const runs: ScaleRun[] = [];
    for (const scenario of ['first', 'unchanged'] as const) {
      await emulator.takeCalls();
      const usage = await runMeasured({ folder, args: [voxsync, 'sync'] });
      runs.push({ scenario, applications: applicationCount, calls: await emulator.takeCalls(), ...usage });
      tell(`${applicationCount} applications, ${scenario}: ${Math.round(usage.wallMs)} ms`);
    }
    return runs;
  });
}

/** Plans for so many applications in a process of its own. */
export async function measurePlan(applications: number): Promise<PlanCost> {
  const args = [bundleOf('pure-plan'), String(applications), String(secretsPerApplication)];
  const output = await inFolder((folder) => runForOutput({ folder, args }));
  const { cpuMs }: { cpuMs: number } = JSON.parse(output);
  return { applications, cpuMs };
}

function secretsOf(applications: readonly string[]): Readonly<Record<string, string>> {
  const names = Array.from({ length: secretsPerApplication }, (_, index) => `KEY_${index}`);
  return Object.fromEntries(
    applications.flatMap((application) =>
      names.map((name) => [`${application}/${name}`, `${application} ${name} ${'x'.repeat(32)}`]),
    ),
  );
}

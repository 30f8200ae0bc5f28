// Runs one block: every scenario in turn, and in each of them every contender in turn, on applications of their own.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Block } from './blocks.ts';
import { contenders } from './contenders/all.ts';
import { contenderIds, type ContenderId } from './contenders/contender.ts';
import { startEmulatorProcess, type Calls, type EmulatorProcess } from './emulator.ts';
import { runMeasured, type Usage } from './measure.ts';
import { countAfter, groupsIn, scenarioIds, Secrets, type ScenarioId } from './scenarios.ts';

/** One run of one contender. */
export interface Run extends Usage {
  readonly contender: ContenderId;
  readonly scenario: ScenarioId;
  readonly secrets: number;
  readonly latencyMs: number;
  readonly calls: Calls;
}

/** A change by hand shows when it is more than five seconds younger than the write before it. */
const driftAgeMs = 7000;
const mostChecked = 20;

/** What a block plays on. */
interface Ground {
  readonly folder: string;
  readonly emulator: EmulatorProcess;
  readonly secrets: Secrets;
  readonly file: string;
  /** When each application was filled, in milliseconds. */
  readonly filledAt: Map<string, number>;
}

export async function runBlock(block: Block, tell: (text: string) => void): Promise<readonly Run[]> {
  const ground = await openGround(block);
  const runs: Run[] = [];
  try {
    for (const { repeat, scenario, contender } of turnsOf(block)) {
      const run = await takeTurn(contender, scenario, { ground, block, repeat });
      tell(`${block.secrets} secrets, ${scenario}, ${contender}: ${Math.round(run.wallMs)} ms`);
      runs.push(run);
    }
  } finally {
    await ground.emulator.stop();
    await rm(ground.folder, { recursive: true });
  }
  return runs;
}

async function openGround(block: Block): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'voxsync-bench-'));
  const names = turnsOf(block).map(({ contender, repeat }) => applicationOf(contender, repeat));
  const applications = [...new Set(names)];
  // A listing of a round number of rows looks as if it might go on, and costs one more call.
  if (applications.length % 10 === 0) applications.push('spare');
  const emulator = await startEmulatorProcess({ folder, latencyMs: block.latencyMs, applications });
  const secrets = new Secrets(block.secrets);
  return { folder, emulator, secrets, file: join(folder, 'secrets.json'), filledAt: new Map() };
}

interface BlockTurn {
  readonly repeat: number;
  readonly scenario: ScenarioId;
  readonly contender: ContenderId;
}

/** Contenders alternate within a scenario, so that whatever else the machine does meets all of them. */
function turnsOf({ turns }: Block): readonly BlockTurn[] {
  const repeats = Math.max(...Object.values(turns).map((turn) => turn.repeats));
  return Array.from({ length: repeats }, (_, repeat) =>
    scenarioIds.flatMap((scenario) =>
      contenderIds.flatMap((contender) => {
        const turn = turns[contender];
        const isPart = turn !== undefined && repeat < turn.repeats && turn.scenarios.includes(scenario);
        return isPart ? [{ repeat, scenario, contender }] : [];
      }),
    ),
  ).flat();
}

function applicationOf(contender: ContenderId, repeat: number): string {
  return `${contender}-${repeat}`;
}

async function takeTurn(
  contender: ContenderId,
  scenario: ScenarioId,
  {
    ground,
    block,
    repeat,
  }: { readonly ground: Ground; readonly block: Block; readonly repeat: number },
): Promise<Run> {
  const { emulator, folder, file } = ground;
  const application = applicationOf(contender, repeat);
  await arrange(scenario, application, ground);
  const command = await contenders[contender].prepare({
    folder,
    application,
    endpoint: emulator.url,
    credentialsFile: emulator.credentialsFile,
    origin: { kind: 'file', path: file },
    groups: groupsIn(scenario),
  });
  await emulator.takeCalls();
  const usage = await runMeasured(command);
  const calls = await emulator.takeCalls();
  if (scenario === 'first') ground.filledAt.set(application, performance.now());
  await requireDone(scenario, application, ground);
  const { secrets, latencyMs } = block;
  return { contender, scenario, secrets, latencyMs, calls, ...usage };
}

/** Brings the source, and the application where somebody is to have touched it, to where a scenario begins. */
async function arrange(scenario: ScenarioId, application: string, ground: Ground): Promise<void> {
  const { secrets, file } = ground;
  if (scenario === 'first') secrets.restore();
  if (scenario === 'rotated') secrets.rotate();
  await writeFile(file, JSON.stringify(secrets.all()));
  if (scenario === 'drifted') await drift(application, ground);
}

async function drift(application: string, { secrets, emulator, filledAt }: Ground): Promise<void> {
  const ageMs = performance.now() - (filledAt.get(application) ?? 0);
  await delay(Math.max(0, driftAgeMs - ageMs));
  await Promise.all(
    secrets.drifted().map((index) =>
      emulator.panel('SetSecretInfo', {
        application_name: application,
        secret_name: secrets.name(index),
        secret_value: 'changed by hand',
      }),
    ),
  );
}

/** A program that does not do its work must not stand in a table of who does it cheaper. */
async function requireDone(scenario: ScenarioId, application: string, ground: Ground): Promise<void> {
  const { secrets, emulator } = ground;
  const place = { application_name: application };
  const listing = await emulator.panel('GetSecrets', { ...place, count: '1' });
  if (listing.total_count !== countAfter(scenario, secrets))
    throw new Error(`${application} holds ${listing.total_count} secrets after ${scenario}`);
  const looked = [...secrets.rotated(), ...secrets.drifted()].slice(0, mostChecked);
  await Promise.all(
    looked.map(async (index) => {
      const [read] = (
        await emulator.panel('GetSecretValue', { ...place, secret_name: secrets.name(index) })
      ).result as { secret_value: string }[];
      if (read?.secret_value !== secrets.value(index))
        throw new Error(`${application}: ${secrets.name(index)} is wrong after ${scenario}`);
    }),
  );
}

// Runs one block: every scenario in turn, and in each of them every contender in turn, on applications of their own.
import { setTimeout as delay } from 'node:timers/promises';
import type { Block } from './blocks.ts';
import { contenders } from './contenders/all.ts';
import { contenderIds, type ContenderId } from './contenders/contender.ts';
import { prepareLoop } from './contenders/voxsync.ts';
import type { Calls } from './emulator.ts';
import { measureLaterPasses } from './later-passes.ts';
import { runMeasured, type Usage } from './measure.ts';
import { countAfter, groupsIn, scenarioIds, Secrets, type ScenarioId } from './scenarios.ts';
import { onStage, type Stage } from './stage.ts';

/** One run of one contender; or one pass of many, whose wall time is that of the pass and whose CPU time is not known. */
export interface Run extends Omit<Usage, 'cpuMs'> {
  readonly cpuMs?: number;
  readonly contender: ContenderId;
  readonly scenario: ScenarioId;
  readonly secrets: number;
  readonly latencyMs: number;
  readonly pageSize: number;
  readonly calls: Calls;
}

/** A change by hand shows when it is more than five seconds younger than the write before it. */
const driftAgeMs = 7000;
const mostChecked = 20;

/** What a block plays on. */
interface Ground {
  readonly stage: Stage;
  readonly secrets: Secrets;
  /** When each application was filled, in milliseconds. */
  readonly filledAt: Map<string, number>;
}

export async function runBlock(block: Block, tell: (text: string) => void): Promise<readonly Run[]> {
  const { latencyMs, pageSize } = block;
  return onStage({ latencyMs, pageSize, applications: applicationsOf(block) }, async (stage) => {
    const ground = { stage, secrets: new Secrets(block.secrets), filledAt: new Map<string, number>() };
    const runs: Run[] = [];
    for (const turn of turnsOf(block)) {
      const run = await takeTurn(turn, block, ground);
      tell(`${run.secrets} secrets, ${run.scenario}, ${run.contender}: ${Math.round(run.wallMs)} ms`);
      runs.push(run);
    }
    return runs;
  });
}

/** One for each contender and repeat. */
function applicationsOf(block: Block): readonly string[] {
  const names = turnsOf(block).map(applicationOf);
  const applications = [...new Set(names)];
  // A listing of a round number of rows looks as if it might go on, and costs one more call.
  return applications.length % 10 === 0 ? [...applications, 'spare'] : applications;
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
        if (turn === undefined || !turn.scenarios.includes(scenario)) return [];
        // Later passes are repeats of one another already.
        return repeat < (scenario === 'later' ? 1 : turn.repeats) ? [{ repeat, scenario, contender }] : [];
      }),
    ),
  ).flat();
}

function applicationOf({ contender, repeat }: BlockTurn): string {
  return `${contender}-${repeat}`;
}

async function takeTurn(
  turn: BlockTurn,
  { secrets, latencyMs, pageSize }: Block,
  ground: Ground,
): Promise<Run> {
  const { contender, scenario } = turn;
  const application = applicationOf(turn);
  await arrange(scenario, application, ground);
  const measured = await measure(turn, ground.stage);
  if (scenario === 'first') ground.filledAt.set(application, performance.now());
  await requireDone(scenario, application, ground);
  return { contender, scenario, secrets, latencyMs, pageSize, ...measured };
}

async function measure(
  turn: BlockTurn,
  { emulator, task }: Stage,
): Promise<Pick<Run, keyof Usage | 'calls'>> {
  const { contender, scenario } = turn;
  const application = applicationOf(turn);
  const byId = scenario === 'by-id' && { applicationId: await idOf(application, emulator) };
  const work = task(application, { groups: groupsIn(scenario), ...byId });
  if (scenario === 'later') return measureLaterPasses(await prepareLoop(work), emulator);
  const command = await contenders[contender].prepare(work);
  await emulator.takeCalls();
  const usage = await runMeasured(command);
  return { ...usage, calls: await emulator.takeCalls() };
}

async function idOf(application: string, emulator: Stage['emulator']): Promise<number> {
  const { result } = await emulator.panel('GetApplications', { application_name: application });
  const id = /"application_id":(\d+)/.exec(JSON.stringify(result))?.[1];
  if (id === undefined) throw new Error(`there is no application ${application}`);
  return Number(id);
}

/** Brings the source, and the application where somebody is to have touched it, to where a scenario begins. */
async function arrange(scenario: ScenarioId, application: string, ground: Ground): Promise<void> {
  const { secrets, stage } = ground;
  if (scenario === 'first') secrets.restore();
  if (scenario === 'rotated') secrets.rotate();
  await stage.saveSecrets(secrets.all());
  if (scenario === 'drifted') await drift(application, ground);
}

async function drift(application: string, { secrets, stage, filledAt }: Ground): Promise<void> {
  const ageMs = performance.now() - (filledAt.get(application) ?? 0);
  await delay(Math.max(0, driftAgeMs - ageMs));
  await Promise.all(
    secrets.drifted().map((index) =>
      stage.emulator.panel('SetSecretInfo', {
        application_name: application,
        secret_name: secrets.name(index),
        secret_value: 'changed by hand',
      }),
    ),
  );
}

/** A program that does not do its work must not stand in a table of who does it cheaper. */
async function requireDone(scenario: ScenarioId, application: string, ground: Ground): Promise<void> {
  const { secrets, stage } = ground;
  const place = { application_name: application };
  const listing = await stage.emulator.panel('GetSecrets', { ...place, count: '1' });
  if (listing.total_count !== countAfter(scenario, secrets))
    throw new Error(`${application} holds ${listing.total_count} secrets after ${scenario}`);
  const looked = [...secrets.rotated(), ...secrets.drifted()].slice(0, mostChecked);
  await Promise.all(
    looked.map(async (index) => {
      const name = secrets.name(index);
      const { result } = await stage.emulator.panel('GetSecretValue', { ...place, secret_name: name });
      if (!JSON.stringify(result).includes(`"secret_value":"${secrets.value(index)}"`))
        throw new Error(`${application}: ${name} is wrong after ${scenario}`);
    }),
  );
}

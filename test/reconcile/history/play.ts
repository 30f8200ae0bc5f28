// Plays a history step by step over the real pass. What must hold in between is asserted on the way.
import assert from 'node:assert/strict';
import type { PassRequest } from '../../../src/reconcile/setup.ts';
import type { Report } from '../../../src/reconcile/report.ts';
import { Sightings } from '../../../src/reconcile/sightings.ts';
import type { World } from '../world.ts';
import { createWorld, decisionsOf } from '../world.ts';
import { checkedTarget } from './checks.ts';
import { configured, mappingsOf, sourceIds, startingConfig } from './config.ts';
import { Contents } from './contents.ts';
import { editByHand } from './edits.ts';
import type { FaultPlan } from './faults.ts';
import { faultyTarget } from './faults.ts';
import { notePast } from './past.ts';
import type { Rest } from './rest.ts';
import { comeToRest } from './rest.ts';
import type { Scene } from './scene.ts';
import type { Pass, SourceStep, Step } from './steps.ts';

/** Plays one history, and lets it come to rest. */
export async function play(history: readonly Step[]): Promise<Rest> {
  return comeToRest(await playUntilNow(history));
}

/** Plays one history, and leaves everything as it is then. */
export async function playUntilNow(
  history: readonly Step[],
  dress?: (value: string) => string,
): Promise<Player> {
  const player = await Player.create(dress);
  for (const step of history) await player.step(step);
  return player;
}

export class Player {
  readonly world: World;
  readonly scene: Scene;
  readonly #faults: FaultPlan = {
    fault: undefined,
    somebody: async () => {},
    counts: { read: 0, write: 0 },
    isDead: false,
  };
  readonly #broken: string[] = [];
  #isForgetful = false;

  private constructor(world: World, scene: Scene) {
    this.world = world;
    this.scene = scene;
    const checked = checkedTarget(scene, (what) => void this.#broken.push(what));
    const target = faultyTarget(checked, this.#faults, () => this.#isForgetful);
    world.setup = {
      ...world.setup,
      sources: new Map(sourceIds.map((id) => [id, scene.sources[id].source()])),
      targets: new Map([['main', target]]),
    };
  }

  static async create(dress?: (value: string) => string): Promise<Player> {
    const world = await createWorld();
    const sources = { local: new Contents('local', dress), other: new Contents('other', dress) };
    for (const id of sourceIds) for (const secret of ['a', 'b']) sources[id].set(secret);
    return new Player(world, {
      config: startingConfig,
      sources,
      target: world.target,
      passStartedAt: world.now,
      provenSince: new Map(),
      touched: new Set(),
      covered: new Set(),
      editCount: 0,
      writes: [],
    });
  }

  async step(step: Step): Promise<void> {
    // The server tells times in whole seconds, and five of them are granted to clocks.
    this.world.now += 10;
    if (step.kind === 'pass') await this.#passStep(step);
    else if (step.kind === 'edit') await editByHand(this.scene, step.edit);
    else if (step.kind === 'restart') this.#restart();
    else if ('source' in step) changeSource(this.scene, step);
    else this.scene.config = configured(this.scene.config, step);
  }

  /** A pass without faults: it does what a dry run said before, and nothing else. */
  async pass(isAcknowledged = false): Promise<Report> {
    const predicted = await this.dryRun();
    const acknowledged = isAcknowledged ? predicted.plan.id : undefined;
    const expected = isAcknowledged ? await this.dryRun(acknowledged) : predicted;
    await notePast(this.scene, this.world.now, true);
    const report = await this.#run({ acknowledged });
    assert.deepEqual(decisionsOf(report), decisionsOf(expected));
    assert.deepEqual(this.scene.writes.toSorted(), plannedWrites(report).toSorted());
    return report;
  }

  /** From here on every listing shows everything. */
  endFaults(): void {
    this.#isForgetful = false;
  }

  async dryRun(acknowledged?: string): Promise<Report> {
    const report = await this.#run({ isDryRun: true, acknowledged });
    assert.deepEqual(this.scene.writes, []);
    return report;
  }

  async #passStep(step: Pass): Promise<void> {
    this.world.now += step.wait;
    this.#isForgetful = step.isForgetful;
    await (step.fault === undefined ? this.pass() : this.#faultyPass(step));
  }

  /** One of its calls goes wrong. It may throw, and a dead process remembers nothing. */
  async #faultyPass({ fault, edit }: Pass): Promise<void> {
    await notePast(this.scene, this.world.now, false);
    this.#faults.fault = fault;
    this.#faults.somebody = async () => {
      this.world.now += 10;
      if (edit !== undefined) await editByHand(this.scene, edit);
    };
    await this.#run({}).catch(() => {});
    this.#faults.fault = undefined;
    if (this.#faults.isDead) this.#restart();
  }

  async #run(request: Partial<PassRequest>): Promise<Report> {
    const { config } = this.scene;
    this.#faults.counts = { read: 0, write: 0 };
    Object.assign(this.scene, { passStartedAt: this.world.now, writes: [] });
    this.scene.touched.clear();
    this.world.setup = {
      ...this.world.setup,
      mappings: mappingsOf(config),
      rules: { ...this.world.setup.rules, ...config.rules },
    };
    try {
      return await this.world.run(request);
    } finally {
      assert.deepEqual(this.#broken, []);
    }
  }

  #restart(): void {
    this.world.setup = { ...this.world.setup, sightings: new Sightings() };
    this.#faults.isDead = false;
  }
}

function changeSource({ sources }: Scene, step: SourceStep): void {
  const contents = sources[step.source];
  if (step.kind === 'mode') contents.mode = step.mode;
  if (step.kind === 'set') contents.set(step.secret);
  if (step.kind === 'delete') contents.delete(step.secret, true);
  if (step.kind === 'lose') contents.delete(step.secret, false);
  if (step.kind === 'restore') contents.restore(step.secret);
  if (step.kind === 'rename') contents.rename(step.secret, step.to);
}

/** The calls that a plan stands for, as the checks note them. */
function plannedWrites({ plan }: Report): readonly string[] {
  return plan.applications.flatMap(({ place, changes }) =>
    changes.map((change) => {
      const part = change.kind === 'update' ? change.part : 'description';
      const action = change.kind === 'update' || change.kind === 'adopt' ? `update ${part}` : change.kind;
      return `${place.applicationId} ${action} ${change.name}`;
    }),
  );
}

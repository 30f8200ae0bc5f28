// The scenarios: what the source and the application look like before a contender's turn, and after it.
export const scenarioIds = ['first', 'unchanged', 'by-id', 'later', 'rotated', 'drifted', 'removed'] as const;

export type ScenarioId = (typeof scenarioIds)[number];

/** What voxsync alone has: a config that names the application by its id, and a process that goes on. */
export const ownScenarioIds = ['by-id', 'later'] as const satisfies readonly ScenarioId[];

/** What every contender can do. */
export const commonScenarioIds: readonly ScenarioId[] = scenarioIds.filter(
  (id) => !ownScenarioIds.some((own) => own === id),
);

export const scenarioTitles: Readonly<Record<ScenarioId, string>> = {
  first: 'first sync',
  unchanged: 'unchanged',
  'by-id': 'unchanged, application by id',
  later: 'unchanged, later pass',
  rotated: '1 % rotated',
  drifted: '1 % drifted',
  removed: 'one mapping removed',
};

/** The secrets of a block: `base/…` is mapped to the end, `extra/…`, one in a hundred, by the mapping that is removed. */
export class Secrets {
  readonly count: number;
  /** One in a hundred. */
  readonly share: number;
  readonly #generations = new Map<number, number>();

  constructor(count: number) {
    this.count = count;
    this.share = Math.ceil(count / 100);
  }

  /** Everything as the source holds it, by its name there. */
  all(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#indexes(0, this.count).map((index) => [this.path(index), this.value(index)]),
    );
  }

  /** New values for the first hundredth. */
  rotate(): void {
    for (const index of this.rotated()) this.#generations.set(index, 1);
  }

  /** Every value as it was at first. */
  restore(): void {
    this.#generations.clear();
  }

  rotated(): readonly number[] {
    return this.#indexes(0, this.share);
  }

  drifted(): readonly number[] {
    return this.#indexes(this.share, 2 * this.share);
  }

  name(index: number): string {
    return `KEY_${String(index).padStart(6, '0')}`;
  }

  path(index: number): string {
    return `${index < this.count - this.share ? 'base' : 'extra'}/${this.name(index)}`;
  }

  value(index: number): string {
    return `${index}-${this.#generations.get(index) ?? 0}-${'x'.repeat(32)}`;
  }

  #indexes(from: number, to: number): readonly number[] {
    return Array.from({ length: to - from }, (_, offset) => from + offset);
  }
}

/** The groups that are mapped in a scenario. */
export function groupsIn(scenario: ScenarioId): readonly string[] {
  return scenario === 'removed' ? ['base'] : ['base', 'extra'];
}

/** How many secrets an application holds after a scenario. */
export function countAfter(scenario: ScenarioId, { count, share }: Secrets): number {
  return scenario === 'removed' ? count - share : count;
}

/** How many secrets a scenario changes. */
export function changedIn(scenario: ScenarioId, secrets: number): number {
  if (scenario === 'first') return secrets;
  const isIdle = scenario === 'unchanged' || ownScenarioIds.some((own) => own === scenario);
  return isIdle ? 0 : Math.ceil(secrets / 100);
}

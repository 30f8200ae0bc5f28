// What the sources said in this pass: each secret is observed once and read at most once, however many mappings use it.
import { VoxsyncError } from '../errors.ts';
import { groupBy } from './group.ts';
import type { SecretBox } from '../secret/box.ts';
import type { SecretReference, ValueReference } from '../secret/reference.ts';
import { secretKey } from '../secret/reference.ts';
import type { Discovery, DiscoveryQuery, Observation, Reading, Source } from '../sources/source.ts';

/** The open sources by their id in the config. */
export type Sources = ReadonlyMap<string, Source>;

export class Readings {
  readonly #sources: Sources;
  readonly #signal: AbortSignal;
  readonly #onValue: (value: SecretBox) => void;
  readonly #observations = new Map<string, Observation>();
  readonly #readings = new Map<string, Reading>();
  readonly #discoveries = new Map<string, Promise<Discovery>>();

  constructor(sources: Sources, signal: AbortSignal, onValue: (value: SecretBox) => void = () => {}) {
    this.#sources = sources;
    this.#signal = signal;
    this.#onValue = onValue;
  }

  /** Asks for the versions of what was not asked for yet. */
  async observe(references: readonly ValueReference[]): Promise<void> {
    await this.#fetch(references, this.#observations, (source, secrets) =>
      source.observe(secrets, this.#signal),
    );
  }

  /** Reads what was not read yet. */
  async read(references: readonly ValueReference[]): Promise<void> {
    await this.#fetch(references, this.#readings, async (source, secrets) => {
      const readings = await source.read(secrets, this.#signal);
      for (const reading of readings) if (reading.state === 'present') this.#onValue(reading.content.box);
      return readings;
    });
  }

  /** The secrets that a query selects; equal queries are asked once. */
  discover(source: string, query: DiscoveryQuery): Promise<Discovery> {
    const key = JSON.stringify([source, query]);
    const known = this.#discoveries.get(key) ?? this.#discover(source, query);
    this.#discoveries.set(key, known);
    return known;
  }

  /** What is known of a secret; a reading counts as an observation, and is the newer one. */
  observationOf(reference: ValueReference): Observation {
    const key = keyOf(reference);
    return this.#readings.get(key) ?? this.#observations.get(key) ?? neverAsked(reference);
  }

  readingOf(reference: ValueReference): Reading {
    return this.#readings.get(keyOf(reference)) ?? neverAsked(reference);
  }

  async #discover(id: string, query: DiscoveryQuery): Promise<Discovery> {
    const discovery = await this.#source(id).discover(query, this.#signal);
    if (discovery.state !== 'listed') return discovery;
    for (const { secret, version } of discovery.found) {
      this.#observations.set(keyOf({ source: id, secret }), { state: 'present', version });
    }
    return discovery;
  }

  async #fetch<T extends Observation>(
    references: readonly ValueReference[],
    known: Map<string, T>,
    ask: (source: Source, secrets: readonly SecretReference[]) => Promise<readonly T[]>,
  ): Promise<void> {
    const missing = new Map(
      references.filter((reference) => !known.has(keyOf(reference))).map((one) => [keyOf(one), one]),
    );
    const bySource = groupBy(missing.values(), ({ source }) => source);
    await Promise.all(
      [...bySource].map(async ([id, group]) => {
        const answers = await ask(this.#source(id), group);
        for (const [index, reference] of group.entries()) {
          const answer = answers[index];
          if (answer !== undefined) known.set(keyOf(reference), answer);
        }
      }),
    );
  }

  #source(id: string): Source {
    const source = this.#sources.get(id);
    if (source === undefined) throw new VoxsyncError('unexpected', `source ${id} is not open`);
    return source;
  }
}

function keyOf(reference: ValueReference): string {
  return `${reference.source} ${secretKey(reference)}`;
}

function neverAsked(reference: ValueReference): Observation & { state: 'unresolved' } {
  const error = new VoxsyncError('unexpected', `${reference.source}: ${reference.secret} was not asked for`);
  return { state: 'unresolved', error };
}

// The world of one run, as it is moved on: secrets put and removed, time that passes, honest passes.
import type { Canary } from '../e2e/canaries.ts';
import type { Holdings } from './checks.ts';
import { Ledger } from './ledger.ts';
import type { Ground, Passed } from './passes.ts';
import { runOnce } from './passes.ts';
import {
  added,
  contentOf,
  discovered,
  editByHand,
  mappingsOf,
  seedStrangers,
  valueOf,
  wanted,
} from './scene.ts';

/** The server's clock, which moves on between passes by more than any grace. */
export class StoryClock {
  #aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  pass(): void {
    this.#aheadMs += 1_000_000;
  }
}

export class Play {
  readonly ground: Ground;
  readonly ledger: Ledger;
  /** Values that nothing may show. */
  readonly canaries: Canary[] = [];
  readonly #prefix: string;
  readonly #clock: StoryClock;

  /** `prefix` is where its secrets are in the source. */
  constructor(prefix: string, ground: Ground, clock: StoryClock) {
    this.ground = ground;
    this.ledger = new Ledger(prefix);
    this.#prefix = prefix;
    this.#clock = clock;
  }

  /** A first pass, and then everything changes. */
  async prepare(): Promise<void> {
    const { emulator, side } = this.ground;
    seedStrangers(emulator);
    const paths = new Set<string>([...Object.values(wanted), ...Object.values(discovered)]);
    await Promise.all([...paths].map((path) => this.#put(path, 0)));
    await runOnce(this.ground, { mappings: mappingsOf(this.#prefix, 0) });
    this.#clock.pass();
    await this.#put('rotated', 1);
    await this.#put('voice/two', 1);
    await this.#put(added.FRESH, 1);
    await side.remove(`${this.#prefix}lost`);
    await side.remove(`${this.#prefix}voice/gone`);
    editByHand(emulator);
  }

  /** The pass that is due, without any mutation. */
  honestly(isDryRun: boolean): Promise<Passed> {
    return runOnce(this.ground, { mappings: mappingsOf(this.#prefix, 1), isDryRun });
  }

  /** The same past proxies. */
  between(endpoints: { readonly target: string; readonly source: string }): Promise<Passed> {
    return runOnce(this.ground, { mappings: mappingsOf(this.#prefix, 1), endpoints });
  }

  /** Takes what an application holds for values that nothing may show, those of others too. */
  hide(holdings: Holdings): void {
    for (const { name, value } of holdings.values()) this.canaries.push({ place: name, value });
  }

  letTimePass(): void {
    this.#clock.pass();
  }

  async #put(path: string, generation: number): Promise<void> {
    const secret = `${this.#prefix}${path}`;
    const value = valueOf(secret, generation);
    this.canaries.push({ place: `${path} ${generation}`, value });
    // A version that is not current any more may not be written.
    if (generation === 1 || !['rotated', 'voice/two'].includes(path))
      this.ledger.note(secret, contentOf(value));
    await this.ground.side.put(secret, contentOf(value));
  }
}

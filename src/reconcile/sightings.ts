// What a long-lived process remembers: where it worked, and when each secret was last modified while its value was known to be right.
import type { Place } from '../plan/plan.ts';
import type { Actual } from '../secret/actual.ts';
import { placeKey } from './sites.ts';

/** Times by secret; a number each, so that a hundred thousand secrets cost a few megabytes. */
export class Sightings {
  readonly #times = new Map<string, number>();
  #places: readonly Place[] | undefined;

  /** The applications that the last pass worked on; `undefined` before the first one. */
  get places(): readonly Place[] | undefined {
    return this.#places;
  }

  notePlaces(places: readonly Place[]): void {
    this.#places = places;
  }

  /** The secret with what is remembered of it. */
  recall(place: Place, secret: Actual): Actual {
    if (this.#times.size === 0) return secret;
    const knownGoodAt = this.#times.get(keyOf(place, secret.id));
    return knownGoodAt === undefined ? secret : { ...secret, knownGoodAt };
  }

  /** The value was the marker's when the server said `modifiedAt`. */
  note(place: Place, { id, modifiedAt }: Actual): void {
    if (modifiedAt === undefined) this.forget(place, id);
    else this.#times.set(keyOf(place, id), modifiedAt);
  }

  forget(place: Place, id: number): void {
    this.#times.delete(keyOf(place, id));
  }
}

function keyOf(place: Place, id: number): string {
  return `${placeKey(place)} ${id}`;
}

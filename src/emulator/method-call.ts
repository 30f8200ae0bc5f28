// What a method of the API is given.
import type { Reading } from './parameters.ts';
import type { Store } from './store.ts';

/** A call whose sender is known. */
export interface MethodCall extends Reading {
  readonly store: Store;
  readonly now: Date;
  /** Counts the calls of this emulator. */
  readonly number: number;
  /** Host and port that the emulator listens on. */
  readonly address: string;
}

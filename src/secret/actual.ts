// What the target holds: a secret as it was listed, with its marker read.
import type { Problem } from './desired.ts';
import type { Described } from './marker.ts';

export interface Actual {
  readonly id: number;
  readonly name: string;
  /** As it was listed. */
  readonly description: string;
  /** As it was read. */
  readonly described: Described;
  /** Last change by the server's clock, in seconds since 1970; `undefined` when the server told none. */
  readonly modifiedAt: number | undefined;
  /** How far the dates of its server are from the server's clock, in seconds, where they are in another timezone. */
  readonly dateShift?: number | undefined;
  /** The `modifiedAt` at which this process last knew its value to be the marker's. */
  readonly knownGoodAt?: number | undefined;
  /** Of the value that is there; known only where it was read. */
  readonly fingerprint?: string | undefined;
  /** Why its value could not be read, where it had to be. */
  readonly problem?: Problem | undefined;
}

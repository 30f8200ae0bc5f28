// What the config and the moment say about how to decide, as plain data.
import type { Actual } from '../secret/actual.ts';

export type Policy = 'sync' | 'upsert-only' | 'create-only';
export type OnConflict = 'skip' | 'adopt-if-equal' | 'overwrite';

/** A limit on one kind of change within one application; what is left out does not apply. */
export interface Threshold {
  readonly count?: number | undefined;
  /** Of the secrets that are ours; applies from ten of them on. */
  readonly percent?: number | undefined;
}

export interface Rules {
  readonly owner: string;
  /** The tag of the account's current key. */
  readonly keyTag: string;
  readonly policy: Policy;
  readonly onConflict: OnConflict;
  /** How long an absence must stay proven before a delete, in seconds. */
  readonly graceSeconds: number;
  readonly drift: 'modified' | 'values' | 'off';
  readonly guard: { readonly maxDeletes: Threshold; readonly maxUpdates: Threshold };
  /** The time of the pass by the server's clock, in seconds since 1970. */
  readonly now: number;
  /** Names that a person takes over, whatever `onConflict` says; then nothing else is looked at. */
  readonly adopting?: ReadonlySet<string> | undefined;
}

/** Whether a person takes this secret over: only one without an intact marker can be. */
export function isAdopted({ name, described }: Actual, { adopting }: Rules): boolean {
  return described.ownership !== 'marked' && adopting?.has(name) === true;
}

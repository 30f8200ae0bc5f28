// What a plan is made of: changes to apply, and decisions to leave a secret as it is, each with its reason.
import type { Marker } from '../secret/marker.ts';
import type { Problem, Provenance } from '../secret/desired.ts';
import type { Reason } from './reason.ts';

/** The marker to write. The time of the write is filled in when it happens, unless an older one is kept. */
export type MarkerDraft = Omit<Marker, 'writtenAt'> & Partial<Pick<Marker, 'writtenAt'>>;

interface Told {
  readonly name: string;
  readonly reason: Reason;
  /** More for people: who owns it, until when it waits. */
  readonly detail?: string | undefined;
  /** What is wrong with it, whatever is done. */
  readonly problem?: Problem | undefined;
  readonly from?: Provenance | undefined;
}

interface Described extends Told {
  readonly marker: MarkerDraft;
  /** The description for people, behind the marker. */
  readonly text: string;
}

export interface Create extends Described {
  readonly kind: 'create';
}

/** In place, by id: the description always, the value where `part` says so. */
export interface Update extends Described {
  readonly kind: 'update';
  readonly id: number;
  readonly part: 'value' | 'description';
  /** When the marker that it replaces was written; so the same change is another one after it was made once. */
  readonly replaces?: number | undefined;
}

/** A marker for a secret that has none and holds the right value already. */
export interface Adopt extends Described {
  readonly kind: 'adopt';
  readonly id: number;
}

export interface Delete extends Told {
  readonly kind: 'delete';
  readonly id: number;
}

/** Our marker taken off: the secret, its value and its text stay, and it is nobody's. */
export interface Release extends Told {
  readonly kind: 'release';
  readonly id: number;
  /** The description that stays. */
  readonly text: string;
}

export type Change = Create | Update | Adopt | Delete | Release;

/** A secret that is left as it is: in sync, skipped, held, in conflict, orphaned or none of our business. */
export interface Standing extends Told {
  readonly kind: 'none' | 'skip' | 'hold' | 'conflict' | 'orphan';
}

export type Decision = Change | Standing;

/** Why part of an application's plan is not applied. */
export interface Refusal {
  readonly kind: 'deletes' | 'updates';
  readonly count: number;
  readonly ownedCount: number;
  /** The limit that was passed, for people: `maxDeletes.count 10`. */
  readonly limit: string;
}

const changeKinds: ReadonlySet<string> = new Set<Change['kind']>([
  'create',
  'update',
  'adopt',
  'delete',
  'release',
]);

/** Whether a decision is a change. */
export function isChange(decision: Decision): decision is Change {
  return changeKinds.has(decision.kind);
}

/** Whether a change replaces a value that is there. */
export function replacesValue(change: Change): boolean {
  return change.kind === 'update' && change.part === 'value';
}

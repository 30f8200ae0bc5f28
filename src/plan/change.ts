// What a plan is made of: changes to apply, and decisions to leave a secret as it is, each with its reason.
import type { Marker } from '../secret/marker.ts';
import type { Problem, Provenance } from '../secret/desired.ts';
import type { Reason } from './reason.ts';

/** The marker to write; the time of the write is filled in when it happens. */
export type MarkerDraft = Omit<Marker, 'writtenAt'>;

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

export type Change = Create | Update | Adopt | Delete;

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

/** Whether a decision is a change. */
export function isChange(decision: Decision): decision is Change {
  return (
    decision.kind === 'create' ||
    decision.kind === 'update' ||
    decision.kind === 'adopt' ||
    decision.kind === 'delete'
  );
}

/** Whether a change replaces a value that is there. */
export function replacesValue(change: Change): boolean {
  return change.kind === 'update' && change.part === 'value';
}

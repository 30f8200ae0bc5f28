// What became of each change of a plan.
import type { Problem } from '../secret/desired.ts';
import type { Change } from '../plan/change.ts';
import type { Place } from '../plan/plan.ts';
import type { Marker } from '../secret/marker.ts';

export interface Outcome {
  readonly place: Place;
  readonly change: Change;
  /** `waiting`: not started, because of an interruption or of a create that failed before it. */
  readonly result: 'done' | 'failed' | 'waiting';
  readonly problem?: Problem | undefined;
  /** It was told as done already, and then no listing showed it. */
  readonly isTakenBack?: boolean | undefined;
  /** What was written with it, to be found again in the listing. */
  readonly marker?: Marker | undefined;
}

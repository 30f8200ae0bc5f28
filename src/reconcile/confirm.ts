// Believing the listing more than the answer: what was written is looked for once more.
import { asVoxsyncError, VoxsyncError } from '../errors.ts';
import type { Change } from '../plan/change.ts';
import { isTouched } from '../plan/drift.ts';
import type { Actual } from '../secret/actual.ts';
import type { Marker } from '../secret/marker.ts';
import { formatMarker } from '../secret/marker.ts';
import type { Care } from '../target/target.ts';
import type { ActualListing } from './actual.ts';
import { listActual } from './actual.ts';
import { problemOf } from './held.ts';
import type { Outcome } from './outcome.ts';
import type { Writing } from './write.ts';

/** What a listing after writes showed, or why there is none. */
export type Look = Listed | { readonly isListed: false; readonly problem: VoxsyncError };

interface Listed {
  readonly isListed: true;
  readonly isWhole: boolean;
  readonly byId: ReadonlyMap<number, Actual>;
  readonly byName: ReadonlyMap<string, Actual>;
}

/** Lists the application once more. Never throws. */
export async function lookAgain(
  { target, plan }: Writing,
  signal: AbortSignal,
  care: Care = 'cheap',
): Promise<Look> {
  try {
    return lookOf(await listActual(target, plan.place.applicationId, care, signal));
  } catch (error) {
    const what = `${plan.place.application} could not be listed again`;
    return { isListed: false, problem: asVoxsyncError(error, 'write-unconfirmed', what) };
  }
}

/** Holds outcomes against a look. A change that does not show fails as `write-unconfirmed`. */
export async function confirmOutcomes(
  outcomes: readonly Outcome[],
  look: Look,
  writing: Writing,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const isDoubtful =
    look.isListed && !look.isWhole && outcomes.some((outcome) => hangsOnTheWhole(outcome, look));
  const settled = isDoubtful ? await lookAgain(writing, signal, 'whole') : look;
  if (settled.isListed) remember(outcomes, settled, writing);
  return outcomes.map((outcome) => confirmed(outcome, settled));
}

function lookOf({ secrets, isWhole }: ActualListing): Look {
  return {
    isListed: true,
    isWhole,
    byId: new Map(secrets.map((secret) => [secret.id, secret])),
    byName: new Map(secrets.map((secret) => [secret.name, secret])),
  };
}

/** That a delete took effect shows in nothing but a row that is missing. */
function hangsOnTheWhole(outcome: Outcome, look: Listed): boolean {
  return outcome.result === 'done' && (outcome.change.kind === 'delete' || !shows(outcome, look));
}

function confirmed(outcome: Outcome, look: Look): Outcome {
  const { result } = outcome;
  if (result === 'failed') return look.isListed ? explained(outcome, look) : outcome;
  if (result !== 'done') return outcome;
  if (!look.isListed) return takenBack(outcome, look.problem);
  return shows(outcome, look) ? outcome : takenBack(outcome, unconfirmed(outcome));
}

/** Nobody has confirmed which code says that a name exists, so a refused create is explained by the listing. */
function explained(outcome: Outcome, { byName }: Listed): Outcome {
  const { change, problem } = outcome;
  if (change.kind !== 'create' || problem?.code !== 'secret-refused' || !byName.has(change.name))
    return outcome;
  const taken = new VoxsyncError('name-taken', `${problem.message}; a secret named ${change.name} exists`);
  return { ...outcome, problem: problemOf(taken) };
}

/** From here on, any other time of change means that somebody else was there. */
function remember(outcomes: readonly Outcome[], look: Listed, { plan, seen, sightings }: Writing): void {
  const [one] = seen.values();
  for (const outcome of outcomes) {
    const actual = changedSecret(outcome.change, look);
    const dated = actual && { ...actual, dateShift: one?.dateShift };
    if (outcome.result === 'done' && dated !== undefined && isKnownGood(outcome, dated))
      sightings.note(plan.place, dated);
  }
}

/**
 * Whether the listing tells of our write, and of nothing after it. A change that keeps the time of an older write, or
 * takes the marker off, says nothing of the value; and somebody may have been there between the write and this look.
 */
function isKnownGood({ change, marker }: Outcome, actual: Actual): boolean {
  if (marker === undefined || !isMarkedAs(actual, marker)) return false;
  const isOfThisTime = 'marker' in change && change.marker.writtenAt === undefined;
  return isOfThisTime && !isTouched(marker, actual);
}

/** Value and marker are written in one call, so the marker stands for both; the time in it tells this write from others. */
function shows({ change, marker }: Outcome, look: Listed): boolean {
  const actual = changedSecret(change, look);
  if (change.kind === 'delete') return actual === undefined;
  if (actual === undefined) return false;
  return marker === undefined ? actual.described.ownership === 'none' : isMarkedAs(actual, marker);
}

/** By id, but for a create, whose id nobody knows. */
function changedSecret(change: Change, { byId, byName }: Listed): Actual | undefined {
  return change.kind === 'create' ? byName.get(change.name) : byId.get(change.id);
}

function isMarkedAs({ described }: Actual, marker: Marker): boolean {
  return described.ownership === 'marked' && formatMarker(described.marker) === formatMarker(marker);
}

function unconfirmed({ change, place }: Outcome): VoxsyncError {
  return new VoxsyncError(
    'write-unconfirmed',
    `${place.application}: the ${change.kind} of ${change.name} does not show in the listing`,
  );
}

function takenBack(outcome: Outcome, reason: VoxsyncError): Outcome {
  return { ...outcome, result: 'failed', problem: problemOf(reason), isTakenBack: true };
}

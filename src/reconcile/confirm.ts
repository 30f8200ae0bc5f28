// Believing the listing more than the answer: what was written is looked for once more.
import { asVoxsyncError, VoxsyncError } from '../errors.ts';
import type { Change } from '../plan/change.ts';
import type { Actual } from '../secret/actual.ts';
import type { Care } from '../target/target.ts';
import type { ActualListing } from './actual.ts';
import { listActual } from './actual.ts';
import { problemOf } from './held.ts';
import type { Outcome } from './outcome.ts';
import type { Writing } from './write.ts';

/** What a listing after writes showed, or why there is none. */
export type Look =
  | {
      readonly isListed: true;
      readonly isWhole: boolean;
      readonly byId: ReadonlyMap<number, Actual>;
      readonly byName: ReadonlyMap<string, Actual>;
    }
  | { readonly isListed: false; readonly problem: VoxsyncError };

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
    look.isListed && !look.isWhole && outcomes.some((outcome) => hangsOnTheWhole(outcome, look.byName));
  const settled = isDoubtful ? await lookAgain(writing, signal, 'whole') : look;
  if (settled.isListed) remember(outcomes, settled.byName, writing);
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
function hangsOnTheWhole({ result, change }: Outcome, byName: ReadonlyMap<string, Actual>): boolean {
  return result === 'done' && (change.kind === 'delete' || !shows(change, byName));
}

function confirmed(outcome: Outcome, look: Look): Outcome {
  const { result, change } = outcome;
  if (result === 'failed') return look.isListed ? explained(outcome, look.byName) : outcome;
  if (result !== 'done') return outcome;
  if (!look.isListed) return takenBack(outcome, look.problem);
  return shows(change, look.byName) ? outcome : takenBack(outcome, unconfirmed(outcome));
}

/** Nobody has confirmed which code says that a name exists, so a refused create is explained by the listing. */
function explained(outcome: Outcome, byName: ReadonlyMap<string, Actual>): Outcome {
  const { change, problem } = outcome;
  if (change.kind !== 'create' || problem?.code !== 'secret-refused' || !byName.has(change.name))
    return outcome;
  const taken = new VoxsyncError('name-taken', `${problem.message}; a secret named ${change.name} exists`);
  return { ...outcome, problem: problemOf(taken) };
}

/** From here on, any other time of change means that somebody else was there. */
function remember(
  outcomes: readonly Outcome[],
  byName: ReadonlyMap<string, Actual>,
  { plan, sightings }: Writing,
): void {
  for (const { result, change } of outcomes) {
    const actual = byName.get(change.name);
    if (result === 'done' && actual !== undefined && isKnownGood(change) && shows(change, byName))
      sightings.note(plan.place, actual);
  }
}

/** A change that keeps the time of an older write, or takes the marker off, says nothing of the value. */
function isKnownGood(change: Change): boolean {
  return 'marker' in change && change.marker.writtenAt === undefined;
}

/** Value and marker are written in one call, so the marker stands for both. */
function shows(change: Change, byName: ReadonlyMap<string, Actual>): boolean {
  const actual = byName.get(change.name);
  if (change.kind === 'delete') return actual === undefined || actual.id !== change.id;
  if (change.kind === 'release') return actual?.id === change.id && actual.described.ownership === 'none';
  if (actual === undefined || actual.described.ownership !== 'marked') return false;
  const { marker } = actual.described;
  const { owner, fingerprint, revision, absentSince } = change.marker;
  return (
    marker.owner === owner &&
    marker.fingerprint === fingerprint &&
    marker.revision === revision &&
    marker.absentSince === absentSince
  );
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

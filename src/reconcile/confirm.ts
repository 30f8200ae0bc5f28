// Believing the listing more than the answer: what was written is looked for once more.
import { asVoxsyncError, VoxsyncError } from '../errors.ts';
import type { Change } from '../plan/change.ts';
import type { Actual } from '../secret/actual.ts';
import { listActual } from './actual.ts';
import type { Writing } from './apply.ts';
import { problemOf } from './held.ts';
import type { Outcome } from './outcome.ts';

/** Lists the application again. A change that does not show fails as `write-unconfirmed`. */
export async function confirmOutcomes(
  outcomes: readonly Outcome[],
  writing: Writing,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  if (!outcomes.some(({ result }) => result === 'done')) return outcomes;
  const { target, plan } = writing;
  try {
    const actual = await listActual(target, plan.place.applicationId, signal);
    const byName = new Map(actual.map((secret) => [secret.name, secret]));
    remember(outcomes, byName, writing);
    const isLost = ({ result, change }: Outcome) => result === 'done' && !shows(change, byName);
    return outcomes.map((outcome) => (isLost(outcome) ? unconfirmed(outcome) : outcome));
  } catch (error) {
    const problem = problemOf(
      asVoxsyncError(error, 'write-unconfirmed', `${plan.place.application} could not be listed again`),
    );
    return outcomes.map((outcome) =>
      outcome.result === 'done' ? { ...outcome, result: 'failed', problem } : outcome,
    );
  }
}

/** From here on, any other time of change means that somebody else was there. */
function remember(
  outcomes: readonly Outcome[],
  byName: ReadonlyMap<string, Actual>,
  { plan, sightings }: Writing,
): void {
  for (const { result, change } of outcomes) {
    const actual = byName.get(change.name);
    if (result === 'done' && actual !== undefined && shows(change, byName))
      sightings.note(plan.place, actual);
  }
}

/** Value and marker are written in one call, so the marker stands for both. */
function shows(change: Change, byName: ReadonlyMap<string, Actual>): boolean {
  const actual = byName.get(change.name);
  if (change.kind === 'delete') return actual === undefined || actual.id !== change.id;
  if (actual === undefined || actual.described.ownership !== 'marked') return false;
  const { marker } = actual.described;
  const { fingerprint, revision, absentSince } = change.marker;
  return (
    marker.fingerprint === fingerprint && marker.revision === revision && marker.absentSince === absentSince
  );
}

function unconfirmed(outcome: Outcome): Outcome {
  const { change, place } = outcome;
  const error = new VoxsyncError(
    'write-unconfirmed',
    `${place.application}: the ${change.kind} of ${change.name} does not show in the listing`,
  );
  return { ...outcome, result: 'failed', problem: problemOf(error) };
}

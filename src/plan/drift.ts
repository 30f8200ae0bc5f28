// Whether somebody may have changed a secret after we wrote it, told by its times alone.
import type { Actual } from '../secret/actual.ts';
import type { Marker } from '../secret/marker.ts';
import type { MarkerDraft } from './change.ts';

/** The time in the marker and the server's note of the same write may lie this far apart, in seconds. */
const toleranceSeconds = 5;

/** A process that saw the secret before knows exactly; a new one compares the server's clock with the marker's. */
export function isTouched(
  { writtenAt }: Marker,
  { modifiedAt, knownGoodAt }: Pick<Actual, 'modifiedAt' | 'knownGoodAt'>,
): boolean {
  if (modifiedAt === undefined) return false;
  return knownGoodAt === undefined ? modifiedAt > writtenAt + toleranceSeconds : modifiedAt !== knownGoodAt;
}

/**
 * The part of a marker that a write leaves as it is when it has not looked at the value. The time of the write is
 * renewed only where nobody touched the secret since: a newer time would hide the change from the next pass.
 */
export function keptMarker(marker: Marker, actual: Pick<Actual, 'modifiedAt' | 'knownGoodAt'>): MarkerDraft {
  const { writtenAt, ...kept } = marker;
  return isTouched(marker, actual) ? { ...kept, writtenAt } : kept;
}

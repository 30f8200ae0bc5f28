// Whether somebody may have changed a secret after we wrote it, told by its times alone.
import type { Actual } from '../secret/actual.ts';
import type { Marker } from '../secret/marker.ts';
import type { MarkerDraft } from './change.ts';

/** The time in the marker and the server's note of the same write may lie this far apart, in seconds. */
const toleranceSeconds = 5;

/** What a listing tells of when a secret was changed. */
type Dated = Pick<Actual, 'modifiedAt' | 'knownGoodAt' | 'dateShift'>;

/** A process that saw the secret before knows exactly; a new one compares the server's date with the marker's time. */
export function isTouched(marker: Marker, actual: Dated): boolean {
  const { modifiedAt, knownGoodAt, dateShift = 0 } = actual;
  if (modifiedAt === undefined) return false;
  if (knownGoodAt !== undefined) return modifiedAt !== knownGoodAt;
  const distance = modifiedAt - marker.writtenAt;
  if (dateShift === 0) return distance > toleranceSeconds;
  return !isNear(distance, 0) && !isNear(distance, dateShift);
}

/** Whether the marker's time is by the server's clock while the server's dates are in another timezone. */
export function isTimeShifted({ writtenAt }: Marker, { modifiedAt, dateShift = 0 }: Dated): boolean {
  return dateShift !== 0 && modifiedAt !== undefined && isNear(modifiedAt - writtenAt, dateShift);
}

function isNear(seconds: number, other: number): boolean {
  return Math.abs(seconds - other) <= toleranceSeconds;
}

/**
 * The part of a marker that a write leaves as it is when it has not looked at the value. The time of the write is
 * renewed only where nobody touched the secret since: a newer time would hide the change from the next pass.
 */
export function keptMarker(marker: Marker, actual: Dated): MarkerDraft {
  const { writtenAt, ...kept } = marker;
  return isTouched(marker, actual) ? { ...kept, writtenAt } : kept;
}

/** Timezones are whole quarter hours from one another. */
const quarterHourSeconds = 900;
/** And no two of them are further apart than this. */
const widestShiftSeconds = 26 * 3600;

/**
 * How far the dates of a server are from its clock, in seconds; 0 where nothing proves another timezone. Only dates that
 * no change by hand could explain are a proof: before the write that they are of, or after `now`.
 */
export function dateShiftOf(secrets: readonly Actual[], now: number): number {
  const impossible = secrets.flatMap(({ described, modifiedAt }) => {
    if (described.ownership !== 'marked' || modifiedAt === undefined) return [];
    const { writtenAt } = described.marker;
    // A marker whose own time is in the future has the shift in it already.
    if (writtenAt > now + toleranceSeconds) return [];
    const distance = modifiedAt - writtenAt;
    return distance < -toleranceSeconds || modifiedAt > now + toleranceSeconds ? [distance] : [];
  });
  const witnesses = new Map<number, number>();
  for (const distance of impossible) {
    const shift = Math.round(distance / quarterHourSeconds) * quarterHourSeconds;
    const isTimezone = isNear(distance, shift) && Math.abs(shift) <= widestShiftSeconds;
    if (isTimezone) witnesses.set(shift, (witnesses.get(shift) ?? 0) + 1);
  }
  const [first] = [...witnesses].toSorted((one, other) => other[1] - one[1]);
  return first?.[0] ?? 0;
}

// One secret, one decision: the table of the design, row by row.
//
//   desired      actual              marker    result                reason
//   wanted       absent              –         create                missing
//   wanted       present, agrees     ours      none                  in-sync
//   wanted       source has changed  ours      update value          source-changed
//   wanted       value is another    ours      update value          drifted
//   wanted       text is another     ours      update description    description-changed
//   wanted       present             none      by onConflict         unowned
//   wanted       present             another   conflict              foreign-owner
//   wanted       present             damaged   conflict              marker-damaged
//   adopted      present             none, or  adopt, update value   unowned, marker-damaged
//                                    damaged
//   held         any                 any       hold                  source-unavailable, invalid
//   absent       absent              –         hold                  source-missing
//   not wanted                                 see absence.ts
import type { Actual } from '../secret/actual.ts';
import type { Held, ProvenAbsent, Wanted } from '../secret/desired.ts';
import type { Marker } from '../secret/marker.ts';
import { sourceMissing } from './absence.ts';
import type { Decision, MarkerDraft } from './change.ts';
import { isTimeShifted, isTouched } from './drift.ts';
import type { Rules } from './rules.ts';
import { isAdopted } from './rules.ts';

/** Decides a secret that its mapping wants. `actual` is the secret of that name, when there is one. */
export function decideWanted(wanted: Wanted, actual: Actual | undefined, rules: Rules): Decision {
  if (actual === undefined) {
    return { kind: 'create', ...labels(wanted, 'missing'), marker: draft(wanted, rules), text: wanted.text };
  }
  const { described, problem } = actual;
  if (problem !== undefined) return { kind: 'hold', ...labels(wanted, 'target-unavailable'), problem };
  if (isAdopted(actual, rules)) return decideAdopted(wanted, actual, rules);
  if (described.ownership === 'damaged') return { kind: 'conflict', ...labels(wanted, 'marker-damaged') };
  if (described.ownership === 'none') return decideUnowned(wanted, actual, rules);
  if (described.marker.owner !== rules.owner) {
    return {
      kind: 'conflict',
      ...labels(wanted, 'foreign-owner'),
      detail: `owner ${described.marker.owner}`,
    };
  }
  return decideOwned(wanted, actual, described, rules);
}

/** Decides a secret of which nobody can tell whether or how it is wanted. */
export function decideHeld(held: Held): Decision {
  return { kind: 'hold', name: held.name, reason: held.reason, problem: held.problem, from: held.from };
}

/** Decides a secret that its mapping names and its source proves to be gone, where nothing of that name is there. */
export function decideMissing(absent: ProvenAbsent): Decision {
  return {
    kind: 'hold',
    name: absent.name,
    reason: 'source-missing',
    problem: sourceMissing(absent),
    from: absent.from,
  };
}

function decideUnowned(wanted: Wanted, actual: Actual, rules: Rules): Decision {
  const isTaken =
    rules.onConflict === 'overwrite' || (rules.onConflict !== 'skip' && isEqual(wanted, actual));
  if (isTaken) return takeOver(wanted, actual, rules, labels(wanted, 'unowned'));
  const detail = rules.onConflict === 'skip' ? 'onConflict: skip' : 'its value differs';
  return { kind: 'conflict', ...labels(wanted, 'unowned'), detail };
}

/** A person named it, so the source decides about its value, and a broken marker is replaced. */
function decideAdopted(wanted: Wanted, actual: Actual, rules: Rules): Decision {
  const reason = actual.described.ownership === 'damaged' ? 'marker-damaged' : 'unowned';
  const detail = isEqual(wanted, actual) ? undefined : 'its value differs, and the source decides';
  return takeOver(wanted, actual, rules, { ...labels(wanted, reason), detail });
}

function takeOver(
  wanted: Wanted,
  actual: Actual,
  rules: Rules,
  told: Pick<Decision, 'name' | 'reason' | 'from' | 'detail'>,
): Decision {
  const next = { ...told, id: actual.id, marker: draft(wanted, rules), text: wanted.text };
  return isEqual(wanted, actual) ? { kind: 'adopt', ...next } : { kind: 'update', part: 'value', ...next };
}

function isEqual(wanted: Wanted, actual: Actual): boolean {
  return actual.fingerprint !== undefined && actual.fingerprint === wanted.fingerprint;
}

function decideOwned(
  wanted: Wanted,
  actual: Actual,
  described: { marker: Marker; text: string },
  rules: Rules,
): Decision {
  const { marker } = described;
  const next = {
    id: actual.id,
    marker: draft(wanted, rules, marker),
    text: wanted.text,
    replaces: marker.writtenAt,
  };
  const isOtherValue = next.marker.fingerprint !== (actual.fingerprint ?? marker.fingerprint);
  if (isOtherValue) {
    // The marker still names the wanted value, so it was not the source that moved.
    const isDrift = next.marker.fingerprint === marker.fingerprint;
    return {
      kind: 'update',
      part: 'value',
      ...labels(wanted, isDrift ? 'drifted' : 'source-changed'),
      ...next,
    };
  }
  const isSame = described.text === wanted.text && isSameMarker(next.marker, marker);
  const detail = isSame ? outdated(marker, actual, rules) : undefined;
  if (isSame && detail === undefined) return { kind: 'none', ...labels(wanted, 'in-sync') };
  const writtenAt = isTimeShifted(marker, actual) ? rules.now + (actual.dateShift ?? 0) : undefined;
  return {
    kind: 'update',
    part: 'description',
    ...labels(wanted, 'description-changed'),
    detail,
    ...next,
    marker: writtenAt === undefined ? next.marker : { ...next.marker, writtenAt },
  };
}

/** Why the time in a marker must be renewed: without that every new process would read the value again. */
function outdated(marker: Marker, actual: Actual, rules: Rules): string | undefined {
  if (rules.drift !== 'modified' || actual.knownGoodAt !== undefined) return undefined;
  if (isTimeShifted(marker, actual)) return 'the dates of Voximplant are in another timezone';
  const isVerified = actual.fingerprint !== undefined && isTouched(marker, actual);
  return isVerified ? 'touched since, and its value is right' : undefined;
}

/** An unread value is the one that the marker names: `needs.ts` has every other value read. */
function draft(wanted: Wanted, rules: Rules, marker?: Marker): MarkerDraft {
  return {
    owner: rules.owner,
    revision: wanted.revision,
    fingerprint: wanted.fingerprint ?? marker?.fingerprint ?? '',
    keyTag: rules.keyTag,
    origin: wanted.origin,
    absentSince: 0,
  };
}

function isSameMarker(next: MarkerDraft, marker: Marker): boolean {
  return (
    next.revision === marker.revision &&
    next.fingerprint === marker.fingerprint &&
    next.keyTag === marker.keyTag &&
    next.origin === marker.origin &&
    next.absentSince === marker.absentSince
  );
}

function labels<R extends Decision['reason']>(wanted: Wanted, reason: R) {
  return { name: wanted.name, reason, from: wanted.from };
}

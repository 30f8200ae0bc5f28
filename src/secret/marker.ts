// Our ownership record at the start of a description: `vxs1:owner:revision:fingerprint:key:origin:written:absent:checksum text`.
import { digest } from './digest.ts';
import { descriptionLimit } from './limits.ts';

/** What the marker of a secret says. */
export interface Marker {
  /** The installation that manages the secret. */
  readonly owner: string;
  /** Changes with the source version and with the way the mapping uses it. */
  readonly revision: string;
  /** The keyed digest of the value that was written. */
  readonly fingerprint: string;
  /** The tag of the key that made revision and fingerprint. */
  readonly keyTag: string;
  /** Where the secret comes from; see `origin.ts`. */
  readonly origin: string;
  /** When it was written, in seconds since 1970 (UTC). */
  readonly writtenAt: number;
  /** When its absence from the sources was first proven, in seconds since 1970; 0 while it is desired. */
  readonly absentSince: number;
}

/** A description read back: its marker, and the text for people behind it. */
export type Described =
  | { readonly ownership: 'marked'; readonly marker: Marker; readonly text: string }
  /** The text is what `withoutMarker` leaves. */
  | { readonly ownership: 'damaged'; readonly text: string }
  | { readonly ownership: 'none'; readonly text: string };

/** Owner ids are short enough that a marker never exceeds 96 characters. */
export const ownerPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

const version = 'vxs1';
/** Its first word, or fields of the right lengths in a row: so that one edit of either leaves the other. */
const trace = /vxs\d|:[\w-]{8}:[\w-]{14}:[\w-]{3}:[\w-]{10}:/i;
const wellFormed =
  /^(vxs1):([A-Za-z0-9._-]{1,32}):([\w-]{8}):([\w-]{14}):([\w-]{3}):([\w-]{10}):([0-9a-z]{6}):([0-9a-z]{6}):([\w-]{4})(?: (.*))?$/su;

/** The marker as text: ASCII, at most 95 characters, of one length for one owner. */
export function formatMarker(marker: Marker): string {
  const fields = [
    version,
    marker.owner,
    marker.revision,
    marker.fingerprint,
    marker.keyTag,
    marker.origin,
    seconds(marker.writtenAt),
    seconds(marker.absentSince),
  ];
  return [...fields, digest(fields, 4)].join(':');
}

/** The description to store: the marker, then the text for people. */
export function formatDescription(marker: Marker, text: string): string {
  return text === '' ? formatMarker(marker) : `${formatMarker(marker)} ${text}`;
}

/** How many characters of text for people fit behind this owner's marker. */
export function textLimit(owner: string): number {
  const markerLength = 63 + owner.length;
  return descriptionLimit - markerLength - 1;
}

/** Why a text does not fit behind this owner's marker, with the numbers; `undefined` when it does. */
export function textProblem(
  text: string,
  owner: string,
): { readonly message: string; readonly hint: string } | undefined {
  const room = textLimit(owner);
  if (text.length <= room) return undefined;
  return {
    message: `the description has ${text.length} characters`,
    hint: `Behind the marker of owner ${owner} there is room for ${room}.`,
  };
}

/** Reads a description. Whatever holds a trace of a marker but no intact one is `damaged`, never `none`. */
export function parseDescription(description: string): Described {
  const match = wellFormed.exec(description);
  const marker = match === null ? undefined : markerOf(match);
  if (marker !== undefined) return { ownership: 'marked', marker, text: match?.[10] ?? '' };
  const text = withoutMarker(description);
  return { ownership: trace.test(description) ? 'damaged' : 'none', text };
}

/** The description as nobody's: every word with a trace of a marker is taken out, so that it does not read as damaged. */
export function withoutMarker(description: string): string {
  if (!trace.test(description)) return description;
  const words = description.split(/(?<=\s)/);
  return words
    .filter((word) => !trace.test(word))
    .join('')
    .trim();
}

/** The regular expression has counted the fields: all eight, and the checksum, which may be wrong. */
function markerOf(match: RegExpExecArray): Marker | undefined {
  if (digest(match.slice(1, 9), 4) !== match[9]) return undefined;
  const at = (index: number) => match[index] ?? '';
  return {
    owner: at(2),
    revision: at(3),
    fingerprint: at(4),
    keyTag: at(5),
    origin: at(6),
    writtenAt: Number.parseInt(at(7), 36),
    absentSince: Number.parseInt(at(8), 36),
  };
}

/** Six base-36 digits: to December 2038. A clock that is further off must not break the marker. */
const latestTime = 36 ** 6 - 1;

function seconds(time: number): string {
  return Math.min(Math.max(Math.trunc(time), 0), latestTime)
    .toString(36)
    .padStart(6, '0');
}

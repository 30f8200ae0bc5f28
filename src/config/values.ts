// What a single value must be beyond its type: durations in range, addresses that are safe, globs that mean what they say.
import type { Flaw } from './flaw.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A well-formed duration in milliseconds; NaN for anything else. */
export function millisecondsOf(duration: string): number {
  const unit = /[a-z]+$/.exec(duration)?.[0] ?? '';
  return Math.round(Number.parseFloat(duration) * (units[unit] ?? Number.NaN));
}

/** A duration out of range. A malformed one is not our concern. */
export function durationFlaw(duration: string, atLeastMs: number, atMostMs: number): Flaw | undefined {
  const milliseconds = millisecondsOf(duration);
  if (milliseconds < atLeastMs)
    return { reason: 'is too short', hint: `write ${formatDuration(atLeastMs)} or longer` };
  if (milliseconds > atMostMs)
    return { reason: 'is too long', hint: `write ${formatDuration(atMostMs)} or shorter` };
  return undefined;
}

function formatDuration(milliseconds: number): string {
  const unit = Object.keys(units).findLast((name) => milliseconds % (units[name] ?? 1) === 0) ?? 'ms';
  return `${milliseconds / (units[unit] ?? 1)}${unit}`;
}

/** An address that is no http(s) URL, carries a login, or would send secrets in the clear to another machine. */
export function addressFlaw(address: string): Flaw | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    return { reason: 'is no http(s) address', hint: 'write it in full, such as https://vault.example:8200' };
  if (url.username !== '' || url.password !== '')
    return { reason: 'carries a user or a password', hint: 'take it out of the address' };
  if (url.search !== '' || url.hash !== '')
    return { reason: 'carries a query or a fragment', hint: 'end the address with its path' };
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return {
      reason: 'sends secrets over plain http',
      hint: 'use https; plain http is for loopback addresses only',
    };
  return undefined;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

const globLimit = 256;

/** A glob that is empty, huge or unbalanced, or that uses signs with a meaning nobody would expect here. */
export function globFlaw(glob: string): Flaw | undefined {
  if (glob === '') return { reason: 'is empty', hint: 'write a glob, such as *internal*' };
  if (glob.length > globLimit)
    return { reason: 'is too long', hint: `write at most ${globLimit} characters` };
  if (glob.startsWith('!') || /[?*+@!]\(/.test(glob))
    return { reason: 'uses ! or (…), which globs here do not know', hint: 'use *, ?, [abc] and {a,b}' };
  if (/\{[^}]*\.\./.test(glob))
    return { reason: 'uses a range in braces', hint: 'write the names out: {a,b}' };
  if (!isBalanced(glob)) return { reason: 'has an open [ or {', hint: 'close it, or write \\[ or \\{' };
  return undefined;
}

/** Whether each bracket and brace closes; one level is enough for names. */
function isBalanced(glob: string): boolean {
  const rest = glob.replaceAll(/\\./g, '').replaceAll(/\[[^[\]]+\]/g, '');
  return !/[[\]{}]/.test(rest.replaceAll(/\{[^{}]+\}/g, ''));
}

/** A timezone that this Node does not know. */
export function timezoneFlaw(timezone: string): Flaw | undefined {
  try {
    return Intl.DateTimeFormat('en', { timeZone: timezone }) && undefined;
  } catch {
    return { reason: 'is no known timezone', hint: 'write an IANA name, such as Europe/Berlin or Etc/UTC' };
  }
}

// Secrets that are there and not wanted: whose they are, whether their absence is proven, and for how long it has been.
//
//   not wanted, absence proven        ours      delete, after the grace    no-longer-desired
//   not wanted, absence not proven    ours      hold                       absence-unproven
//   not wanted                        others'   untouched                  not-ours
import type { Actual } from '../secret/actual.ts';
import type { DesiredState, DiscoveryScope, Problem, ProvenAbsent } from '../secret/desired.ts';
import type { Marker } from '../secret/marker.ts';
import { explicitSelector, parseOrigin } from '../secret/origin.ts';
import type { Decision, Delete } from './change.ts';
import { isInDoubt } from './doubt.ts';
import { keptMarker } from './drift.ts';
import type { Rules } from './rules.ts';
import { timeText } from './time.ts';

/** A secret that no mapping wants, and what its own mapping says of it, when there is one. */
export interface Unwanted {
  readonly secret: Actual;
  readonly absent: ProvenAbsent | undefined;
}

/** The secrets that are there and neither wanted nor held. */
export function unwantedOf(desired: DesiredState, actual: readonly Actual[]): readonly Unwanted[] {
  const named = new Map(desired.secrets.map((secret) => [secret.name, secret]));
  return actual.flatMap((secret): readonly Unwanted[] => {
    const own = named.get(secret.name);
    return own === undefined || own.state === 'absent' ? [{ secret, absent: own }] : [];
  });
}

/** Decides a secret that no mapping wants. `absent` is what its own mapping says of it, when there is one. */
export function decideUnwanted(
  actual: Actual,
  absent: ProvenAbsent | undefined,
  scopes: readonly DiscoveryScope[],
  rules: Rules,
): Decision {
  const { described, name } = actual;
  if (described.ownership === 'damaged') return { kind: 'hold', name, reason: 'marker-damaged' };
  if (described.ownership === 'none' || described.marker.owner !== rules.owner) {
    return { kind: 'none', name, reason: 'not-ours' };
  }
  const proof = absent === undefined ? proofOf(described.marker, scopes) : 'its source secret is gone';
  if (proof === undefined) return { kind: 'hold', name, reason: 'absence-unproven', from: absent?.from };
  const problem = absent === undefined ? undefined : sourceMissing(absent);
  return decideProven(actual, described, rules, { detail: proof, problem, from: absent?.from });
}

/** A mapping that names a secret which its source proves to be gone: somebody should mend the one or the other. */
export function sourceMissing({ proof }: ProvenAbsent): Problem {
  return { code: 'secret-not-found', message: proof, hint: 'Check the reference, or remove the mapping.' };
}

/** Why nothing can want the secret any more; `undefined` while something might. */
function proofOf(marker: Marker, scopes: readonly DiscoveryScope[]): string | undefined {
  // Whatever once selected the secret, another discovery may want it now.
  if (isInDoubt(scopes)) return undefined;
  const { selector, tag } = parseOrigin(marker.origin);
  if (selector === explicitSelector) return 'no mapping names it';
  const own = scopes.filter((scope) => scope.selector === selector);
  if (own.length === 0) return 'its discovery is not in the config any more';
  const isProven = own.every((scope) => scope.isAuthoritative || scope.settled.has(tag));
  return isProven ? 'its source secret is gone, or stands for another name' : undefined;
}

function decideProven(
  actual: Actual,
  { marker, text }: { marker: Marker; text: string },
  rules: Rules,
  told: Pick<Delete, 'detail' | 'problem' | 'from'>,
): Decision {
  const { id, name } = actual;
  const since = marker.absentSince === 0 ? rules.now : marker.absentSince;
  const due = since + rules.graceSeconds;
  if (rules.now >= due) return { kind: 'delete', name, id, reason: 'no-longer-desired', ...told };
  const waiting = {
    name,
    reason: 'prune-grace',
    ...told,
    detail: `${told.detail}; due ${timeText(due)}`,
  } as const;
  if (marker.absentSince !== 0) return { kind: 'hold', ...waiting };
  // The first time it is seen: the marker remembers, so that no database has to.
  return {
    kind: 'update',
    part: 'description',
    id,
    ...waiting,
    marker: { ...keptMarker(marker, actual), absentSince: since },
    text,
    replaces: marker.writtenAt,
  };
}

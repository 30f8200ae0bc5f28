// Secrets that are there and not wanted: whose they are, whether their absence is proven, and for how long it has been.
//
//   not wanted, absence proven        ours      delete, after the grace    no-longer-desired
//   not wanted, absence not proven    ours      hold                       absence-unproven
//   not wanted, its new name missing  ours      hold                       move-unfinished
//   mapped anew to what is not there  ours      hold                       source-missing
//   not wanted                        others'   untouched                  not-ours
import type { Actual } from '../secret/actual.ts';
import type { DesiredState, DiscoveryScope, Problem, ProvenAbsent } from '../secret/desired.ts';
import { isNamed } from '../secret/desired.ts';
import type { Marker } from '../secret/marker.ts';
import { explicitSelector, parseOrigin, pathTag } from '../secret/origin.ts';
import type { Decision, Delete } from './change.ts';
import { isInDoubt } from './doubt.ts';
import { keptMarker } from './drift.ts';
import { actualByName } from './owned.ts';
import type { Rules } from './rules.ts';
import { awaitedName, findSuccessors } from './succession.ts';
import { timeText } from './time.ts';

/** A secret that no mapping wants. */
export interface Unwanted {
  readonly secret: Actual;
  /** What its own mapping says of it, when there is one. */
  readonly absent: ProvenAbsent | undefined;
  /** The new name of its source secret, while that is not in place. */
  readonly awaited: string | undefined;
}

/** The secrets that are there and neither wanted nor held. */
export function unwantedOf(
  desired: DesiredState,
  actual: readonly Actual[],
  rules: Pick<Rules, 'owner' | 'graceSeconds'>,
): readonly Unwanted[] {
  const named = new Map(desired.secrets.filter(isNamed).map((secret) => [secret.name, secret]));
  const unwanted = actual.flatMap((secret) => {
    const own = named.get(secret.name);
    return own !== undefined && own.state !== 'absent' ? [] : [{ secret, absent: own }];
  });
  if (unwanted.length === 0) return [];
  const [successors, byName] = [findSuccessors(desired), actualByName(actual, rules.owner)];
  return unwanted.map(({ secret, absent }) => {
    return { secret, absent, awaited: awaitedName(secret, successors, byName, rules) };
  });
}

/** Decides a secret that no mapping wants. */
export function decideUnwanted(
  { secret, absent, awaited }: Unwanted,
  scopes: readonly DiscoveryScope[],
  rules: Rules,
): Decision {
  const { described, name } = secret;
  if (described.ownership === 'damaged') return { kind: 'hold', name, reason: 'marker-damaged' };
  if (described.ownership === 'none' || described.marker.owner !== rules.owner) {
    return { kind: 'none', name, reason: 'not-ours' };
  }
  if (absent !== undefined) return decideAbsent(secret, described, absent, rules);
  const proof = proofOf(described.marker, scopes);
  if (proof === undefined) return { kind: 'hold', name, reason: 'absence-unproven' };
  if (awaited !== undefined)
    return { kind: 'hold', name, reason: 'move-unfinished', detail: `${awaited} is not in place yet` };
  return decideProven(secret, described, rules, { detail: proof });
}

/** A mapping names it. Only the source secret that it came from can take it along when it goes: a reference to another one is a mistake. */
function decideAbsent(
  secret: Actual,
  described: { marker: Marker; text: string },
  absent: ProvenAbsent,
  rules: Rules,
): Decision {
  const { from } = absent;
  const problem = sourceMissing(absent);
  const { tag } = parseOrigin(described.marker.origin);
  if (!from.references.some((reference) => pathTag(reference.source, reference.secret) === tag)) {
    const detail = 'it came from another source secret';
    return { kind: 'hold', name: secret.name, reason: 'source-missing', detail, problem, from };
  }
  return decideProven(secret, described, rules, { detail: 'its source secret is gone', problem, from });
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
  // A time that lies ahead was noted by a clock that was wrong, and would keep the secret for ever: it counts anew.
  const isNoted = marker.absentSince !== 0 && marker.absentSince <= rules.now;
  const since = isNoted ? marker.absentSince : rules.now;
  const due = since + rules.graceSeconds;
  if (rules.now >= due) return { kind: 'delete', name, id, reason: 'no-longer-desired', ...told };
  const waiting = {
    name,
    reason: 'prune-grace',
    ...told,
    detail: `${told.detail}; due ${timeText(due)}`,
  } as const;
  if (isNoted) return { kind: 'hold', ...waiting };
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

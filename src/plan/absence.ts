// Secrets that are there and not wanted: whose they are, whether their absence is proven, and for how long it has been.
//
//   not wanted, absence proven        ours      delete, after the grace    no-longer-desired
//   not wanted, absence not proven    ours      hold                       absence-unproven
//   not wanted                        others'   untouched                  not-ours
import type { Actual } from '../secret/actual.ts';
import type { DiscoveryScope, ProvenAbsent } from '../secret/desired.ts';
import type { Marker } from '../secret/marker.ts';
import { explicitSelector, parseOrigin } from '../secret/origin.ts';
import type { Decision } from './change.ts';
import type { Rules } from './rules.ts';

/** Decides a secret that no mapping wants. `absent` is what its own mapping says of it, when there is one. */
export function decideUnwanted(
  actual: Actual,
  absent: ProvenAbsent | undefined,
  scopes: readonly DiscoveryScope[],
  rules: Rules,
): Decision {
  const { described, name } = actual;
  if (described.ownership === 'damaged') return { kind: 'conflict', name, reason: 'marker-damaged' };
  if (described.ownership === 'none' || described.marker.owner !== rules.owner) {
    return { kind: 'none', name, reason: 'not-ours' };
  }
  const proof = absent?.proof ?? proofOf(described.marker, scopes);
  if (proof === undefined) return { kind: 'hold', name, reason: 'absence-unproven', from: absent?.from };
  return decideProven(actual, described, rules, { detail: proof, from: absent?.from });
}

/** Why nothing can want the secret any more; `undefined` while something might. */
function proofOf(marker: Marker, scopes: readonly DiscoveryScope[]): string | undefined {
  const { selector, tag } = parseOrigin(marker.origin);
  if (selector === explicitSelector) return 'no mapping names it';
  const own = scopes.filter((scope) => scope.selector === selector);
  if (own.length === 0) return 'its discovery is not in the config any more';
  if (own.some((scope) => !scope.isResolved)) return undefined;
  const isProven = own.every((scope) => scope.isAuthoritative || scope.settled.has(tag));
  return isProven ? 'its source secret is gone, or stands for another name' : undefined;
}

function decideProven(
  actual: Actual,
  described: { marker: Marker; text: string },
  rules: Rules,
  labels: Pick<Decision & { kind: 'hold' }, 'detail' | 'from'>,
): Decision {
  const { id, name } = actual;
  const { marker, text } = described;
  const since = marker.absentSince === 0 ? rules.now : marker.absentSince;
  if (rules.now - since >= rules.graceSeconds)
    return { kind: 'delete', name, id, reason: 'no-longer-desired', from: labels.from };
  if (marker.absentSince !== 0) return { kind: 'hold', name, reason: 'prune-grace', ...labels };
  // The first time it is seen: the marker remembers, so that no database has to.
  const { writtenAt: _, ...kept } = marker;
  return {
    kind: 'update',
    part: 'description',
    name,
    id,
    reason: 'prune-grace',
    marker: { ...kept, absentSince: since },
    text,
    from: labels.from,
  };
}

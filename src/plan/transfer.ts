// Moving secrets from another owner to this one: the owner in the marker changes, and nothing else; values are neither read nor written.
import type { Actual } from '../secret/actual.ts';
import type { Marker } from '../secret/marker.ts';
import { textProblem } from '../secret/marker.ts';
import type { Decision } from './change.ts';
import { keptMarker } from './drift.ts';
import { countOwned, isOwned } from './owned.ts';
import type { ApplicationPlan, Place } from './plan.ts';
import { assemblePlan } from './plan.ts';
import type { Rules } from './rules.ts';

export interface Transfer {
  /** The owner until now. */
  readonly from: string;
  /** Names to keep to; all of that owner's without any. */
  readonly names: ReadonlySet<string>;
}

/** Decides every secret of that owner in one application, and every one that is named. */
export function planTransfer(
  place: Place,
  actual: readonly Actual[],
  rules: Pick<Rules, 'owner'>,
  transfer: Transfer,
): ApplicationPlan {
  const { names } = transfer;
  const chosen = names.size === 0 ? actual : actual.filter(({ name }) => names.has(name));
  const decisions = chosen.map((secret) => decideOwner(secret, rules.owner, transfer));
  const ownedCount = countOwned(actual, rules.owner);
  return assemblePlan(place, decisions, { ownedCount, wantedCount: 0 });
}

function decideOwner(secret: Actual, owner: string, { from, names }: Transfer): Decision {
  const { name, described } = secret;
  if (described.ownership === 'marked' && described.marker.owner === from)
    return move(secret, described, owner);
  const isNamed = names.has(name);
  if (isOwned(secret, owner)) return { kind: isNamed ? 'skip' : 'none', name, reason: 'already-ours' };
  if (described.ownership === 'damaged')
    return { kind: isNamed ? 'conflict' : 'hold', name, reason: 'marker-damaged' };
  if (!isNamed) return { kind: 'none', name, reason: 'not-ours' };
  return described.ownership === 'none'
    ? { kind: 'conflict', name, reason: 'unowned' }
    : { kind: 'conflict', name, reason: 'foreign-owner', detail: `owner ${described.marker.owner}` };
}

function move(secret: Actual, { marker, text }: { marker: Marker; text: string }, owner: string): Decision {
  const { id, name } = secret;
  const tooLong = textProblem(text, owner);
  if (tooLong !== undefined)
    return { kind: 'hold', name, reason: 'invalid', problem: { code: 'secret-invalid', ...tooLong } };
  return {
    kind: 'update',
    part: 'description',
    id,
    name,
    reason: 'foreign-owner',
    detail: `owner ${marker.owner} becomes ${owner}`,
    marker: { ...keptMarker(marker, secret), owner },
    text,
    replaces: marker.writtenAt,
  };
}

/** Every owner whose marker is there, with how many secrets. */
export function ownersOf(actual: readonly Actual[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { described } of actual) {
    if (described.ownership !== 'marked') continue;
    const { owner } = described.marker;
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return counts;
}

// The target's secrets as an owner sees them: which are ours, and which one a name means.
import type { Actual } from '../secret/actual.ts';

/** Whether it carries the intact marker of this owner. */
export function isOwned({ described }: Actual, owner: string): boolean {
  return described.ownership === 'marked' && described.marker.owner === owner;
}

export function countOwned(actual: readonly Actual[], owner: string): number {
  return actual.filter((secret) => isOwned(secret, owner)).length;
}

/**
 * The secrets by name. Voximplant keeps names unique, as far as anybody knows; where it does not, ours counts, then the
 * older one, whatever the order of the listing.
 */
export function actualByName(actual: readonly Actual[], owner: string): ReadonlyMap<string, Actual> {
  const byName = new Map<string, Actual>();
  for (const secret of actual) {
    const other = byName.get(secret.name);
    if (other === undefined || isBefore(secret, other, owner)) byName.set(secret.name, secret);
  }
  return byName;
}

function isBefore(one: Actual, other: Actual, owner: string): boolean {
  const [isOurs, isOtherOurs] = [isOwned(one, owner), isOwned(other, owner)];
  return isOurs === isOtherOurs ? one.id < other.id : isOurs;
}

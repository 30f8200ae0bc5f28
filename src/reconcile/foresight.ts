// Listings begun before the accounts say which applications there are: those of the pass before are most likely the same.
import type { Place } from '../plan/plan.ts';
import type { ActualListing } from './actual.ts';
import { listActual } from './actual.ts';
import type { Targets } from './sites.ts';
import { placeKey } from './sites.ts';

/** Listings under way, by `placeKey`. */
export type Foreseen = ReadonlyMap<string, Promise<ActualListing>>;

/**
 * Begins to list these places, cheaply. A listing is of an id, so it is right whatever the account answers; one that the account
 * no longer has, or has under another id, is not asked for. What goes wrong with one is told to whoever asks for it.
 */
export function listAhead(places: readonly Place[], targets: Targets, signal: AbortSignal): Foreseen {
  return new Map(
    places.map((place) => {
      const listing = listPlace(place, targets, signal);
      listing.catch(() => {});
      return [placeKey(place), listing];
    }),
  );
}

async function listPlace(place: Place, targets: Targets, signal: AbortSignal): Promise<ActualListing> {
  const target = await targets.get(place.account);
  if (target === undefined) throw new Error(`account ${place.account} is gone`);
  return listActual(target, place.applicationId, 'cheap', signal);
}

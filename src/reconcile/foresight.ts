// Listings begun before the accounts say which applications there are: those of the pass before are most likely the same, and an id in the config leaves no choice.
import type { PlaceId } from '../plan/plan.ts';
import type { ActualListing } from './actual.ts';
import { listActual } from './actual.ts';
import type { PassRequest, PassSetup } from './setup.ts';
import { isInShard } from './shard.ts';
import type { Targets } from './sites.ts';
import { placeKey } from './sites.ts';

/** Listings under way, by `placeKey`. */
export type Foreseen = ReadonlyMap<string, Promise<ActualListing>>;

/** The applications that a pass is going to work on, as far as that can be told before any answer. Each once. */
export function placesAhead(
  { mappings, sightings }: Pick<PassSetup, 'mappings' | 'sightings'>,
  { only, shard }: Pick<PassRequest, 'only' | 'shard'>,
): readonly PlaceId[] {
  if (sightings.places !== undefined) return sightings.places;
  const named = mappings.flatMap(({ account, applications }) =>
    applications.flatMap((one) => (typeof one === 'string' ? [] : [{ account, applicationId: one.id }])),
  );
  const places = [...new Map(named.map((place) => [placeKey(place), place])).values()];
  // Whether a name or a glob means this id only the account can tell.
  const isAskedFor = (id: number) =>
    only === undefined || only.some((one) => typeof one !== 'string' && one.id === id);
  return places.filter(
    ({ account, applicationId }) =>
      isAskedFor(applicationId) && (shard === undefined || isInShard(account, applicationId, shard)),
  );
}

/**
 * Begins to list these places, cheaply. A listing is of an id, so it is right whatever the account answers; one that the account
 * no longer has, or has under another id, is not asked for. What goes wrong with one is told to whoever asks for it.
 */
export function listAhead(places: readonly PlaceId[], targets: Targets, signal: AbortSignal): Foreseen {
  return new Map(
    places.map((place) => {
      const listing = listPlace(place, targets, signal);
      listing.catch(() => {});
      return [placeKey(place), listing];
    }),
  );
}

async function listPlace(place: PlaceId, targets: Targets, signal: AbortSignal): Promise<ActualListing> {
  const target = await targets.get(place.account);
  if (target === undefined) throw new Error(`account ${place.account} is gone`);
  return listActual(target, place.applicationId, 'cheap', signal);
}

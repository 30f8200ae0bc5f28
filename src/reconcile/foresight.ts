// Listings begun before the accounts say which applications there are: those of the pass before are most likely the same, and an id in the config leaves no choice.
import type { PlaceId } from '../plan/plan.ts';
import type { ActualListing } from './actual.ts';
import { listActual } from './actual.ts';
import { groupBy } from './group.ts';
import type { PassRequest, PassSetup } from './setup.ts';
import { isInShard } from './shard.ts';
import type { Targets } from './sites.ts';
import { placeKey } from './sites.ts';

/** Listings under way, by `placeKey`; `undefined` comes of one that was not begun. */
export type Foreseen = ReadonlyMap<string, Promise<ActualListing | undefined>>;

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
 * Begins to list these places, cheaply: of each account as many as can go out beside the question itself. More would gain
 * nothing, and an account that fails for a moment would meet them all. A listing is of an id, so it is right whatever the account
 * answers; one that the account no longer has, or has under another id, is not asked for. What goes wrong with one is told
 * to whoever asks for it.
 */
export function listAhead(places: readonly PlaceId[], targets: Targets, signal: AbortSignal): Foreseen {
  const byAccount = groupBy(places, ({ account }) => account);
  const listings = [...byAccount.values()].flatMap((group) =>
    group.map((place, index) => {
      const listing = listPlace(place, index, targets, signal);
      listing.catch(() => {});
      return [placeKey(place), listing] as const;
    }),
  );
  return new Map(listings);
}

async function listPlace(
  { account, applicationId }: PlaceId,
  index: number,
  targets: Targets,
  signal: AbortSignal,
): Promise<ActualListing | undefined> {
  const target = await targets.get(account);
  if (target === undefined || index >= target.concurrency - 1) return undefined;
  return listActual(target, applicationId, 'cheap', signal);
}

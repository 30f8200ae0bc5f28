// target ──list──▶ actual, once for each site; and once more, whole, where the plan hangs on what a listing does not show.
import { asVoxsyncError, isAbort } from '../errors.ts';
import { nameTheSame } from '../plan/alike.ts';
import { dateShiftOf } from '../plan/drift.ts';
import { planApplication } from '../plan/plan.ts';
import { applyPolicy, isPruning } from '../plan/policy.ts';
import type { Actual } from '../secret/actual.ts';
import type { Care } from '../target/target.ts';
import type { ActualListing } from './actual.ts';
import { listActual } from './actual.ts';
import type { Collected } from './collect.ts';
import type { Foreseen } from './foresight.ts';
import { groupBy } from './group.ts';
import { problemOf } from './held.ts';
import type { Sightings } from './sightings.ts';
import type { Failure, Site } from './sites.ts';
import { placeKey } from './sites.ts';

/** What came of listing sites: those that cannot be listed are failures, and the others go on. */
export interface Listings {
  readonly actual: ReadonlyMap<Site, ActualListing>;
  readonly failures: readonly Failure[];
}

/** Lists every site, for as few calls as there are pages, or takes what was foreseen. */
export async function collectActual(
  sites: readonly Site[],
  sightings: Sightings,
  foreseen: Foreseen,
  signal: AbortSignal,
): Promise<Listings> {
  const list = async ({ target, place }: Site): Promise<ActualListing> =>
    (await foreseen.get(placeKey(place))) ?? listActual(target, place.applicationId, 'cheap', signal);
  return settleListings(sites, sightings, list, signal);
}

/** Lists anew, whole, the sites whose plan would create or prune after a listing that may be missing something. */
export async function assureWhole(
  collected: readonly Collected[],
  sightings: Sightings,
  signal: AbortSignal,
): Promise<{ readonly collected: readonly Collected[]; readonly failures: readonly Failure[] }> {
  const doubtful = new Set(
    collected.filter((one) => !one.isWhole && hangsOnTheWhole(one)).map(({ site }) => site),
  );
  if (doubtful.size === 0) return { collected, failures: [] };
  const { actual, failures } = await listSites([...doubtful], sightings, 'whole', signal);
  const assured = collected.flatMap((one): readonly Collected[] => {
    if (!doubtful.has(one.site)) return [one];
    const listing = actual.get(one.site);
    return listing === undefined ? [] : [{ ...one, actual: listing.secrets, isWhole: listing.isWhole }];
  });
  return { collected: assured, failures };
}

/** No value was read yet, and none decides whether something is missing or pruned. */
function hangsOnTheWhole({ site, desired, actual, rules }: Collected): boolean {
  if (rules.adopting !== undefined) return isAnyMissing(rules.adopting, actual);
  if (nameTheSame(desired.state, actual)) return false;
  const { changes } = applyPolicy(planApplication(site.place, desired.state, actual, rules), rules.policy);
  return changes.some((change) => change.kind === 'create' || isPruning(change));
}

function isAnyMissing(names: ReadonlySet<string>, actual: readonly Actual[]): boolean {
  const listed = new Set(actual.map(({ name }) => name));
  return [...names].some((name) => !listed.has(name));
}

/** Lists sites with the care that is asked for. */
export async function listSites(
  sites: readonly Site[],
  sightings: Sightings,
  care: Care,
  signal: AbortSignal,
): Promise<Listings> {
  const list = ({ target, place }: Site): Promise<ActualListing> =>
    listActual(target, place.applicationId, care, signal);
  return settleListings(sites, sightings, list, signal);
}

async function settleListings(
  sites: readonly Site[],
  sightings: Sightings,
  list: (site: Site) => Promise<ActualListing>,
  signal: AbortSignal,
): Promise<Listings> {
  const actual = new Map<Site, ActualListing>();
  const failures: Failure[] = [];
  await Promise.all(
    sites.map(async (site) => {
      try {
        const { secrets, isWhole } = await list(site);
        actual.set(site, { isWhole, secrets: secrets.map((secret) => sightings.recall(site.place, secret)) });
      } catch (error) {
        if (isAbort(error, signal)) throw error;
        const problem = problemOf(asVoxsyncError(error, 'unexpected', site.place.application));
        failures.push({ account: site.place.account, application: site.place.application, problem });
      }
    }),
  );
  return { actual: withDateShift(actual), failures };
}

/** The dates of an account are in one timezone, so all its applications are witnesses of it. */
function withDateShift(actual: ReadonlyMap<Site, ActualListing>): ReadonlyMap<Site, ActualListing> {
  const byTarget = groupBy(actual, ([site]) => site.target);
  const shifts = new Map(
    [...byTarget].map(([target, listings]) => {
      const secrets = listings.flatMap(([, listing]) => listing.secrets);
      return [target, dateShiftOf(secrets, target.now())];
    }),
  );
  if ([...shifts.values()].every((shift) => shift === 0)) return actual;
  return new Map(
    [...actual].map(([site, { secrets, isWhole }]) => {
      const dateShift = shifts.get(site.target);
      return [site, { isWhole, secrets: secrets.map((secret) => ({ ...secret, dateShift })) }];
    }),
  );
}

// Finding orphans in every application of the accounts.
import type { ApplicationOrphans, ApplicationView } from '../plan/orphans.ts';
import { findOrphans } from '../plan/orphans.ts';
import type { Actual } from '../secret/actual.ts';
import { mapBounded } from './bounded.ts';
import type { CollectContext, SiteDesired } from './collect.ts';
import { collectDesired } from './collect.ts';
import { SharedExpansions } from './shared.ts';
import { settleGone } from './gone.ts';
import { groupBy } from './group.ts';
import { listSites } from './listings.ts';
import type { PassRequest, PassSetup } from './setup.ts';
import { rulesFor } from './setup.ts';
import { Readings } from './readings.ts';
import type { Failure, Site } from './sites.ts';
import { surveySites } from './sites.ts';

/** What was found in one application. */
export interface Look {
  readonly site: Site;
  readonly view: ApplicationView;
  readonly found: ApplicationOrphans;
}

export interface Search {
  readonly startedAt: Date;
  readonly looks: readonly Look[];
  readonly failures: readonly Failure[];
}

/**
 * Looks at every application of every account, those too that no mapping names; where a mapping does, sources are asked
 * for versions, as in a pass. No value is read. An application that cannot be listed is a failure, and the others go on.
 */
export async function searchOrphans(
  setup: PassSetup,
  request: PassRequest,
  names: ReadonlySet<string> = new Set(),
): Promise<Search> {
  const startedAt = setup.clock();
  request.onStage?.('reading');
  const { stopping: signal, only } = request;
  const readings = new Readings(setup.sources, signal, request.onValue);
  const context: CollectContext = {
    owner: setup.rules.owner,
    readings,
    templates: setup.templates,
    shared: new SharedExpansions(),
  };
  const survey = await surveySites(setup.mappings, setup.targets, { only, isWhole: true, signal });
  const desired = await collectDesired(survey.sites, context);
  const failures = [...survey.failures];
  const look = async (site: Site): Promise<readonly Look[]> => {
    // A row that is missing would read as no orphan.
    const listed = await listSites([site], setup.sightings, 'whole', signal);
    failures.push(...listed.failures);
    const [wants, holds] = [desired.get(site), listed.actual.get(site)];
    if (wants === undefined || holds === undefined) return [];
    const telling = holds.secrets.filter((secret) => isTelling(secret, names));
    return [await lookAt({ site, desired: wants, actual: telling }, { setup, readings })];
  };
  // Listings are bounded by account, so that what they held is let go before the next ones come.
  const byTarget = [...groupBy(survey.sites, ({ target }) => target)];
  const looks = await Promise.all(
    byTarget.map(([target, sites]) => mapBounded(sites, target.concurrency, look)),
  );
  return { startedAt, looks: looks.flat(2), failures };
}

interface Surroundings {
  readonly setup: PassSetup;
  readonly readings: Readings;
}

async function lookAt(
  one: { readonly site: Site; readonly desired: SiteDesired; readonly actual: readonly Actual[] },
  { setup, readings }: Surroundings,
): Promise<Look> {
  const { site } = one;
  const rules = rulesFor(site.target, setup);
  const collected = { ...one, rules, isWhole: true };
  const [{ desired, actual } = collected] = await settleGone([collected], readings);
  const view = {
    place: site.place,
    desired: desired.state,
    actual,
    isMapped: site.mappings.length > 0,
  };
  return { site, view, found: findOrphans(view, rules) };
}

/** What carries no marker and is not asked for need not be kept. */
function isTelling({ name, described }: Actual, names: ReadonlySet<string>): boolean {
  return described.ownership !== 'none' || names.has(name);
}

// Everything that a plan is made from: sources and accounts are asked side by side, and no value is read that decides nothing.
import type { CollectContext, Collected } from './collect.ts';
import { collectDesired } from './collect.ts';
import { SharedExpansions } from './shared.ts';
import { expandAhead } from './discover.ts';
import type { Evidence } from './evidence.ts';
import { gatherEvidence } from './evidence.ts';
import type { Holdings } from './expansion.ts';
import type { Foreseen } from './foresight.ts';
import { listAhead, placesAhead } from './foresight.ts';
import type { Listings } from './listings.ts';
import { assureWhole, collectActual } from './listings.ts';
import { Readings } from './readings.ts';
import type { PassRequest, PassSetup } from './setup.ts';
import { rulesFor } from './setup.ts';
import type { Failure, Site, Survey } from './sites.ts';
import { surveySites } from './sites.ts';
import { letCallsOut } from './turns.ts';

interface Gathered {
  readonly evidence: readonly Evidence[];
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
}

/** Asks the accounts and the sources. Nothing is written. What was begun ahead and nobody came to need ends with it. */
export async function gather(setup: PassSetup, request: PassRequest): Promise<Gathered> {
  const ended = new AbortController();
  const stopping = AbortSignal.any([request.stopping, ended.signal]);
  try {
    return await gatherAll(setup, { ...request, stopping });
  } finally {
    ended.abort();
  }
}

async function gatherAll(setup: PassSetup, request: PassRequest): Promise<Gathered> {
  const { stopping: signal, onValue } = request;
  const context: CollectContext = {
    owner: setup.rules.owner,
    readings: new Readings(setup.sources, signal, onValue),
    templates: setup.templates,
    shared: new SharedExpansions(),
  };
  const { survey, foreseen } = await surveyAhead(setup, request, context);
  const listing = collectActual(survey.sites, setup.sightings, foreseen, signal);
  const holdingsOf = (site: Site) => holdingsIn(listing, site, setup);
  const wishes = async () => {
    // What is desired takes work before anybody is asked.
    await letCallsOut();
    return collectDesired(survey.sites, context, holdingsOf);
  };
  const [desired, listed] = await Promise.all([wishes(), listing]);
  const collected = survey.sites.flatMap((site): readonly Collected[] => {
    const [wants, holds] = [desired.get(site), listed.actual.get(site)];
    if (wants === undefined || holds === undefined) return [];
    const { secrets: actual, isWhole } = holds;
    return [{ site, rules: rulesFor(site.target, setup), desired: wants, actual, isWhole }];
  });
  const assured = await assureWhole(collected, setup.sightings, signal);
  return {
    evidence: await gatherEvidence(assured.collected, context, signal),
    failures: [...survey.failures, ...listed.failures, ...assured.failures],
    warnings: collected.flatMap((one) => one.desired.warnings),
  };
}

/** Asks for the applications, and begins meanwhile with what needs no answer to that. */
async function surveyAhead(
  setup: PassSetup,
  request: PassRequest,
  context: CollectContext,
): Promise<{ readonly survey: Survey; readonly foreseen: Foreseen }> {
  const { mappings, targets, sightings } = setup;
  const { only, shard, stopping: signal } = request;
  const surveying = surveySites(mappings, targets, { only, shard, signal });
  const foreseen = listAhead(placesAhead(setup, request), targets, signal);
  // Who keeps to a part of the applications may need no more than a part of the sources.
  if (only === undefined && shard === undefined) expandAhead(mappings, { ...context, holdings: undefined });
  const survey = await surveying;
  sightings.notePlaces(survey.sites.map(({ place }) => place));
  return { survey, foreseen };
}

/** What a site turns out to hold; who wants every value to be compared reads every value, so that is no help then. */
function holdingsIn(listing: Promise<Listings>, site: Site, setup: PassSetup): Holdings | undefined {
  if (setup.rules.drift === 'values') return undefined;
  return {
    rules: rulesFor(site.target, setup),
    keys: site.target.keys,
    actual: async () => (await listing).actual.get(site)?.secrets ?? [],
  };
}

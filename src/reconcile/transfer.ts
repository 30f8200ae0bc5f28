// Preparing `voxsync transfer`: the applications of the mappings are listed, and no source and no value is looked at.
import type { Actual } from '../secret/actual.ts';
import { composeNamed } from '../plan/plan.ts';
import type { Transfer } from '../plan/transfer.ts';
import { ownersOf, planTransfer } from '../plan/transfer.ts';
import { listSites } from './listings.ts';
import type { PassRequest, PassSetup, Proposal } from './setup.ts';
import { namesIn, refuseStrangers } from './refused-names.ts';
import { surveySites } from './sites.ts';

/** Lists and plans. Names that are in no listing are failures; the others go on. */
export async function prepareTransfer(
  setup: PassSetup,
  request: PassRequest,
  transfer: Transfer,
): Promise<Proposal> {
  const startedAt = setup.clock();
  request.onStage?.('reading');
  const { stopping: signal, only } = request;
  const survey = await surveySites(setup.mappings, setup.targets, { only, signal });
  // A row that is missing would stay with the old owner without a word.
  const listed = await listSites(survey.sites, setup.sightings, 'whole', signal);
  const grounds = [...listed.actual].map(([site, { secrets }]) => ({
    site,
    actual: secrets,
    values: new Map<string, never>(),
  }));
  request.onStage?.('planning');
  const plans = grounds.map(({ site, actual }) => planTransfer(site.place, actual, setup.rules, transfer));
  const proposal = {
    startedAt,
    evidence: grounds,
    plan: composeNamed(plans),
    failures: [...survey.failures, ...listed.failures],
    warnings: [],
    notes: notesOf(
      grounds.flatMap(({ actual }) => actual),
      transfer,
    ),
  };
  const strangers = refuseStrangers(transfer.names, namesIn(proposal.plan), proposal);
  return { ...proposal, failures: [...proposal.failures, ...strangers] };
}

/** A mistyped owner looks like one that has nothing; the owners that are there tell the two apart. */
function notesOf(actual: readonly Actual[], { from }: Transfer): readonly string[] {
  const owners = ownersOf(actual);
  if (owners.has(from)) return [];
  const others = [...owners].map(([owner, count]) => `${owner} (${count})`).join(', ');
  return [`No secret here has the owner ${from}. Owners here: ${others || 'none'}.`];
}

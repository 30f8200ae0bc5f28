// Preparing `voxsync orphans --release` and `--delete`: the search, and the changes to the orphans that are named.
import type { OrphanAct } from '../plan/orphan-changes.ts';
import { planOrphans, refuseName } from '../plan/orphan-changes.ts';
import { composeNamed } from '../plan/plan.ts';
import type { Look } from './orphans.ts';
import { searchOrphans } from './orphans.ts';
import type { PassRequest, PassSetup, Proposal } from './setup.ts';
import { namesIn, refuseStrangers } from './refused-names.ts';
import type { Failure } from './sites.ts';

export interface OrphanWish {
  readonly act: OrphanAct;
  readonly names: ReadonlySet<string>;
}

/** Searches and plans. Names that are no orphans are failures; the others go on. */
export async function prepareOrphans(
  setup: PassSetup,
  request: PassRequest,
  { act, names }: OrphanWish,
): Promise<Proposal> {
  const { startedAt, looks, failures } = await searchOrphans(setup, request, names);
  request.onStage?.('planning');
  const plan = composeNamed(looks.map(({ found }) => planOrphans(found, act, names)));
  const planned = namesIn(plan);
  const left = [...names].filter((name) => !planned.has(name));
  const refused = looks.flatMap((look) => left.flatMap((name) => refusalOf(name, look)));
  const known = new Set([...planned, ...refused.map(({ name }) => name)]);
  const evidence = looks.map(({ site, view }) => ({
    site,
    actual: view.actual,
    values: new Map<string, never>(),
  }));
  const strangers = refuseStrangers(names, known, { evidence, failures });
  return { startedAt, evidence, plan, failures: [...failures, ...refused, ...strangers], warnings: [] };
}

function refusalOf(name: string, { view, found }: Look): readonly (Failure & { readonly name: string })[] {
  const problem = refuseName(name, view, found);
  const { account, application } = view.place;
  return problem === undefined ? [] : [{ account, application, name, problem }];
}

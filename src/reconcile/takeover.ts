// Preparing `voxsync adopt`: a pass that reads and plans the named secrets alone, past policy and guard, since a person named each.
import { composeNamed } from '../plan/plan.ts';
import { planTakeover } from '../plan/takeover.ts';
import type { PassRequest, PassSetup, Prepared } from './setup.ts';
import { preparePass } from './pass.ts';
import { namesIn, refuseStrangers } from './refused-names.ts';

/** Reads and plans. Names that no mapping wants are failures; the others go on. */
export async function prepareTakeover(
  setup: PassSetup,
  request: PassRequest,
  names: ReadonlySet<string>,
): Promise<Prepared> {
  const adopting = { ...setup, rules: { ...setup.rules, adopting: names } };
  const prepared = await preparePass(adopting, request, (evidence) =>
    composeNamed(
      evidence.map(({ site, desired, actual, rules }) => planTakeover(site.place, desired, actual, rules)),
    ),
  );
  const strangers = refuseStrangers(names, namesIn(prepared.plan), prepared, (name, places) => ({
    code: 'usage-invalid',
    message: `no mapping wants ${name}, so there is nothing to take it over for`,
    hint: `Add it to a mapping of ${places}, then adopt it. Names are case-sensitive.`,
  }));
  return { ...prepared, failures: [...prepared.failures, ...strangers] };
}

// The places a pass works on: each application that a mapping names, with all the mappings that name it.
import { asVoxsyncError, isAbort } from '../errors.ts';
import type { Problem } from '../secret/desired.ts';
import type { Place, PlaceId } from '../plan/plan.ts';
import type { Application, Target } from '../target/target.ts';
import type { ApplicationPattern } from './applications.ts';
import { listApplications, matchApplications } from './applications.ts';
import { groupBy } from './group.ts';
import { problemOf } from './held.ts';
import type { Mapping } from './mapping.ts';
import type { Shard } from './shard.ts';
import { isInShard } from './shard.ts';

/** The accounts by their id in the config. */
export interface Targets {
  keys(): Iterable<string>;
  /** The open account, the same in every pass. Rejects with `credentials-invalid` where it cannot be opened, and may be asked again. */
  get(id: string): Target | Promise<Target> | undefined;
}

export interface Site {
  readonly place: Place;
  readonly target: Target;
  readonly application: Application;
  readonly mappings: readonly Mapping[];
}

/** Names an application among those of all accounts. */
export function placeKey({ account, applicationId }: PlaceId): string {
  return `${account} ${applicationId}`;
}

/** Something larger than one secret that could not be worked on. */
export interface Failure {
  readonly account?: string | undefined;
  readonly application?: string | undefined;
  /** The secret that a person named and that is refused; without it, the whole place failed. */
  readonly name?: string | undefined;
  readonly problem: Problem;
}

export interface Survey {
  readonly sites: readonly Site[];
  readonly failures: readonly Failure[];
}

export interface SurveyScope {
  /** Applications to keep to; all without it. */
  readonly only?: readonly ApplicationPattern[] | undefined;
  /** Every application of every account, those too that no mapping names. */
  readonly isWhole?: boolean | undefined;
  /** The share of the applications that this process works on; all of them without it. */
  readonly shard?: Shard | undefined;
  readonly signal: AbortSignal;
}

/** Finds the applications, one listing an account. An account that fails leaves the others alone. */
export async function surveySites(
  mappings: readonly Mapping[],
  targets: Targets,
  { only, isWhole = false, shard, signal }: SurveyScope,
): Promise<Survey> {
  const byAccount = groupBy(mappings, ({ account }) => account);
  const surveys = await Promise.all(
    [...targets.keys()].map(async (account) => {
      try {
        // An account that cannot be opened is told of, whether a mapping names it or not.
        const target = await targets.get(account);
        const group = byAccount.get(account) ?? [];
        if (target === undefined || (group.length === 0 && !isWhole)) return nothing;
        const patterns = isWhole ? ['*'] : group.flatMap(({ applications }) => applications);
        return surveyAccount(account, target, group, await listApplications(target, patterns, signal));
      } catch (error) {
        if (isAbort(error, signal)) throw error;
        const problem = problemOf(asVoxsyncError(error, 'unexpected', 'the account cannot be looked at'));
        return { sites: [], failures: [{ account, problem }] };
      }
    }),
  );
  const known = surveys.flatMap((survey) => survey.sites);
  const sites = isWhole ? known : known.filter((site) => site.mappings.length > 0);
  const failures = surveys.flatMap((survey) => survey.failures);
  const reach = isWhole ? 'the accounts have' : 'the mappings reach';
  const named = only === undefined ? { sites, failures } : keepTo(only, { sites, failures }, reach);
  if (shard === undefined) return named;
  const isOwn = ({ place }: Site) => isInShard(place.account, place.applicationId, shard);
  return { ...named, sites: named.sites.filter(isOwn) };
}

/** A name given by hand that reaches nothing is a mistake to tell, not an empty pass. */
function keepTo(only: readonly ApplicationPattern[], { sites, failures }: Survey, reach: string): Survey {
  const reached = sites.map(({ application }) => application);
  const { applications, failures: unknown } = matchApplications(only, reached, `${reach} no application`);
  const unmatched = unknown.map((error) => ({ problem: problemOf(error) }));
  return {
    sites: sites.filter(({ application }) => applications.includes(application)),
    failures: [...failures, ...unmatched],
  };
}

const nothing: Survey = { sites: [], failures: [] };

function surveyAccount(
  account: string,
  target: Target,
  mappings: readonly Mapping[],
  known: readonly Application[],
): Survey {
  const matched = mappings.map((mapping) => ({
    mapping,
    ...matchApplications(mapping.applications, known, 'there is no application'),
  }));
  const sites = known.map((application) => {
    const own = matched
      .filter(({ applications }) => applications.includes(application))
      .map(({ mapping }) => mapping);
    const place = { account, applicationId: application.id, application: application.shortName };
    return { place, target, application, mappings: own };
  });
  const failures = matched.flatMap((one) =>
    one.failures.map((error) => ({ account, problem: problemOf(error) })),
  );
  return { sites, failures };
}

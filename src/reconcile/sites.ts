// The places a pass works on: each application that a mapping names, with all the mappings that name it.
import { asVoxsyncError, isAbort } from '../errors.ts';
import type { Problem } from '../secret/desired.ts';
import type { Place } from '../plan/plan.ts';
import type { Application, Target } from '../target/target.ts';
import type { ApplicationPattern } from './applications.ts';
import { listApplications, matchApplications } from './applications.ts';
import { groupBy } from './group.ts';
import { problemOf } from './held.ts';
import type { Mapping } from './mapping.ts';

/** The open accounts by their id in the config. */
export type Targets = ReadonlyMap<string, Target>;

export interface Site {
  readonly place: Place;
  readonly target: Target;
  readonly application: Application;
  readonly mappings: readonly Mapping[];
}

/** Something larger than one secret that could not be worked on. */
export interface Failure {
  readonly account?: string | undefined;
  readonly application?: string | undefined;
  readonly problem: Problem;
}

export interface Survey {
  readonly sites: readonly Site[];
  readonly failures: readonly Failure[];
}

export interface SurveyScope {
  /** Applications to keep to; all without it. */
  readonly only?: readonly ApplicationPattern[] | undefined;
  readonly signal: AbortSignal;
}

/** Finds the applications of all mappings, one listing an account. An account that fails leaves the others alone. */
export async function surveySites(
  mappings: readonly Mapping[],
  targets: Targets,
  { only, signal }: SurveyScope,
): Promise<Survey> {
  const byAccount = [...groupBy(mappings, ({ account }) => account)];
  const surveys = await Promise.all(
    byAccount.map(async ([account, group]) => {
      const target = targets.get(account);
      if (target === undefined) return nothing;
      try {
        const patterns = group.flatMap(({ applications }) => applications);
        return surveyAccount(account, target, group, await listApplications(target, patterns, signal));
      } catch (error) {
        if (isAbort(error, signal)) throw error;
        const problem = problemOf(asVoxsyncError(error, 'unexpected', `account ${account}`));
        return { sites: [], failures: [{ account, problem }] };
      }
    }),
  );
  const sites = surveys.flatMap((survey) => survey.sites);
  const failures = surveys.flatMap((survey) => survey.failures);
  return only === undefined ? { sites, failures } : keepTo(only, sites, failures);
}

/** A name given by hand that no mapping reaches is a mistake to tell, not an empty pass. */
function keepTo(
  only: readonly ApplicationPattern[],
  sites: readonly Site[],
  failures: readonly Failure[],
): Survey {
  const reached = sites.map(({ application }) => application);
  const { applications, failures: unknown } = matchApplications(
    only,
    reached,
    'the mappings reach no application',
  );
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
  const sites = known.flatMap((application) => {
    const own = matched
      .filter(({ applications }) => applications.includes(application))
      .map(({ mapping }) => mapping);
    const place = { account, applicationId: application.id, application: application.shortName };
    return own.length === 0 ? [] : [{ place, target, application, mappings: own }];
  });
  const failures = matched.flatMap((one) =>
    one.failures.map((error) => ({ account, problem: problemOf(error) })),
  );
  return { sites, failures };
}

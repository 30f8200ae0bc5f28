// Names that a person gave and that mean nothing anywhere: each is a failure of its own, and the others go on.
import type { Plan } from '../plan/plan.ts';
import type { Problem } from '../secret/desired.ts';
import type { Proposal } from './setup.ts';
import type { Failure } from './sites.ts';

/** Every name that a plan decides. */
export function namesIn({ applications }: Plan): ReadonlySet<string> {
  const decided = applications.flatMap(({ changes, standing }) => [...changes, ...standing]);
  return new Set(decided.map(({ name }) => name));
}

/** One failure for each name that is not known. `problemOf` gets the applications that were looked at, for people. */
export function refuseStrangers(
  names: ReadonlySet<string>,
  known: ReadonlySet<string>,
  { evidence, failures }: Pick<Proposal, 'evidence' | 'failures'>,
  problemOf: (name: string, places: string) => Problem = notThere,
): readonly Failure[] {
  // Where an application could not be looked at, nobody knows whether the name is there; its own failure says enough.
  if (failures.length > 0) return [];
  const places = evidence.map(({ site }) => site.place.application).join(', ') || 'no application';
  const strangers = [...names].filter((name) => !known.has(name));
  return strangers.map((name) => ({ name, problem: problemOf(name, places) }));
}

function notThere(name: string, places: string): Problem {
  return {
    code: 'usage-invalid',
    message: `there is no secret ${name}`,
    hint: `Names are case-sensitive. Looked at: ${places}.`,
  };
}

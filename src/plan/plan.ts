// From desired and actual to a plan: pure, in the order of names, the same for the same input.
import type { Actual } from '../secret/actual.ts';
import type { Desired, DesiredState, ProvenAbsent } from '../secret/desired.ts';
import { digest } from '../secret/digest.ts';
import { decideUnwanted, unwantedOf } from './absence.ts';
import type { Change, Decision, Refusal, Standing } from './change.ts';
import { isChange } from './change.ts';
import { decideHeld, decideMissing, decideWanted } from './decide.ts';
import { guardApplication } from './guard.ts';
import { actualByName, countOwned } from './owned.ts';
import type { Rules } from './rules.ts';

/** What tells an application from all others. */
export interface PlaceId {
  /** The account's id in the config. */
  readonly account: string;
  readonly applicationId: number;
}

/** The application that a plan is for. */
export interface Place extends PlaceId {
  readonly application: string;
}

/** All decisions for one application. */
export interface ApplicationPlan {
  readonly place: Place;
  readonly changes: readonly Change[];
  readonly standing: readonly Standing[];
  /** How many secrets there are ours. */
  readonly ownedCount: number;
  /** How many secrets the config and the sources want or may want. */
  readonly wantedCount: number;
  readonly refusals: readonly Refusal[];
}

/** The plan of a whole pass. */
export interface Plan {
  /** Names exactly this set of changes; `--acknowledge` takes it. */
  readonly id: string;
  readonly applications: readonly ApplicationPlan[];
  /** It holds nothing but what a person chose, and tells nothing of the secrets beside it. */
  readonly isChosen?: true | undefined;
}

/** Decides every secret of one application, before policy and guard. */
export function planApplication(
  place: Place,
  desired: DesiredState,
  actual: readonly Actual[],
  rules: Rules,
): ApplicationPlan {
  const byName = actualByName(actual, rules.owner);
  const wantedOrHeld = desired.secrets.filter((secret) => secret.state !== 'absent');
  const missing = desired.secrets.filter(isAbsent).filter(({ name }) => !byName.has(name));
  const decisions = [
    ...missing.map(decideMissing),
    ...wantedOrHeld.map((secret) => decideDesired(secret, byName.get(secret.name), rules)),
    ...unwantedOf(desired, actual, rules).map((unwanted) => decideUnwanted(unwanted, desired.scopes, rules)),
  ];
  const ownedCount = countOwned(actual, rules.owner);
  return assemblePlan(place, decisions, { ownedCount, wantedCount: wantedOrHeld.length });
}

/** The plan of one application, its decisions in the order of names. */
export function assemblePlan(
  place: Place,
  decisions: readonly Decision[],
  counts: Pick<ApplicationPlan, 'ownedCount' | 'wantedCount'>,
): ApplicationPlan {
  const sorted = decisions.toSorted((a, b) => compare(a.name, b.name) || idOf(a) - idOf(b));
  const standing = sorted.filter((decision) => !isChange(decision));
  return { place, changes: sorted.filter(isChange), standing, ...counts, refusals: [] };
}

/**
 * Puts the applications together, lets the guard look, and names the result. The id names what the guard refuses, and
 * so does the acknowledgement: it still fits when the rest of the plan has been applied. Where nothing is refused, the
 * id names all changes.
 */
export function composePlan(
  applications: readonly ApplicationPlan[],
  rules: Pick<Rules, 'guard'>,
  acknowledged?: string,
): Plan {
  const sorted = applications.toSorted((a, b) => compare(keyOf(a.place), keyOf(b.place)));
  const guarded = sorted.map((application) => guardApplication(application, rules));
  const isRefused = guarded.some(({ refused }) => refused.length > 0);
  const named = guarded.map(({ plan, refused }) => identity(plan.place, isRefused ? refused : plan.changes));
  const id = digest(named.flat(), 12);
  return { id, applications: acknowledged === id ? sorted : guarded.map(({ plan }) => plan) };
}

/** The same for changes that a person named one by one: no guard looks. */
export function composeNamed(applications: readonly ApplicationPlan[]): Plan {
  const sorted = applications.toSorted((a, b) => compare(keyOf(a.place), keyOf(b.place)));
  return {
    id: digest(
      sorted.flatMap(({ place, changes }) => identity(place, changes)),
      12,
    ),
    applications: sorted,
    isChosen: true,
  };
}

function decideDesired(
  secret: Exclude<Desired, ProvenAbsent>,
  actual: Actual | undefined,
  rules: Rules,
): Decision {
  return secret.state === 'held' ? decideHeld(secret) : decideWanted(secret, actual, rules);
}

/**
 * What two plans must share to be the same plan: the changes, the secrets they are made to, and the revisions behind
 * them, not the time. A secret that was deleted and made anew is another one, so an old acknowledgement does not cover it.
 */
function identity(place: Place, changes: readonly Change[]): readonly string[] {
  const lines = changes.map((change) => {
    const revision = 'marker' in change ? change.marker.revision : '';
    const id = 'id' in change ? String(change.id) : '';
    const replaces = 'replaces' in change ? String(change.replaces) : '';
    return [change.kind, change.name, change.reason, revision, id, replaces].join(' ');
  });
  return lines.length === 0 ? [] : [keyOf(place), ...lines];
}

function idOf(decision: Decision): number {
  return 'id' in decision ? decision.id : 0;
}

function keyOf(place: Place): string {
  return `${place.account} ${place.application} ${place.applicationId}`;
}

function isAbsent(secret: Desired): secret is ProvenAbsent {
  return secret.state === 'absent';
}

/** By code unit: the same on every machine. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

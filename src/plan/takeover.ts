// Taking over by name: secrets that a mapping wants and whose marker is damaged or missing become ours, and nothing else changes.
//
//   desired      actual                       result
//   wanted       unmarked or damaged          adopt, or update value where the source says another
//   wanted       another owner's              conflict                                                foreign-owner
//   wanted       absent                       skip                                                    missing
//   held         any                          hold                                                    source-unavailable, invalid
//   absent       not ours                     hold                                                    source-missing
//   any          ours                         skip                                                    already-ours
//   not wanted   not ours, and in doubt       hold                                                    source-unavailable
import type { Actual } from '../secret/actual.ts';
import type { DesiredState } from '../secret/desired.ts';
import { isNamed } from '../secret/desired.ts';
import type { Decision } from './change.ts';
import { decideHeld, decideMissing, decideWanted } from './decide.ts';
import { doubtOf } from './doubt.ts';
import { actualByName, countOwned, isOwned } from './owned.ts';
import type { ApplicationPlan, Place } from './plan.ts';
import { assemblePlan } from './plan.ts';
import type { Rules } from './rules.ts';

/** Decides the names of `rules.adopting` in one application. A name that has nothing to do with it gets no decision. */
export function planTakeover(
  place: Place,
  desired: DesiredState,
  actual: readonly Actual[],
  rules: Rules,
): ApplicationPlan {
  const byName = actualByName(actual, rules.owner);
  const names = [...(rules.adopting ?? [])];
  const decisions = names.flatMap((name) => decideNamed(name, desired, byName.get(name), rules) ?? []);
  const ownedCount = countOwned(actual, rules.owner);
  return assemblePlan(place, decisions, { ownedCount, wantedCount: desired.secrets.length });
}

function decideNamed(
  name: string,
  desired: DesiredState,
  actual: Actual | undefined,
  rules: Rules,
): Decision | undefined {
  const own = desired.secrets.find((secret) => isNamed(secret) && secret.name === name);
  const from = own?.from;
  if (actual !== undefined && isOwned(actual, rules.owner))
    return { kind: 'skip', name, reason: 'already-ours', from };
  if (own === undefined) return actual && decideUnnamed(actual, desired);
  if (own.state === 'held') return decideHeld(own);
  if (own.state === 'absent') return decideMissing(own);
  if (actual === undefined) {
    const detail = 'there is nothing to take over; `voxsync sync` creates it';
    return { kind: 'skip', name, reason: 'missing', detail, from };
  }
  return decideWanted(own, actual, rules);
}

/** A discovery that could not be read may be what wants it. */
function decideUnnamed({ name }: Actual, desired: DesiredState): Decision | undefined {
  const doubt = doubtOf(desired);
  return doubt && { kind: 'hold', name, reason: 'source-unavailable', problem: doubt.problem };
}

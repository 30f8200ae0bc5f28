// Which values must be read before a plan can be made: none for what is unchanged, so that an unchanged pass costs nothing.
import type { Actual } from '../secret/actual.ts';
import type { Desired, DesiredState, Wanted } from '../secret/desired.ts';
import { isTouched } from './drift.ts';
import { actualByName } from './owned.ts';
import type { Rules } from './rules.ts';
import { isAdopted } from './rules.ts';

/** The ids of the target's secrets whose value may not be what their marker says. */
export function targetValuesNeeded(
  desired: DesiredState,
  actual: readonly Actual[],
  rules: Rules,
): readonly number[] {
  const suspects = actual.filter((secret) => needsTargetValue(secret, rules));
  if (suspects.length === 0) return [];
  const wanted = new Set(desired.secrets.filter(isWanted).map(({ name }) => name));
  return suspects.filter(({ name }) => wanted.has(name)).map(({ id }) => id);
}

/** The names of wanted secrets whose source value decides, given what was read of the target. */
export function sourceValuesNeeded(
  desired: DesiredState,
  actual: readonly Actual[],
  rules: Rules,
): readonly string[] {
  const byName = actualByName(actual, rules.owner);
  return desired.secrets
    .filter(isWanted)
    .filter((secret) => needsSourceValue(secret, byName.get(secret.name), rules))
    .map(({ name }) => name);
}

function needsTargetValue(actual: Actual, rules: Rules): boolean {
  if (rules.adopting !== undefined) return isAdopted(actual, rules);
  const { described } = actual;
  if (described.ownership === 'none') return rules.onConflict !== 'skip';
  if (described.ownership === 'damaged' || described.marker.owner !== rules.owner) return false;
  if (described.marker.keyTag !== rules.keyTag) return true;
  return rules.drift === 'modified' ? isTouched(described.marker, actual) : rules.drift === 'values';
}

function needsSourceValue(wanted: Wanted, actual: Actual | undefined, rules: Rules): boolean {
  if (rules.adopting !== undefined) return actual !== undefined && isAdopted(actual, rules);
  if (actual === undefined) return true;
  const { described } = actual;
  if (described.ownership === 'none') return rules.onConflict !== 'skip';
  if (described.ownership === 'damaged' || described.marker.owner !== rules.owner) return false;
  const { marker } = described;
  const isKnown = marker.revision === wanted.revision && marker.keyTag === rules.keyTag;
  return !isKnown || (actual.fingerprint ?? marker.fingerprint) !== marker.fingerprint;
}

function isWanted(secret: Desired): secret is Wanted {
  return secret.state === 'wanted';
}

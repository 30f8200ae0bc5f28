// What a person does about orphans, by name: takes our marker off, or deletes; and why a name is refused.
import type { Problem } from '../secret/desired.ts';
import { isNamed } from '../secret/desired.ts';
import type { Change } from './change.ts';
import type { ApplicationOrphans, ApplicationView, Orphan } from './orphans.ts';
import type { ApplicationPlan } from './plan.ts';
import { assemblePlan } from './plan.ts';

export type OrphanAct = 'release' | 'delete';

/** The changes to the orphans that are named. */
export function planOrphans(
  { place, orphans }: ApplicationOrphans,
  act: OrphanAct,
  names: ReadonlySet<string>,
): ApplicationPlan {
  const chosen = orphans.filter((orphan) => names.has(orphan.name) && isAllowed(orphan, act));
  const changes = chosen.map((orphan) => changeOf(orphan, act));
  return assemblePlan(place, changes, { ownedCount: orphans.length, wantedCount: 0 });
}

/** A broken marker may be another owner's: taking it off harms nobody, deleting the secret might. */
function isAllowed({ reason }: Orphan, act: OrphanAct): boolean {
  return act === 'release' || reason !== 'marker-damaged';
}

/** It is done now, so the time until which passes wait is no part of its reason. */
function changeOf({ id, name, from, text, ...orphan }: Orphan, act: OrphanAct): Change {
  const { reason, detail, proof } = orphan;
  const why = proof === undefined ? { reason, detail } : provenWhy(proof);
  const told = { id, name, ...why, from };
  return act === 'delete' ? { kind: 'delete', ...told } : { kind: 'release', ...told, text };
}

function provenWhy(detail: string) {
  return { reason: 'no-longer-desired', detail } as const;
}

/** Why nothing is done about a name in one application; `undefined` where the name means nothing there. */
export function refuseName(
  name: string,
  { desired, actual }: ApplicationView,
  { orphans, undecided }: ApplicationOrphans,
): Problem | undefined {
  const inDoubt = undecided.find((standing) => standing.name === name);
  if (inDoubt !== undefined) return unknowable(name, inDoubt.problem);
  const own = desired.secrets.find((secret) => isNamed(secret) && secret.name === name);
  if (own?.state === 'held') return unknowable(name, own.problem);
  if (own?.state === 'wanted') {
    return usage(`${name} is no orphan: ${own.from.place} wants it`, 'Take it out of the config first.');
  }
  if (orphans.some((orphan) => orphan.name === name)) {
    return usage(
      `the marker of ${name} is damaged, so it may be another owner's, and is not deleted`,
      `\`voxsync orphans --release ${name}\` takes the broken marker off; delete it in the control panel if you know it.`,
    );
  }
  const secret = actual.find((one) => one.name === name);
  return secret && usage(`${name} is no orphan: it does not carry our marker`, 'It is never touched.');
}

function unknowable(name: string, problem: Problem | undefined): Problem {
  const { code, message, hint } = problem ?? usage('its source could not be read', 'Try again later.');
  return { code, message: `nobody can tell whether ${name} is wanted: ${message}`, hint };
}

function usage(message: string, hint: string): Problem {
  return { code: 'usage-invalid', message, hint };
}

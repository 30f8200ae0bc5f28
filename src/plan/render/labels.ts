// The words and symbols that every rendering shares, derived from decisions and from nothing else.
import type { Provenance } from '../../secret/desired.ts';
import type { ValueReference } from '../../secret/reference.ts';
import type { Decision } from '../change.ts';
import type { ApplicationPlan, Plan } from '../plan.ts';
import { summarise } from '../summary.ts';

export const symbols = {
  create: '+',
  update: '~',
  adopt: '*',
  delete: '-',
  release: '^',
  conflict: '!',
  hold: '?',
  skip: '.',
  orphan: 'o',
  none: ' ',
} as const satisfies Record<Decision['kind'], string>;

/** What is done, in two words at most: `update value`. */
export function actionOf(decision: Decision): string {
  return decision.kind === 'update' ? `update ${decision.part}` : decision.kind;
}

/** Why, with what there is to say beyond it. */
export function reasonText(decision: Pick<Decision, 'reason' | 'detail'>): string {
  return decision.detail === undefined ? decision.reason : `${decision.reason} (${decision.detail})`;
}

/** Where it comes from: `aws: prod/crm apiKey @ 1f2e3d4c`. */
export function provenanceText(from: Provenance | undefined): string {
  if (from === undefined) return '';
  return from.references
    .map((reference, index) => withVersion(referenceText(reference), from.versions[index]))
    .join(' + ');
}

export function referenceText({ source, secret, field, stage }: ValueReference): string {
  const parts = [`${source}: ${secret}`, field, stage === undefined ? undefined : `(${stage})`];
  return parts.filter((part) => part !== undefined).join(' ');
}

function withVersion(text: string, version: string | undefined): string {
  return version === undefined ? text : `${text} @ ${version}`;
}

/** The decisions that a reader wants to see: all but those that leave things as they should be. */
export function notable(plan: ApplicationPlan): readonly Decision[] {
  const standing = plan.standing.filter(({ kind }) => kind !== 'none');
  return [...plan.changes, ...standing].toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

/** `2 to create, 1 to update; 1 held; 40 in sync`. Who chose secrets asked nothing about those in sync. */
export function summaryText(plan: Plan): string {
  const summary = summarise(plan);
  const changes = joined([
    [summary.create, 'to create'],
    [summary.update, 'to update'],
    [summary.adopt, 'to adopt'],
    [summary.delete, 'to delete'],
    [summary.release, 'to release'],
  ]);
  const standing = joined([
    [summary.conflict, summary.conflict === 1 ? 'conflict' : 'conflicts'],
    [summary.hold, 'held'],
    [summary.skip, 'skipped'],
    [summary.orphan, summary.orphan === 1 ? 'orphan' : 'orphans'],
  ]);
  return [changes || 'nothing to do', standing, plan.isChosen ? '' : `${summary.inSync} in sync`]
    .filter((part) => part !== '')
    .join('; ');
}

function joined(parts: readonly (readonly [number, string])[]): string {
  return parts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`)
    .join(', ');
}

/** How a refused plan is let through once: by hand, and where nobody types commands. */
export function acknowledgementText(planId: string): string {
  return `if that is what you want, with the same config and options: voxsync sync --acknowledge ${planId} (once; a CronJob or container takes VOXSYNC_ACKNOWLEDGE=${planId} from its environment)`;
}

/** Whether the guard refuses a part of a plan, which its id names then. */
export function hasRefusals(plan: Plan): boolean {
  return plan.applications.some(({ refusals }) => refusals.length > 0);
}

/** Whether a plan would write anything. */
export function hasChanges(plan: Plan): boolean {
  return plan.applications.some(({ changes }) => changes.length > 0);
}

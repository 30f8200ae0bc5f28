// The plan that somebody lets pass the guard: named on the command line, or in the environment where nobody types one.
import type { Plan } from '../plan/plan.ts';
import { hasRefusals } from '../plan/render/labels.ts';
import type { Io } from './io.ts';

export interface AcknowledgementOptions {
  readonly acknowledge?: string | undefined;
}

/** The plan id, if there is one. */
export function acknowledgedPlan(
  { acknowledge }: AcknowledgementOptions,
  { env }: Pick<Io, 'env'>,
): string | undefined {
  return acknowledge ?? (env['VOXSYNC_ACKNOWLEDGE'] || undefined);
}

/** What to say of an acknowledgement that was for another plan; one that has done its work may stay in the environment. */
export function staleAcknowledgement(
  plan: Plan,
  options: AcknowledgementOptions,
  io: Pick<Io, 'env'>,
): string | undefined {
  const acknowledged = acknowledgedPlan(options, io);
  if (acknowledged === undefined || acknowledged === plan.id) return undefined;
  if (options.acknowledge === undefined && !hasRefusals(plan)) return undefined;
  return `The plan acknowledged, ${acknowledged}, is not this one, ${plan.id}: the acknowledgement had no effect.`;
}

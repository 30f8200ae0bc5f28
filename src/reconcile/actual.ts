// What an application holds now: its listing, with each marker read.
import type { Actual } from '../secret/actual.ts';
import { parseDescription } from '../secret/marker.ts';
import type { Care, ListedSecret, Target } from '../target/target.ts';

/** What one listing of an application showed. */
export interface ActualListing {
  readonly secrets: readonly Actual[];
  /** Nothing that was there all the time can be missing. */
  readonly isWhole: boolean;
}

/** Lists an application. Throws what the target throws. */
export async function listActual(
  target: Target,
  applicationId: number,
  care: Care,
  signal: AbortSignal,
): Promise<ActualListing> {
  const { rows, isWhole } = await target.list(applicationId, care, signal);
  return { secrets: rows.map(toActual), isWhole };
}

function toActual(listed: ListedSecret): Actual {
  return { ...listed, described: parseDescription(listed.description) };
}

// What an application holds now: its listing, with each marker read.
import type { Actual } from '../secret/actual.ts';
import { parseDescription } from '../secret/marker.ts';
import type { ListedSecret, Target } from '../target/target.ts';

/** Lists an application. Throws what the target throws; nothing is decided from half a listing. */
export async function listActual(
  target: Target,
  applicationId: number,
  signal: AbortSignal,
): Promise<readonly Actual[]> {
  return (await target.list(applicationId, signal)).map(toActual);
}

function toActual({ id, name, description, modifiedAt }: ListedSecret): Actual {
  return { id, name, modifiedAt, described: parseDescription(description) };
}

// Names that take the place of others: while a source secret's new name is not in place, its old one stays.
import type { Actual } from '../secret/actual.ts';
import type { Desired, DesiredState } from '../secret/desired.ts';
import { parseOrigin, pathTag } from '../secret/origin.ts';
import type { Rules } from './rules.ts';

/** What is wanted of each source secret, by the tag that markers carry. */
export type Successors = ReadonlyMap<string, readonly Desired[]>;

/** Finds who stands for which source secret. One that is proven absent stands for nothing any more. */
export function findSuccessors({ secrets }: DesiredState): Successors {
  const successors = new Map<string, Desired[]>();
  for (const secret of secrets) {
    for (const tag of tagsOf(secret)) successors.set(tag, [...(successors.get(tag) ?? []), secret]);
  }
  return successors;
}

/** The first name that a secret of ours must wait for before it goes; `undefined` when its source secret stands for no other one, or all are in place. */
export function awaitedName(
  secret: Actual,
  successors: Successors,
  actualByName: ReadonlyMap<string, Actual>,
  rules: Pick<Rules, 'owner' | 'graceSeconds'>,
): string | undefined {
  if (secret.described.ownership !== 'marked') return undefined;
  const { tag } = parseOrigin(secret.described.marker.origin);
  const isMissing = (next: Desired) => !isInPlace(next, actualByName.get(next.name), tag, rules);
  const missing = successors.get(tag)?.filter(isMissing) ?? [];
  return missing.map(({ name }) => name).toSorted()[0];
}

/** Without a grace to wait for, it is enough that it is created in the same pass, for creates come before deletes. */
function isInPlace(
  next: Desired,
  actual: Actual | undefined,
  tag: string,
  { owner, graceSeconds }: Pick<Rules, 'owner' | 'graceSeconds'>,
): boolean {
  if (actual === undefined) return next.state === 'wanted' && graceSeconds === 0;
  const { described } = actual;
  if (described.ownership !== 'marked' || described.marker.owner !== owner) return false;
  return parseOrigin(described.marker.origin).tag === tag;
}

/** Of a secret that cannot be decided, every source secret that it was to be made from. */
function tagsOf(secret: Desired): readonly string[] {
  if (secret.state === 'absent') return [];
  if (secret.state === 'wanted') return [parseOrigin(secret.origin).tag];
  return [...new Set(secret.from.references.map((reference) => pathTag(reference.source, reference.secret)))];
}

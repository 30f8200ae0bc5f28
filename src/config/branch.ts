// Which branch of a union a value was meant for, so that errors speak of that one.
import type * as z from 'zod/mini';

type Issue = z.core.$ZodIssue;

/**
 * The issues of the branch that comes closest to the value; `undefined` when none does, or two do.
 * Branches that take another kind of value are out; of the rest, fewer missing and unknown keys come closer.
 */
export function closestBranch(
  branches: readonly (readonly Issue[])[],
  has: (path: readonly PropertyKey[]) => boolean,
): readonly Issue[] | undefined {
  const fitting = branches.filter((issues) => !issues.some(isWrongKind));
  if (fitting.length === 1) return fitting[0];
  const distances = fitting.map((issues) => sum(issues.map((issue) => distanceOf(issue, has))));
  const least = Math.min(...distances);
  const closest = fitting.filter((_, index) => distances[index] === least);
  return closest.length === 1 ? closest[0] : undefined;
}

function isWrongKind({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function distanceOf(issue: Issue, has: (path: readonly PropertyKey[]) => boolean): number {
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) return issue.keys.length;
  if (issue.path.length !== 1) return 0;
  if (!has(issue.path)) return 1;
  // A part of another kind weighs more than a missing one: it is the sign of another branch.
  return issue.code === 'invalid_type' ? 2 : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

// From what a mapping calls an application (short name, full name, id, glob) to applications of the account, matched exactly.
import { minimatch } from 'minimatch';
import { VoxsyncError } from '../errors.ts';
import type { Application, Target } from '../target/target.ts';

/** One way to name applications in a mapping. */
export type ApplicationPattern = string | { readonly id: number };

export interface Matched {
  readonly applications: readonly Application[];
  /** One for each pattern that names no application. */
  readonly failures: readonly VoxsyncError[];
}

/** The applications that the patterns name, each once, in the account's order. `nobody` opens the message for one that names none. */
export function matchApplications(
  patterns: readonly ApplicationPattern[],
  known: readonly Application[],
  nobody: string,
): Matched {
  const matches = patterns.map((pattern) => ({
    pattern,
    found: known.filter((application) => isNamed(pattern, application)),
  }));
  const chosen = new Set(matches.flatMap(({ found }) => found));
  return {
    applications: known.filter((application) => chosen.has(application)),
    failures: matches
      .filter(({ found }) => found.length === 0)
      .map(({ pattern }) => notFound(pattern, known, nobody)),
  };
}

/** The account's applications, whole where a pattern may mean one that a cheap listing did not show. Throws as listings do. */
export async function listApplications(
  target: Target,
  patterns: readonly ApplicationPattern[],
  signal: AbortSignal,
): Promise<readonly Application[]> {
  const { rows, isWhole } = await target.applications(patterns.some(isOpen) ? 'whole' : 'cheap', signal);
  const isEach = patterns.every((pattern) => rows.some((application) => isNamed(pattern, application)));
  return isWhole || isEach ? rows : (await target.applications('whole', signal)).rows;
}

/** Whether there may always be one more that it means. */
function isOpen(pattern: ApplicationPattern): boolean {
  return typeof pattern === 'string' && isGlob(pattern);
}

function isNamed(pattern: ApplicationPattern, { id, name, shortName }: Application): boolean {
  if (typeof pattern !== 'string') return pattern.id === id;
  if (!isGlob(pattern)) return pattern === shortName || pattern === name;
  return minimatch(shortName, pattern, globOptions) || minimatch(name, pattern, globOptions);
}

const globOptions = { nocomment: true, nonegate: true, dot: true } as const;

function isGlob(pattern: string): boolean {
  return /[*?[{]/.test(pattern);
}

function notFound(pattern: ApplicationPattern, known: readonly Application[], nobody: string): VoxsyncError {
  const named = typeof pattern === 'string' ? JSON.stringify(pattern) : `id ${pattern.id}`;
  const shown = known.slice(0, 10).map(({ shortName }) => shortName);
  const more = known.length > shown.length ? ` and ${known.length - shown.length} more` : '';
  return new VoxsyncError('application-not-found', `${nobody} ${named}`, {
    hint: shown.length === 0 ? 'There is no application at all.' : `There are: ${shown.join(', ')}${more}.`,
  });
}

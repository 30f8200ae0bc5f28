// Everything that is wrong with a config file, as data and as the error that carries it.
import { VoxsyncError } from '../errors.ts';
import type { Flaw } from './flaw.ts';

/** Keys and indexes from the root of the config to one of its options. */
export type Path = readonly PropertyKey[];

/** One thing that is wrong, at one place; lines and columns count from 1. */
export interface Problem extends Flaw {
  readonly line: number;
  readonly column: number;
  /** `mappings[0].secrets[2].name`; empty for the file as a whole. */
  readonly path: string;
}

/** `config-invalid`, with every problem of the file in the order of its lines. The message lists them, one a line. */
export class ConfigError extends VoxsyncError {
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super('config-invalid', formatProblems(file, problems));
    this.problems = problems;
  }
}

const mostShown = 100;

function formatProblems(file: string, problems: readonly Problem[]): string {
  const lines = problems.slice(0, mostShown).map((problem) => formatProblem(file, problem));
  const more = problems.length - lines.length;
  return [...lines, ...(more > 0 ? [`${file}: and ${more} more`] : [])].join('\n');
}

/** `config.yaml:12:5: mappings[0].secrets[2].name: must start with a letter; write a name such as CRM_API_KEY`. */
function formatProblem(file: string, { line, column, path, reason, hint }: Problem): string {
  const place = path === '' ? '' : `${path}: `;
  return `${file}:${line}:${column}: ${place}${reason}; ${hint}`;
}

/** A path as people write it. */
export function formatPath(path: Path): string {
  return path.map(formatStep).join('').replace(/^\./, '');
}

function formatStep(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`;
  const key = String(step);
  return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key.slice(0, 64))}]`;
}

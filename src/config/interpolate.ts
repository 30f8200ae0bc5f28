// `${NAME}` and `${NAME:-default}` in the strings of a config; `$${` stands for a literal `${`.
import type { Flaw } from './flaw.ts';

/** The environment, as `process.env` gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A string with its variables filled in; `isChanged` tells that it may hold values of the environment. */
export interface Interpolated {
  readonly text: string;
  readonly isChanged: boolean;
  readonly flaws: readonly Flaw[];
}

const pattern = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\})?/g;

/** Fills in the variables. A default stands in for a variable that is missing or empty. */
export function interpolate(source: string, environment: Environment): Interpolated {
  const flaws: Flaw[] = [];
  const text = source.replaceAll(pattern, (found: string, name?: string, fallback?: string) => {
    if (found === '$${') return '${';
    if (name === undefined) {
      flaws.push(malformed);
      return '';
    }
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value === undefined) flaws.push(missing(name));
    return value ?? '';
  });
  return { text, isChanged: text !== source, flaws };
}

const malformed: Flaw = {
  reason: 'holds a ${ that is not closed, or names no variable',
  hint: 'write ${NAME} or ${NAME:-default}, and $${ for a literal ${',
};

function missing(name: string): Flaw {
  return {
    reason: `needs the environment variable ${name}, which is not set`,
    hint: `set it, or give a default: \${${name}:-default}`,
  };
}

// Secrets that cannot be decided, with the error that says why.
import { VoxsyncError } from '../errors.ts';
import type { Held, Problem } from '../secret/desired.ts';
import { nameProblem } from '../secret/name.ts';
import type { ValueReference } from '../secret/reference.ts';

interface Where {
  readonly name: string;
  readonly place: string;
  readonly references: readonly ValueReference[];
}

/** A held secret. What the source could not say is its `source-unavailable`; what it said and we cannot write is `invalid`. */
export function held({ name, place, references }: Where, error: VoxsyncError): Held {
  const isInvalid = error.code === 'secret-invalid' || error.code === 'config-invalid';
  return {
    state: 'held',
    name,
    reason: isInvalid ? 'invalid' : 'source-unavailable',
    problem: problemOf(error),
    from: { place, references, versions: [] },
  };
}

/** An error as data. */
export function problemOf({ code, message, hint }: VoxsyncError): Problem {
  return { code, message, hint };
}

/** The error for a name outside the grammar. */
export function invalidName(name: string, place: string): VoxsyncError {
  return new VoxsyncError(
    'secret-invalid',
    `${place}: the name ${JSON.stringify(name)} ${nameProblem(name) ?? 'is refused'}`,
    {
      hint: 'Names match ^[A-Za-z][A-Za-z0-9_]{0,63}$; shorten or change the `name` template.',
    },
  );
}

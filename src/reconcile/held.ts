// Secrets that cannot be decided, with the error that says why.
import { VoxsyncError } from '../errors.ts';
import type { Desired, Held, Problem } from '../secret/desired.ts';
import { nameProblem } from '../secret/name.ts';
import type { ValueReference } from '../secret/reference.ts';

export interface Where {
  readonly name: string;
  readonly isNameless?: boolean | undefined;
  readonly place: string;
  readonly references: readonly ValueReference[];
}

/** A held secret. What the source could not say is its `source-unavailable`; what it said and we cannot write is `invalid`. */
export function held({ name, isNameless, place, references }: Where, error: VoxsyncError): Held {
  const isInvalid = error.code === 'secret-invalid' || error.code === 'config-invalid';
  return {
    state: 'held',
    name,
    isNameless,
    reason: isInvalid ? 'invalid' : 'source-unavailable',
    problem: problemOf(error),
    from: { place, references, versions: [] },
  };
}

/** Whether it is held because its source could not be read. */
export function isUnread(desired: Desired): boolean {
  return desired.state === 'held' && desired.reason === 'source-unavailable';
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

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

/** Held for what went wrong with it. What it is and we cannot write is `invalid`; everything else its source could not say. */
export function held(where: Where, error: VoxsyncError): Held {
  const isInvalid = error.code === 'secret-invalid' || error.code === 'config-invalid';
  return heldFor(isInvalid ? 'invalid' : 'source-unavailable', where, error);
}

/** Held because its source gave no answer, whatever the reason: then nothing beside it is proven either. */
export function unresolved(where: Where, error: VoxsyncError): Held {
  return heldFor('source-unavailable', where, error);
}

function heldFor(
  reason: Held['reason'],
  { name, isNameless, place, references }: Where,
  error: VoxsyncError,
): Held {
  const from = { place, references, versions: [] };
  return { state: 'held', name, isNameless, reason, problem: problemOf(error), from };
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

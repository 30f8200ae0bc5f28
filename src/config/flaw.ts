// What is wrong with one value, told in two halves, and the way a schema says so.
import * as z from 'zod/mini';

/** `reason` says what is wrong, without quoting the value: it may come from the environment. `hint` says what to do. */
export interface Flaw {
  readonly reason: string;
  readonly hint: string;
}

/** A zod check that reports what `findFlaw` finds. */
export function refuse<T>(findFlaw: (value: T) => Flaw | undefined) {
  return z.superRefine<T>((value, context) => {
    const flaw = findFlaw(value);
    if (flaw !== undefined)
      context.addIssue({ code: 'custom', message: flaw.reason, params: { hint: flaw.hint } });
  });
}

/** A message for zod itself where no check of ours runs; `parseMessage` takes it apart again. */
export function flawMessage({ reason, hint }: Flaw): string {
  return `${reason}; ${hint}`;
}

/** The two halves of a `flawMessage`. */
export function parseMessage(message: string): Flaw {
  const at = message.indexOf('; ');
  return { reason: message.slice(0, at), hint: message.slice(at + 2) };
}

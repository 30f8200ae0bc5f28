// Failures larger than one secret, and errors that end a command, for people: `error:`, then `hint:`.
import type { VoxsyncError } from '../errors.ts';
import type { Paint } from '../plan/render/text.ts';
import type { Failure } from '../reconcile/sites.ts';

/** What it takes of the colours to tell a failure. */
export type FailurePaint = Pick<Paint, 'bad' | 'faint'>;

/** Two lines a failure, and an empty one. */
export function* failureLines(failures: readonly Failure[], paint: FailurePaint): Generator<string> {
  for (const { account, application, problem } of failures) {
    yield `${paint.bad('error:')} ${placePrefix(account, application)}${problem.message}`;
    yield `${paint.faint('hint:')}  ${problem.hint}`;
    yield '';
  }
}

/** `account main, application app: `, as far as it is known. */
export function placePrefix(account: string | undefined, application: string | undefined): string {
  if (account === undefined) return '';
  return application === undefined
    ? `account ${account}: `
    : `account ${account}, application ${application}: `;
}

/** The last words of a command. The problems of a config come with their places, a line each. */
export function errorText(error: VoxsyncError): string {
  const isList = 'problems' in error;
  return `${isList ? '' : 'error: '}${error.message}\nhint:  ${error.hint}\n`;
}

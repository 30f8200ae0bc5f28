// Failures larger than one secret, and errors that end a command, for people: `error:`, then `hint:`.
import type { VoxsyncError } from '../errors.ts';
import type { Paint } from '../plan/render/text.ts';
import type { Failure } from '../reconcile/sites.ts';

/** Two lines a failure, and an empty one. */
export function* failureLines(
  failures: readonly Failure[],
  paint: Pick<Paint, 'bad' | 'faint'>,
): Generator<string> {
  for (const { problem } of failures) {
    yield `${paint.bad('error:')} ${problem.message}`;
    yield `${paint.faint('hint:')}  ${problem.hint}`;
    yield '';
  }
}

/** The last words of a command. */
export function errorText({ message, hint }: Pick<VoxsyncError, 'message' | 'hint'>): string {
  return `error: ${message}\nhint:  ${hint}\n`;
}

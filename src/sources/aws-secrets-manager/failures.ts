// What the SDK threw, or what a batch said of one secret, as one of our errors: by its name and HTTP status, never by its text.
import { kindOf, VoxsyncError } from '../../errors.ts';
import type { Call, Kind, Symptom } from './kinds.ts';
import { classify, kinds, whoIn } from './kinds.ts';

/** Anything that was thrown by a call. The thrown thing is not kept: the SDK's errors carry the answer they failed on. */
export function failureOf(thrown: unknown, call: Call): VoxsyncError {
  if (thrown instanceof VoxsyncError) return thrown;
  return failureNamed(symptomOf(thrown), call);
}

/** A failure that AWS or the SDK named. */
export function failureNamed(symptom: Symptom, call: Call): VoxsyncError {
  const kind: Kind = kinds[classify(symptom)];
  const name = shownName(symptom.name);
  return new VoxsyncError(kind.code, `${subjectOf(call)} ${kind.problem} (${name})`, {
    hint: kind.hint?.(call, whoIn(symptom) ?? 'the identity that voxsync uses'),
    remoteCode: name,
  });
}

/** A name comes from the other side as well, so only what looks like one is shown: `AccessDenied`, `ECONNRESET`. */
export function shownName(name: string): string {
  return /^(?:[A-Z][A-Za-z]{2,63}|[A-Z][A-Z0-9_]{2,63})$/.test(name) ? name : 'unnamed error';
}

/** An answer with HTTP status 200 that lacks what AWS promises. */
export function answerInvalid(call: Call, problem: string): VoxsyncError {
  return new VoxsyncError('source-answer-invalid', `${subjectOf(call)} ${problem}`);
}

/** Whether the operation is not permitted; another one may be. */
export function isDenied(error: VoxsyncError): boolean {
  return classify({ name: nameOf(error) }) === 'denied' && error.code === 'source-refused';
}

/** Whether AWS refused what was asked, so that asking for less may work. */
export function isMisunderstood(error: VoxsyncError): boolean {
  return ['parameter', 'state', 'unknown'].includes(classify({ name: nameOf(error) }));
}

/** Whether AWS says that there is no such secret, or that it is not to be read. Both need a second look. */
export function isDoubtful(error: VoxsyncError): boolean {
  return ['unknown', 'state'].includes(classify({ name: nameOf(error) }));
}

/** Whether nobody has answered, or only to ask for patience, after all repetitions. */
export function isUnanswered({ code }: VoxsyncError): boolean {
  return code === 'source-unreachable' || code === 'source-throttled';
}

/** What a thrown thing tells of itself. */
export function symptomOf(thrown: unknown): Symptom {
  if (!(thrown instanceof Error)) return { name: typeof thrown };
  const metadata: unknown = '$metadata' in thrown ? thrown.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return {
    name: kindOf(thrown),
    status: typeof status === 'number' ? status : undefined,
    text: thrown.message,
  };
}

function nameOf(error: VoxsyncError): string {
  return String(error.remoteCode ?? '');
}

function subjectOf({ id, operation, secret }: Call): string {
  return secret === undefined
    ? `${id}: ${operation}`
    : `${id}: secret ${JSON.stringify(secret)}: ${operation}`;
}

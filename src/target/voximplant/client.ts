// One call of the API: paced, signed, posted, and its answer read into a result or a failure of ours. It repeats nothing but an expired token.
import type * as z from 'zod/mini';
import { VoxsyncError, type ErrorCode } from '../../errors.ts';
import { errorAnswer } from './answers.ts';
import { errorForCode, tokenExpired, type CallKind } from './error-codes.ts';
import { formBody, type CallParameters } from './form.ts';
import { answerError, statusError } from './http-errors.ts';
import type { Pace } from './pace/pace.ts';
import type { TokenSource } from './token.ts';
import type { HttpAnswer, Transport } from './transport.ts';

/** What is told of every exchange: never a parameter. */
export interface RequestEvent {
  readonly method: string;
  readonly outcome: 'ok' | 'aborted' | ErrorCode;
  /** Without the time spent waiting for its turn. */
  readonly durationMs: number;
}

/** A call, and the shape its answer must have. */
export interface Call<T> extends CallKind {
  readonly parameters: CallParameters;
  readonly answer: z.ZodMiniType<T>;
}

export interface Client {
  /**
   * Throws `target-…`, `secret-refused`, `name-taken` or `application-not-found`, or the abort reason of the signal.
   * For a write, `isOutcomeUnknown` says that it may have taken effect. Where all calls fail, it throws their failure
   * without sending anything.
   */
  call<T>(call: Call<T>, signal: AbortSignal): Promise<T>;
}

export interface ClientParts {
  readonly transport: Transport;
  readonly tokens: TokenSource;
  readonly pace: Pace;
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
}

export function createClient(parts: ClientParts): Client {
  const { transport, tokens, pace } = parts;

  async function exchange<T>(call: Call<T>, token: string, signal: AbortSignal): Promise<T> {
    const startedAt = performance.now();
    let outcome: RequestEvent['outcome'] = 'aborted';
    try {
      const body = formBody(call.parameters);
      const result = readAnswer(await transport.post({ ...kindOfCall(call), body, token, signal }), call);
      outcome = 'ok';
      return result;
    } catch (thrown) {
      if (thrown instanceof VoxsyncError) outcome = thrown.code;
      throw thrown;
    } finally {
      const durationMs = performance.now() - startedAt;
      parts.onRequest?.({ method: call.method, outcome, durationMs });
    }
  }

  async function signedExchange<T>(call: Call<T>, signal: AbortSignal): Promise<T> {
    const token = await tokens.current();
    try {
      return await exchange(call, token, signal);
    } catch (thrown) {
      if (!isExpiry(thrown)) throw thrown;
      await tokens.invalidate(token);
      return exchange(call, await tokens.current(), signal);
    }
  }

  async function call<T>(call: Call<T>, signal: AbortSignal): Promise<T> {
    const { isWrite, parameters } = call;
    const paced = { isWrite, applicationId: parameters.application_id };
    return pace.run(paced, () => signedExchange(call, signal), signal);
  }

  return { call };
}

function kindOfCall({ method, isWrite }: CallKind): CallKind {
  return { method, isWrite };
}

function isExpiry(thrown: unknown): boolean {
  return thrown instanceof VoxsyncError && thrown.remoteCode === tokenExpired;
}

/** An API error says more than the HTTP status it comes with; otherwise the status goes first. */
function readAnswer<T>(answer: HttpAnswer, call: Call<T>): T {
  const document = parseJson(answer.text);
  // Most answers are none, and zod would keep a complaint about each.
  const refusal = tellsOfError(document) ? errorAnswer.safeParse(document) : undefined;
  if (refusal?.success === true) throw errorForCode(refusal.data, call, answer.retryAfterMs);
  const failed = statusError(answer.status, call, answer.retryAfterMs);
  if (failed !== undefined) throw failed;
  if (document === undefined) throw answerError(describeText(answer.text), call, answer.status);
  const parsed = call.answer.safeParse(document);
  // The schema's own message may quote the answer, so it is not kept.
  if (!parsed.success) throw answerError('JSON of an unknown shape', call, answer.status);
  return parsed.data;
}

function tellsOfError(document: unknown): boolean {
  return typeof document === 'object' && document !== null && ('error' in document || 'errors' in document);
}

function parseJson(text: string): unknown {
  try {
    const document: unknown = JSON.parse(text);
    return document;
  } catch {
    return undefined;
  }
}

function describeText(text: string): string {
  if (text.trim() === '') return 'nothing';
  return text.trimStart().startsWith('<') ? 'an HTML page' : 'something that is not JSON, or was cut off';
}

// The HTTP below node-vault, in place of axios: bounded in time and size, answers only JSON, and never leaves the hosts it was given.
import { parse } from 'lossless-json';
import type { Dispatcher } from 'undici';
import { VoxsyncError } from '../../errors.ts';
import { send } from '../../http.ts';
import { ServerClock } from '../../server-clock.ts';
import { readBytes, untilConnectionIsFree } from '../../answer-body.ts';
import { decodeText } from '../../secret/text.ts';
import type { Connections } from './agent.ts';
import { createClusterIndex } from './cluster-index.ts';
import { connectionFailure } from './failures.ts';
import { redirectTarget } from './redirect.ts';
import type { VaultPlace } from './settings.ts';

const sizeLimit = 16 * 1024 * 1024;

/** What node-vault hands to its transport; `signal` is an option of ours that it passes through. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST';
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: object | undefined;
  readonly signal: AbortSignal;
}

/** What node-vault wants back. The path is for its health check, which must not see ours. */
export interface TransportAnswer {
  readonly statusCode: number;
  readonly body: unknown;
  readonly request: { readonly path: '' };
}

/** The shape of the option `request-promise`. */
export interface Transport {
  /** Learns from every answer. */
  readonly clock: ServerClock;
  defaults(): (options: TransportRequest) => Promise<TransportAnswer>;
}

/** Throws the reason of an aborted `signal`, and a VoxsyncError for whatever is no answer of Vault's. */
export function createTransport(place: VaultPlace, connections: Connections): Transport {
  const index = createClusterIndex();
  const clock = new ServerClock();
  const send = async (options: TransportRequest): Promise<TransportAnswer> => {
    options.signal.throwIfAborted();
    const deadline = AbortSignal.timeout(place.timeoutMs);
    const signal = AbortSignal.any([options.signal, deadline]);
    const trail: Trail = { uri: options.uri };
    try {
      const dispatcher = await connections.agent();
      // A login has to work whatever came before it.
      const required = options.method === 'GET' ? index.headers() : {};
      const headers = { ...options.headers, ...required };
      const sentAtMs = Date.now();
      const answer = await follow(place, { ...options, headers, signal }, trail, dispatcher);
      index.note(answer.headers);
      clock.note(dateOf(answer.headers), sentAtMs, Date.now());
      const { statusCode, body } = await readAnswer(place.id, answer);
      if (statusCode === 429) throw throttled(place.id, answer.headers, 'x-vault-index' in headers);
      return { statusCode, body, request: { path: '' } };
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof VoxsyncError) throw error;
      const { origin } = new URL(trail.uri);
      // An authority or a certificate of ours may have been renewed while we run.
      const isRenewed = await connections.refresh().catch(() => false);
      if (!deadline.aborted) throw connectionFailure(place.id, origin, { thrown: error, isRenewed });
      const message = `${place.id}: ${origin} did not answer within ${place.timeoutMs / 1000} s`;
      throw new VoxsyncError('source-unreachable', message);
    }
  };
  return { clock, defaults: () => send };
}

/** Where a request has come to, for the message of a failure there. */
interface Trail {
  uri: string;
}

async function follow(
  place: VaultPlace,
  options: TransportRequest,
  trail: Trail,
  dispatcher: Dispatcher,
): Promise<Dispatcher.ResponseData> {
  const { method, headers, json, signal } = options;
  const body = json === undefined ? null : JSON.stringify(json);
  for (let hops = 0; ; hops += 1) {
    const { origin, pathname, search } = new URL(trail.uri);
    const answer = await send(dispatcher, {
      origin,
      path: `${pathname}${search}`,
      method,
      headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
      body,
      signal,
    });
    const target = redirectTarget(place, { method, uri: trail.uri, hops }, answer);
    if (target === undefined) return answer;
    await answer.body.dump({ signal, limit: sizeLimit });
    trail.uri = target;
  }
}

async function readAnswer(
  id: string,
  answer: Dispatcher.ResponseData,
): Promise<{ statusCode: number; body: unknown }> {
  const { statusCode } = answer;
  const bytes = await readBytes(answer.body, sizeLimit);
  await untilConnectionIsFree();
  if (bytes === undefined) {
    throw new VoxsyncError('source-answer-invalid', `${id}: the answer is larger than 16 MiB`);
  }
  const text = decodeText(bytes);
  if (text === '') return { statusCode, body: undefined };
  try {
    return { statusCode, body: parse(text ?? 'not UTF-8') };
  } catch {
    // The parser's message quotes the text. A gateway's page with 5xx or 429 tells enough by its status.
    if (statusCode >= 500 || statusCode === 429) return { statusCode, body: undefined };
    const message = `${id}: the answer (HTTP ${statusCode}) is not JSON, so it is not Vault's`;
    throw new VoxsyncError('source-answer-invalid', message, { remoteCode: statusCode });
  }
}

function dateOf({ date }: Dispatcher.ResponseData['headers']): string | undefined {
  return typeof date === 'string' ? date : undefined;
}

/** A standby of OpenBao that lags behind an index says the same as a server that is asked too often. */
function throttled(
  id: string,
  headers: Dispatcher.ResponseData['headers'],
  isIndexed: boolean,
): VoxsyncError {
  const { 'retry-after': retryAfter } = headers;
  const seconds =
    typeof retryAfter === 'string' && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  const or = isIndexed ? ', or has not caught up with its active node yet' : '';
  return new VoxsyncError('source-throttled', `${id}: Vault asks for fewer requests${or} (429)`, {
    remoteCode: 429,
    retryAfterMs: seconds === undefined ? undefined : seconds * 1000,
  });
}

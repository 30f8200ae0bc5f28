// One HTTP exchange: a form posted with a token and a deadline, and the text of the answer, of bounded size.
import type { Dispatcher } from 'undici';
import { openConnections, send } from '../../http.ts';
import type { ServerClock } from '../../server-clock.ts';
import { readBytes, untilConnectionIsFree } from '../../answer-body.ts';
import { decodeText } from '../../secret/text.ts';
import { answerError, connectionError, deadlineError, parseRetryAfter } from './http-errors.ts';
import type { CallKind } from './error-codes.ts';

/** The largest answer that is read: five times the longest page that a listing asks for. What it holds may need forty times as much. */
const sizeLimitMiB = 8;

export interface Exchange extends CallKind {
  /** The form, with values in it. */
  readonly body: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs: number | undefined;
}

export interface Transport {
  /** Throws `target-unreachable`, `target-answer-invalid`, or the abort reason of the signal. */
  post(exchange: Exchange): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface TransportSettings {
  /** `https://api.voximplant.com/platform_api`, without a slash at the end. */
  readonly endpoint: string;
  readonly connections: number;
  /** For the whole exchange, the answer's last byte included. */
  readonly timeoutMs: number;
  /** Learns from every answer. */
  readonly clock: ServerClock;
}

/** Connections of our own, kept alive between calls; the first is opened before there is one. */
export function openTransport({ endpoint, connections, timeoutMs, clock }: TransportSettings): Transport {
  const { origin, pathname } = new URL(endpoint);
  // The deadline is ours alone: undici's own timers are coarse and start anew with every chunk.
  const opened = openConnections(origin, {
    connections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: timeoutMs },
  });

  let underWay = 0;

  async function post(exchange: Exchange): Promise<HttpAnswer> {
    underWay += 1;
    const deadline = AbortSignal.timeout(timeoutMs);
    const sentAtMs = Date.now();
    try {
      const answer = await send(opened.dispatcher, {
        path: `${pathname}/${exchange.method}`,
        method: 'POST',
        headers: headersFor(exchange.token),
        body: exchange.body,
        signal: AbortSignal.any([exchange.signal, deadline]),
      });
      clock.note(headerText(answer.headers['date']), sentAtMs, Date.now());
      const text = await readText(answer.body, exchange);
      // Among many, each has a connection already, and need not wait.
      if (underWay === 1) await untilConnectionIsFree();
      return {
        status: answer.statusCode,
        text,
        retryAfterMs: parseRetryAfter(headerText(answer.headers['retry-after']), Date.now()),
      };
    } catch (thrown) {
      exchange.signal.throwIfAborted();
      throw deadline.aborted ? deadlineError(timeoutMs, exchange) : connectionError(thrown, exchange);
    } finally {
      underWay -= 1;
    }
  }

  return { post, close: () => opened.destroy() };
}

function headersFor(token: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
    'user-agent': 'voxsync',
  };
}

async function readText(body: Dispatcher.ResponseData['body'], call: CallKind): Promise<string> {
  const bytes = await readBytes(body, sizeLimitMiB * 1024 * 1024);
  if (bytes === undefined) throw answerError(`more than ${sizeLimitMiB} MiB`, call);
  const text = decodeText(bytes);
  // Strict: a value with replaced characters would look like a changed one.
  if (text === undefined) throw answerError('bytes that are not UTF-8', call);
  return text;
}

function headerText(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

// A loopback proxy before a real server: writes down every request, and misbehaves where a matcher tells it to.
import { setMaxListeners } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as forward } from 'node:http';
import type { Server, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** A request as the journal keeps it. */
export interface JournalEntry {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The `x-amz-target` header, such as `secretsmanager.ListSecrets`; empty when there is none. */
  readonly amzTarget: string;
  /** In bytes. */
  readonly bodyLength: number;
}

/** A request as a matcher sees it. */
export interface SeenRequest extends JournalEntry {
  readonly headers: IncomingHttpHeaders;
  /** The body as text; never kept in the journal. */
  readonly body: string;
  /** How many requests with this method, path and `x-amz-target` came before. */
  readonly earlier: number;
}

/** What goes wrong. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** A text is sent as it is, anything else as JSON. */
      readonly body?: unknown;
    }
  /** The connection is reset without an answer. */
  | { readonly kind: 'reset' }
  /** The request is taken and never answered. */
  | { readonly kind: 'hang' }
  /** The server's answer breaks off after so many bytes. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** The request is passed on later. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** The server's answer is changed on its way back, by other headers too; its length is corrected. */
  | {
      readonly kind: 'rewrite';
      readonly change: (body: string) => string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The request is passed on once this has happened. */
  | { readonly kind: 'after'; readonly event: Promise<unknown> }
  /** The request is passed on with these headers as well. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  /** The server's answer is taken, and the connection is left to `send`, which writes what it likes and ends it. */
  | { readonly kind: 'raw'; readonly send: SendRaw };

/** An answer of the server. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** `signal` is aborted when the proxy closes. */
export type SendRaw = (socket: Socket, reply: Reply, signal: AbortSignal) => Promise<void> | void;

/** Decides for each request: a fault, or `undefined` to pass it on as it is. */
export type Matcher = (request: SeenRequest) => Fault | undefined;

export interface FaultyProxy {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  /** All requests since the start or the last `forget`, in order of arrival. */
  readonly journal: readonly JournalEntry[];
  /** The most requests that were under way at once, since the start or the last `forget`. */
  readonly highestConcurrency: number;
  /** Sets the matcher; without one, everything is passed on. */
  misbehave(matcher?: Matcher): void;
  /** Empties the journal and removes the matcher. */
  forget(): void;
  /** Drops every connection and stops listening. */
  close(): Promise<void>;
}

/** Starts a proxy on a free loopback port before `upstream`, an `http://` address. */
export async function startFaultyProxy(upstream: string): Promise<FaultyProxy> {
  const journal: JournalEntry[] = [];
  const counts = new Map<string, number>();
  let matcher = passOn;
  let [underWay, highestConcurrency] = [0, 0];
  const closing = new AbortController();
  // Every request under way listens to it.
  setMaxListeners(0, closing.signal);

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const entry = entryOf(incoming, body);
    const key = `${entry.method} ${entry.path} ${entry.amzTarget}`;
    const earlier = counts.get(key) ?? 0;
    counts.set(key, earlier + 1);
    journal.push(entry);
    const seen = { ...entry, headers: incoming.headers, body: body.toString('utf8'), earlier };
    await act(matcher(seen), { incoming, body, outgoing, upstream, signal: closing.signal });
  };

  const server = createServer((incoming, outgoing) => {
    underWay += 1;
    highestConcurrency = Math.max(highestConcurrency, underWay);
    outgoing.once('close', () => (underWay -= 1));
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const endpoint = await listenOnLoopback(server);
  return {
    endpoint,
    journal,
    get highestConcurrency() {
      return highestConcurrency;
    },
    misbehave: (next = passOn) => {
      matcher = next;
    },
    forget: () => {
      journal.length = 0;
      counts.clear();
      matcher = passOn;
      highestConcurrency = underWay;
    },
    close: async () => {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Listens on a free loopback port, and tells the address. */
export async function listenOnLoopback(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has no port');
  return `http://127.0.0.1:${address.port}`;
}

const passOn: Matcher = () => undefined;

/** How often each AWS operation was called, by its bare name. */
export function countOperations(journal: readonly JournalEntry[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { amzTarget } of journal) {
    const operation = amzTarget.slice(amzTarget.indexOf('.') + 1);
    counts[operation] = (counts[operation] ?? 0) + 1;
  }
  return counts;
}

/** A fault for requests of one AWS operation; by default for all of them, else for the first `times`. */
export function failOperation(operation: string, fault: Fault, times = Infinity): Matcher {
  return ({ amzTarget, earlier }) =>
    amzTarget.endsWith(`.${operation}`) && earlier < times ? fault : undefined;
}

/** An error as AWS answers it in its JSON protocol. */
export function awsError(status: number, type: string, message = 'told by the proxy'): Fault {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type };
  return { kind: 'answer', status, headers, body: { __type: type, Message: message } };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly body: Buffer;
  readonly outgoing: ServerResponse;
  readonly upstream: string;
  readonly signal: AbortSignal;
}

async function act(fault: Fault | undefined, exchange: Exchange): Promise<void> {
  const { incoming, outgoing, signal } = exchange;
  switch (fault?.kind) {
    case undefined:
      return send(outgoing, await ask(exchange));
    case 'answer':
      return answer(outgoing, fault);
    case 'reset':
      incoming.socket.resetAndDestroy();
      return;
    case 'hang':
      return;
    case 'delay':
      await delay(fault.delayMs, undefined, { signal });
      return send(outgoing, await ask(exchange));
    case 'after':
      await fault.event;
      return send(outgoing, await ask(exchange));
    case 'cut':
      return cut(outgoing, await ask(exchange), fault.bytes);
    case 'headers':
      Object.assign(incoming.headers, fault.headers);
      return send(outgoing, await ask(exchange));
    case 'rewrite': {
      const reply = await ask(exchange);
      const headers = { ...reply.headers, ...fault.headers };
      return send(outgoing, {
        ...reply,
        headers,
        body: Buffer.from(fault.change(reply.body.toString('utf8'))),
      });
    }
    case 'raw':
      return fault.send(incoming.socket, await ask(exchange), signal);
  }
}

function ask({ incoming, body, upstream, signal }: Exchange): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { method, headers } = incoming;
    const url = new URL(incoming.url ?? '/', upstream);
    // An agent of its own, so that no connection is reused that the server has just closed.
    const request = forward(url, {
      method,
      headers: { ...headers, connection: 'close' },
      signal,
      agent: false,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      buffer(response).then(
        (reply) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: reply }),
        reject,
      );
    });
    request.end(body);
  });
}

function send(outgoing: ServerResponse, { status, headers, body }: Reply): void {
  outgoing.writeHead(status, headersFor(headers, body.length)).end(body);
}

function cut(outgoing: ServerResponse, { status, headers, body }: Reply, bytes: number): void {
  outgoing.writeHead(status, headersFor(headers, Math.max(body.length, bytes + 1)));
  outgoing.write(body.subarray(0, bytes), () => outgoing.destroy());
}

/** The server's headers, without those that speak of its own connection to us. */
function headersFor(headers: IncomingHttpHeaders, length: number): IncomingHttpHeaders {
  const { connection: _connection, 'transfer-encoding': _encoding, ...kept } = headers;
  return { ...kept, 'content-length': String(length) };
}

function answer(outgoing: ServerResponse, fault: Fault & { kind: 'answer' }): void {
  const { status, headers, body = '' } = fault;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  outgoing.writeHead(status, headers).end(text);
}

function entryOf({ method, url, headers }: IncomingMessage, body: Buffer): JournalEntry {
  const target = headers['x-amz-target'];
  return {
    method: method ?? '',
    path: url ?? '',
    amzTarget: typeof target === 'string' ? target : '',
    bodyLength: body.length,
  };
}

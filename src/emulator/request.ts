// An HTTP request as a call: which method, which parameters, and whether a value of a secret stood in the URL.
import type { IncomingMessage } from 'node:http';
import { MalformedBody, parseMultipart } from './multipart.ts';

const base = '/platform_api';
const bodyLimit = 1024 * 1024;

/** What a request asks for. */
export interface ApiCall {
  /** When the request came in, in milliseconds of `performance.now()`. */
  readonly arrivedAt: number;
  /** Empty when the request names none. */
  readonly method: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Where the value of a secret came in. */
  readonly valuePlace: 'absent' | 'query' | 'body';
  readonly authorization: string | undefined;
}

/** A request that never reaches the API: the web server in front of it answers. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Reads a request to its end. Throws `HttpRefusal` for what is no call at all. */
export async function readCall(request: IncomingMessage): Promise<ApiCall> {
  const arrivedAt = performance.now();
  const url = targetOf(request);
  const segments = url.pathname.replace(/\/$/, '').split('/');
  if (`/${segments[1]}` !== base || segments.length > 3) throw new HttpRefusal(404, 'not found');
  if (request.method !== 'GET' && request.method !== 'POST') throw new HttpRefusal(405, 'method not allowed');
  const body = parseBody(await readBody(request), request.headers['content-type'] ?? '');
  const parameters = new Map([...url.searchParams, ...body]);
  return {
    arrivedAt,
    method: segments[2] ?? parameters.get('cmd') ?? '',
    parameters,
    valuePlace: placeOfValue(url.searchParams, new Map(body)),
    authorization: request.headers.authorization,
  };
}

/** The target may be a path or a whole URL: clients that believe to talk to a proxy send the latter. */
function targetOf(request: IncomingMessage): URL {
  const target = request.url ?? '/';
  const text = target.startsWith('/') ? `http://127.0.0.1${target}` : target;
  if (!URL.canParse(text)) throw new HttpRefusal(400, 'bad request');
  return new URL(text);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Without this, giving up on a body would tear down the connection before the refusal is sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > bodyLimit) throw new HttpRefusal(413, 'request entity too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Only the two forms carry parameters; any other body, JSON included, is read and ignored. */
function parseBody(body: Buffer, contentType: string): readonly [string, string][] {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return [...new URLSearchParams(body.toString('utf8'))];
  if (type !== 'multipart/form-data') return [];
  try {
    return parseMultipart(body, contentType);
  } catch (error) {
    if (error instanceof MalformedBody) throw new HttpRefusal(400, 'bad request');
    throw error;
  }
}

function placeOfValue(query: URLSearchParams, body: ReadonlyMap<string, string>): ApiCall['valuePlace'] {
  if (query.has('secret_value')) return 'query';
  return body.has('secret_value') ? 'body' : 'absent';
}

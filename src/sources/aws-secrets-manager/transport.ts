// How requests get to AWS: by undici, through the proxy that the environment names, each bounded in time.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Dispatcher } from 'undici';
import { EnvHttpProxyAgent } from 'undici';
import { VoxsyncError } from '../../errors.ts';
import { readBytes, untilConnectionIsFree } from '../../answer-body.ts';
import { decodeText } from '../../secret/text.ts';

export type Transport = SecretsManagerClient['config']['requestHandler'];

/** A request as the SDK hands it over. */
interface Request {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface TransportBounds {
  /** Until a connection stands. */
  readonly connectMs: number;
  /** Until the answer is there. */
  readonly requestMs: number;
}

const connections = 50;
/** Twenty values of the largest size, with every character escaped, are less. */
const sizeLimitMiB = 8;

/**
 * A request handler for the SDK's clients. Plain http goes to this machine only. Heeds HTTPS_PROXY, HTTP_PROXY and NO_PROXY on every version of Node. Fails
 * under names that the SDK knows how to repeat.
 */
export function createTransport(id: string, bounds: TransportBounds): Transport {
  let opened: EnvHttpProxyAgent | undefined;
  return {
    handle: async (request: Request, options: { abortSignal?: unknown } = {}) => {
      refuseToBeRead(id, request);
      opened ??= openAgent(id, bounds);
      const signal = options.abortSignal instanceof AbortSignal ? options.abortSignal : undefined;
      const deadline = new AbortController();
      const stop = (): void => deadline.abort();
      const timer = setTimeout(stop, bounds.requestMs);
      signal?.addEventListener('abort', stop);
      try {
        signal?.throwIfAborted();
        const answer = await opened.request({ ...asked(request), signal: deadline.signal });
        const body = await readBody(id, answer);
        return { response: { statusCode: answer.statusCode, headers: plain(answer.headers), body } };
      } catch (error) {
        throw repeatable(error, signal?.aborted === true, deadline.signal.aborted);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
      }
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => void opened?.destroy().catch(() => {}),
  };
}

/**
 * Read to its end here, so that an answer that breaks off is repeated like any other lost one. What is not UTF-8 is
 * refused: the SDK would put other characters into a value in the place of such bytes.
 */
async function readBody(id: string, { body }: Dispatcher.ResponseData): Promise<Uint8Array> {
  const bytes = await readBytes(body, sizeLimitMiB * 1024 * 1024);
  await untilConnectionIsFree();
  const problem = bytes === undefined ? `is larger than ${sizeLimitMiB} MiB` : 'is not UTF-8';
  if (bytes !== undefined && decodeText(bytes) !== undefined) return new Uint8Array(bytes);
  throw new VoxsyncError('source-answer-invalid', `${id}: an answer ${problem}`);
}

/** Addresses come from the environment as well, where no config speaks for them. */
function refuseToBeRead(id: string, { protocol, hostname }: Request): void {
  if (protocol !== 'http:' || /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)) return;
  throw new VoxsyncError(
    'config-invalid',
    `${id}: plain http would show secrets on their way to ${hostname}`,
    {
      hint: 'Use https in AWS_ENDPOINT_URL and its like; plain http is for loopback addresses only.',
    },
  );
}

function openAgent(id: string, { connectMs }: TransportBounds): EnvHttpProxyAgent {
  const timeout = { timeout: connectMs };
  try {
    return new EnvHttpProxyAgent({
      connections,
      connect: timeout,
      requestTls: timeout,
      proxyTls: timeout,
      proxyTunnel: false,
    });
  } catch {
    throw new VoxsyncError('config-invalid', `${id}: HTTPS_PROXY or HTTP_PROXY is no address of a proxy`, {
      hint: 'Write it as http://HOST:PORT, or take it out of the environment.',
    });
  }
}

function asked({ protocol, hostname, port, method, path, query, headers, body }: Request) {
  const pairs = Object.entries(query ?? {}).flatMap(([key, value]) =>
    [value ?? ''].flat().map((one) => `${encodeURIComponent(key)}=${encodeURIComponent(one)}`),
  );
  return {
    origin: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
    method: methodOf(method),
    path: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
    // undici writes these two itself.
    headers: Object.fromEntries(
      Object.entries(headers).filter(([name]) => !/^(host|content-length)$/i.test(name)),
    ),
    body: typeof body === 'string' || body instanceof Uint8Array ? body : null,
  };
}

function methodOf(method: string): Dispatcher.HttpMethod {
  return method === 'GET' ? 'GET' : 'POST';
}

function plain(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const texts = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  return Object.fromEntries(texts);
}

/** The failure under a name that the SDK and our catalogue know; nothing of undici's own text. */
function repeatable(error: unknown, isAborted: boolean, isLate: boolean): unknown {
  if (error instanceof VoxsyncError) return error;
  if (isAborted) return named('AbortError');
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (isLate || /^UND_ERR_\w*TIMEOUT$/.test(code)) return named('TimeoutError');
  if (code === 'UND_ERR_SOCKET') return Object.assign(new Error('connection lost'), { code: 'ECONNRESET' });
  if (code === 'UND_ERR_ABORTED') return Object.assign(new Error('no tunnel'), { code: 'EPROXY' });
  // The parser's own errors have no code.
  const isNotHttp =
    code.startsWith('UND_ERR_') || (error instanceof Error && error.name === 'HTTPParserError');
  if (isNotHttp) return Object.assign(new Error('not HTTP'), { code: 'EPROTO' });
  return error;
}

function named(name: string): Error {
  return Object.assign(new Error('no answer'), { name });
}

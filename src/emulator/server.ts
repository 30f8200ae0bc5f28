// The HTTP server around the API, on the loopback address only.
import { once, setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sendPage, sendReply } from './answer.ts';
import { handleCall, type Api } from './api.ts';
import { HttpRefusal, readCall } from './request.ts';

const host = '127.0.0.1';

export interface RunningServer {
  /** Host and port. */
  readonly address: string;
  /** Ends every connection, also of calls under way. */
  readonly close: () => Promise<void>;
}

/** Starts the server; port 0 takes a free one. Throws what listening throws, `EADDRINUSE` for example. */
export async function startServer(api: Api, port: number): Promise<RunningServer> {
  const closing = new AbortController();
  // Every call that takes its time listens to it.
  setMaxListeners(0, closing.signal);
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void serve({ api, request, response, signal: closing.signal });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    address: `${host}:${portOf(server)}`,
    close: () => {
      closing.abort();
      return closeServer(server);
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the emulator does not listen');
  return address.port;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

interface Exchange {
  readonly api: Api;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

/** Never throws: what goes wrong goes to the caller, as far as there still is one. */
async function serve({ api, request, response, signal }: Exchange): Promise<void> {
  response.once('close', api.journal.begin());
  response.setHeader('Date', api.now().toUTCString());
  try {
    const call = await readCall(request);
    sendReply(response, await handleCall(api, call, signal), api.switches);
  } catch (error) {
    if (signal.aborted || request.socket.destroyed) return;
    const status = error instanceof HttpRefusal ? error.status : 500;
    if (status === 413) response.setHeader('Connection', 'close');
    recordRefusal(api, status);
    sendPage(response, status);
  }
}

function recordRefusal(api: Api, status: number): void {
  api.journal.record({
    at: api.now(),
    method: '',
    parameters: {},
    secretValue: 'absent',
    account: undefined,
    application: undefined,
    outcome: { kind: 'refused', code: status },
  });
}

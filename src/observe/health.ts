// The three routes of a long-lived process: is it alive, is it ready, what does it count.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Metrics } from './metrics.ts';

/** What the loop says of itself. */
export interface Health {
  /** False when the next pass is overdue, or one does not end: a green light that only means "the process exists" helps nobody. */
  isAlive(): boolean;
  /** True once a pass has finished, until the process is asked to end. */
  isReady(): boolean;
}

export interface HealthServer {
  /** The port listened on. */
  readonly port: number;
  close(): Promise<void>;
}

/** Listens. Throws what listening throws, such as EADDRINUSE. */
export async function startHealthServer(
  at: { host: string; port: number },
  health: Health,
  metrics: Metrics,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    answer(request, health, metrics).then(
      ([status, text, contentType]) => send(response, status, text, contentType),
      () => send(response, 500, 'error\n'),
    );
  });
  server.requestTimeout = 10_000;
  await listen(server, at);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = readonly [status: number, text: string, contentType?: string];

async function answer(request: IncomingMessage, health: Health, metrics: Metrics): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return [405, 'only GET\n'];
  const path = request.url?.split('?')[0];
  if (path === '/livez') return health.isAlive() ? [200, 'ok\n'] : [503, 'the loop makes no progress\n'];
  if (path === '/readyz')
    return health.isReady() ? [200, 'ok\n'] : [503, 'no pass has finished, or the process is ending\n'];
  if (path !== '/metrics') return [404, 'there are /livez, /readyz and /metrics\n'];
  const { text, contentType } = await metrics.render();
  return [200, text, contentType];
}

function send(
  response: ServerResponse,
  status: number,
  text: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

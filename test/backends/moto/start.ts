// Starts moto's server, which answers as AWS Secrets Manager and STS.
import { request } from 'undici';
import { startServer } from '../server.ts';

export interface MotoServer {
  /** `http://127.0.0.1:PORT`, for the `endpoint` of an AWS client with any static credentials. */
  readonly endpoint: string;
  /** Forgets everything that was stored. */
  readonly reset: () => Promise<void>;
  /** Ends the server and removes its folder; may be called again. */
  readonly stop: () => Promise<void>;
}

/** Starts moto and awaits its readiness. Rejects with the tail of its output. */
export async function startMoto(): Promise<MotoServer> {
  const server = await startServer('moto', {
    args: (port) => ['-H', '127.0.0.1', '-p', String(port)],
    isReady: async (port, _folder, signal) => {
      const { statusCode, body } = await request(`http://127.0.0.1:${port}/moto-api/data.json`, { signal });
      await body.dump();
      return statusCode === 200;
    },
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  return { endpoint, reset: () => reset(endpoint), stop: server.stop };
}

async function reset(endpoint: string): Promise<void> {
  const { statusCode, body } = await request(`${endpoint}/moto-api/reset`, { method: 'POST' });
  await body.dump();
  if (statusCode !== 200) throw new Error(`moto answered ${statusCode} to a reset`);
}

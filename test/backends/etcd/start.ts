// Starts etcd as the store of one API server.
import { join } from 'node:path';
import { request } from 'undici';
import { startServer } from '../server.ts';

export interface EtcdServer {
  /** `http://127.0.0.1:PORT`, for clients. */
  readonly address: string;
  /** Ends the server and removes its folder; may be called again. */
  readonly stop: () => Promise<void>;
}

/** A member without peers listens for them all the same, wherever it likes; nobody is told where. */
const peerAddress = 'http://127.0.0.1:0';

/** Starts etcd and awaits its readiness. Rejects with the tail of its output. */
export async function startEtcd(): Promise<EtcdServer> {
  const addressOf = (port: number): string => `http://127.0.0.1:${port}`;
  const { port, stop } = await startServer('etcd', {
    args: (port, folder) => [
      `--data-dir=${join(folder, 'data')}`,
      `--listen-client-urls=${addressOf(port)}`,
      `--advertise-client-urls=${addressOf(port)}`,
      `--listen-peer-urls=${peerAddress}`,
      `--initial-advertise-peer-urls=${peerAddress}`,
      `--initial-cluster=default=${peerAddress}`,
      '--log-level=warn',
      // What it stores need not outlive the machine.
      '--unsafe-no-fsync',
    ],
    isReady: async (port, _folder, signal) => {
      const { statusCode, body } = await request(`${addressOf(port)}/readyz`, { signal });
      await body.dump();
      return statusCode === 200;
    },
  });
  return { address: addressOf(port), stop };
}

// Starts a Vault or OpenBao server in dev mode: in memory, unsealed, with KV version 2 at `secret/`.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Agent, request } from 'undici';
import { locateBackend } from '../locate.ts';
import { startServer } from '../server.ts';

export interface VaultOptions {
  /** Serve HTTPS, with a certificate for 127.0.0.1 signed by an authority made for this server. */
  readonly tls?: boolean;
  /** Offer the plugins that were built with it, under their names: `kubernetesPlugin`. */
  readonly plugins?: boolean;
}

export interface VaultServer {
  /** `http://127.0.0.1:PORT`, or https with `tls`. */
  readonly address: string;
  readonly rootToken: string;
  /** The path of the authority's certificate (PEM); with `tls` only. */
  readonly caFile?: string;
  /** Ends the server and removes its folder; may be called again. */
  readonly stop: () => Promise<void>;
}

/** Starts Vault and awaits its readiness. Rejects with the tail of its output. */
export function startVault(options: VaultOptions = {}): Promise<VaultServer> {
  return startDevServer('vault', options);
}

/** As `startVault`: the two take the same arguments, and their APIs are one as far as this goes. */
export function startOpenBao(): Promise<VaultServer> {
  return startDevServer('openbao', {});
}

async function startDevServer(
  name: 'vault' | 'openbao',
  { tls = false, plugins = false }: VaultOptions,
): Promise<VaultServer> {
  const rootToken = randomUUID();
  const addressOf = (port: number): string => `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const server = await startServer(name, {
    args: (port, folder) => [
      'server',
      tls ? '-dev-tls' : '-dev',
      ...(tls ? [`-dev-tls-cert-dir=${folder}`] : []),
      `-dev-root-token-id=${rootToken}`,
      `-dev-listen-address=127.0.0.1:${port}`,
      '-dev-no-store-token',
      ...(plugins ? [`-dev-plugin-dir=${pluginFolder()}`] : []),
    ],
    isReady: async (port, folder, signal) => {
      const ca = tls ? await readFile(caFileIn(folder)) : undefined;
      return answersReady(addressOf(port), rootToken, ca, signal);
    },
  });
  const address = addressOf(server.port);
  return { address, rootToken, stop: server.stop, ...(tls && { caFile: caFileIn(server.folder) }) };
}

function caFileIn(folder: string): string {
  return join(folder, 'vault-ca.pem');
}

function pluginFolder(): string {
  const location = locateBackend('vault');
  if ('missing' in location) throw new Error(location.missing);
  return join(dirname(location.path), 'plugins');
}

async function answersReady(
  address: string,
  rootToken: string,
  ca: Buffer | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const dispatcher = new Agent(ca === undefined ? {} : { connect: { ca } });
  try {
    const health = await request(`${address}/v1/sys/health`, { dispatcher, signal });
    await health.body.dump();
    if (health.statusCode !== 200) return false;
    // The KV mount is upgraded after the server is healthy; and only our own server knows this token.
    const headers = { 'x-vault-token': rootToken };
    const mount = await request(`${address}/v1/secret/config`, { dispatcher, signal, headers });
    await mount.body.dump();
    return mount.statusCode === 200;
  } finally {
    await dispatcher.destroy();
  }
}

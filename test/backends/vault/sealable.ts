// Starts a server of Vault or OpenBao that is not in dev mode, so that a test can seal it; in memory, with KV version 2 at `secret/`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '../server.ts';
import { answers, call, initialise, mountSecrets } from './api.ts';

export interface SealableVault {
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
  readonly rootToken: string;
  /** Resolves once Vault says that it is sealed. */
  seal(): Promise<void>;
  unseal(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts, initialises and unseals the server. Rejects with the tail of its output. */
export async function startSealableVault(name: 'vault' | 'openbao' = 'vault'): Promise<SealableVault> {
  const server = await startServer(name, {
    args: (port, folder) => {
      const file = join(folder, 'vault.hcl');
      writeFileSync(file, configOf(port));
      return ['server', `-config=${file}`];
    },
    isReady: (port, _folder, signal) => answers(port, signal),
  });
  const address = `http://127.0.0.1:${server.port}`;
  const { unsealKey: key, rootToken } = await initialise(address);
  const vault = {
    address,
    rootToken,
    seal: async () => void (await call(address, 'sys/seal', {}, rootToken)),
    unseal: async () => void (await call(address, 'sys/unseal', { key })),
    stop: server.stop,
  };
  await vault.unseal();
  await mountSecrets(address, rootToken);
  return vault;
}

function configOf(port: number): string {
  return `storage "inmem" {}
    listener "tcp" {
      address = "127.0.0.1:${port}"
      tls_disable = true
    }
    disable_mlock = true
    api_addr = "http://127.0.0.1:${port}"`;
}

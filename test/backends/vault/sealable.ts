// Starts a Vault server that is not in dev mode, so that a test can seal it; in memory, with KV version 2 at `secret/`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { startServer } from '../server.ts';

export interface SealableVault {
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
  readonly rootToken: string;
  /** Resolves once Vault says that it is sealed. */
  seal(): Promise<void>;
  unseal(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts, initialises and unseals Vault. Rejects with the tail of its output. */
export async function startSealableVault(): Promise<SealableVault> {
  const server = await startServer('vault', {
    args: (port, folder) => {
      const file = join(folder, 'vault.hcl');
      writeFileSync(file, configOf(port));
      return ['server', `-config=${file}`];
    },
    isReady: async (port, _folder, signal) => {
      const answer = await request(`http://127.0.0.1:${port}/v1/sys/seal-status`, { signal });
      await answer.body.dump();
      return answer.statusCode === 200;
    },
  });
  const address = `http://127.0.0.1:${server.port}`;
  const init = await call(address, 'sys/init', { secret_shares: 1, secret_threshold: 1 });
  const key = String(memberOf(init, 'keys_base64', '0'));
  const rootToken = String(memberOf(init, 'root_token'));
  const vault = {
    address,
    rootToken,
    seal: async () => void (await call(address, 'sys/seal', {}, rootToken)),
    unseal: async () => void (await call(address, 'sys/unseal', { key })),
    stop: server.stop,
  };
  await vault.unseal();
  await retry(() => call(address, 'sys/mounts/secret', { type: 'kv', options: { version: '2' } }, rootToken));
  // The mount is upgraded after it was made.
  await retry(() => call(address, 'secret/config', { max_versions: 10 }, rootToken));
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

async function call(address: string, path: string, body: object, token?: string): Promise<unknown> {
  const answer = await request(`${address}/v1/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: token === undefined ? {} : { 'x-vault-token': token },
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

async function retry(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  }
}

function memberOf(value: unknown, ...keys: readonly string[]): unknown {
  let place = value;
  for (const key of keys) {
    if (typeof place !== 'object' || place === null) return undefined;
    place = Reflect.get(place, key);
  }
  return place;
}

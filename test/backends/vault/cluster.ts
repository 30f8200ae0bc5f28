// Starts two servers of Vault or OpenBao as one cluster, over raft: the first is the active one, the second its standby.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { findFreePort, startServer, type RunningServer } from '../server.ts';
import { answers, call, initialise, mountSecrets, retry } from './api.ts';

type Backend = 'vault' | 'openbao';

export interface VaultCluster {
  /** `http://127.0.0.1:PORT`. */
  readonly active: string;
  readonly standby: string;
  readonly rootToken: string;
  /** Ends the active server. One of two is no majority, so the standby stays one. */
  stopActive(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts both, with KV version 2 at `secret/`. Rejects with the tail of their output. */
export async function startVaultCluster(name: Backend = 'vault'): Promise<VaultCluster> {
  const [first, second] = await Promise.all([startNode(name, 'first'), startNode(name, 'second')]);
  const active = `http://127.0.0.1:${first.port}`;
  const standby = `http://127.0.0.1:${second.port}`;
  const { unsealKey, rootToken } = await initialise(active);
  await call(active, 'sys/unseal', { key: unsealKey });
  await mountSecrets(active, rootToken);
  await call(standby, 'sys/storage/raft/join', { leader_api_addr: active });
  await retry(() => call(standby, 'sys/unseal', { key: unsealKey }));
  await retry(() => requireStandby(standby));
  return {
    active,
    standby,
    rootToken,
    stopActive: first.stop,
    stop: async () => {
      await Promise.all([first.stop(), second.stop()]);
    },
  };
}

async function startNode(backend: Backend, name: string): Promise<RunningServer> {
  const clusterPort = await findFreePort();
  return startServer(backend, {
    args: (port, folder) => {
      mkdirSync(join(folder, 'raft'));
      const file = join(folder, 'vault.hcl');
      writeFileSync(file, configOf(name, folder, port, clusterPort));
      return ['server', `-config=${file}`];
    },
    isReady: (port, _folder, signal) => answers(port, signal),
  });
}

function configOf(name: string, folder: string, port: number, clusterPort: number): string {
  return `storage "raft" {
      path = "${join(folder, 'raft')}"
      node_id = "${name}"
    }
    listener "tcp" {
      address = "127.0.0.1:${port}"
      cluster_address = "127.0.0.1:${clusterPort}"
      tls_disable = true
    }
    disable_mlock = true
    api_addr = "http://127.0.0.1:${port}"
    cluster_addr = "https://127.0.0.1:${clusterPort}"`;
}

async function requireStandby(address: string): Promise<void> {
  const health = await request(`${address}/v1/sys/health`);
  await health.body.dump();
  if (health.statusCode !== 429) throw new Error(`the second server is no standby: ${health.statusCode}`);
}

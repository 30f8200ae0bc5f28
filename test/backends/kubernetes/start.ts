// Starts a Kubernetes API server over an etcd of its own; no controllers, no nodes.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEtcd } from '../etcd/start.ts';
import { startServer, type RunningServer } from '../server.ts';
import { openApi, type KubernetesApi } from './api.ts';

export interface KubernetesServer {
  /** `https://127.0.0.1:PORT`. */
  readonly address: string;
  /** The certificate (PEM) of its authority. */
  readonly ca: string;
  /** For an administrator. */
  readonly api: KubernetesApi;
  /** The private key (PEM) that signs the tokens of service accounts, with ES256. */
  readonly signingKey: string;
  /** Ends the servers and removes their folders; may be called again. */
  readonly stop: () => Promise<void>;
}

interface Secrets {
  readonly adminToken: string;
  readonly signingKey: string;
  readonly publicKey: string;
}

/** Starts both servers and awaits their readiness. Rejects with the tail of the output. */
export async function startKubernetes(): Promise<KubernetesServer> {
  const secrets = makeSecrets();
  const etcd = await startEtcd();
  try {
    const server = await startApiServer(etcd.address, secrets);
    const place = { address: addressOf(server.port), ca: await readFile(caFileIn(server.folder), 'utf8') };
    const api = openApi({ ...place, token: secrets.adminToken });
    const stop = async (): Promise<void> => {
      await api.close();
      await server.stop();
      await etcd.stop();
    };
    return { ...place, api, signingKey: secrets.signingKey, stop };
  } catch (error) {
    await etcd.stop();
    throw error;
  }
}

function makeSecrets(): Secrets {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    adminToken: randomUUID(),
    signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

function startApiServer(etcdAddress: string, secrets: Secrets): Promise<RunningServer> {
  return startServer('kubernetes', {
    args: (port, folder) => [
      `--etcd-servers=${etcdAddress}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${folder}`,
      ...identityFlags(folder, secrets),
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.0.0.0/24',
    ],
    isReady: async (port, folder, signal) => {
      const ca = await readFile(caFileIn(folder), 'utf8');
      // Only our own server knows this token.
      const api = openApi({ address: addressOf(port), ca, token: secrets.adminToken });
      try {
        await api.call('GET', '/readyz', undefined, signal);
        return true;
      } finally {
        await api.close();
      }
    },
  });
}

/** Who is an administrator, and how the tokens of service accounts are signed. */
function identityFlags(folder: string, secrets: Secrets): readonly string[] {
  const save = (name: string, content: string): string => {
    const file = join(folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  return [
    `--token-auth-file=${save('tokens.csv', `${secrets.adminToken},admin,admin,system:masters\n`)}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${save('signing-key.pem', secrets.signingKey)}`,
    `--service-account-key-file=${save('public-key.pem', secrets.publicKey)}`,
  ];
}

function addressOf(port: number): string {
  return `https://127.0.0.1:${port}`;
}

/** The server writes it: its own certificate, and behind that the authority's. */
function caFileIn(folder: string): string {
  return join(folder, 'apiserver.crt');
}

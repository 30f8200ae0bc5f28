// A real source behind a proxy that counts: moto for AWS, Vault, OpenBao; each filled with a thousand secrets in ten folders.
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { locateBackend } from '../backends/locate.ts';
import { startMoto, startOpenBao, startVault, type VaultServer } from '../backends/start.ts';
import { call } from '../backends/vault/api.ts';
import { startFaultyProxy, type FaultyProxy } from '../proxy/faulty-proxy.ts';
import { awsEnvironment, awsRegion, type Origin } from './contenders/contender.ts';
import type { Calls } from './emulator.ts';
import { forEachOf } from './programs/task.ts';
import { kindsOfAws, kindsOfVault } from './source-calls.ts';

export const sourceKinds = ['AWS', 'Vault', 'OpenBao'] as const;

export type SourceKind = (typeof sourceKinds)[number];

export const folderCount = 10;
const secretCount = 1000;
const writersAtOnce = 8;

export interface SourceWorld {
  readonly origin: Origin;
  readonly paths: readonly string[];
  /** Gives a secret another value. */
  readonly rotate: (path: string) => Promise<void>;
  /** Forgets what was called so far. */
  forget(): void;
  /** How often each kind of call was made, and how many were under way at once at most. */
  calls(): { readonly calls: Calls; readonly atOnce: number };
  close(): Promise<void>;
}

/** Why a source cannot be had on this machine; `undefined` when it can. */
export function whyNot(kind: SourceKind): string | undefined {
  const location = locateBackend(kind === 'AWS' ? 'moto' : kind === 'Vault' ? 'vault' : 'openbao');
  return 'missing' in location ? location.missing : undefined;
}

export function openSourceWorld(kind: SourceKind): Promise<SourceWorld> {
  if (kind === 'AWS') return openAwsWorld();
  return openVaultWorld(kind === 'Vault' ? startVault : startOpenBao);
}

async function openAwsWorld(): Promise<SourceWorld> {
  const moto = await startMoto();
  const proxy = await startFaultyProxy(moto.endpoint);
  const credentials = {
    accessKeyId: awsEnvironment.AWS_ACCESS_KEY_ID,
    secretAccessKey: awsEnvironment.AWS_SECRET_ACCESS_KEY,
  };
  const admin = new SecretsManagerClient({ region: awsRegion, endpoint: moto.endpoint, credentials });
  const paths = pathsOf();
  await forEachOf(paths, writersAtOnce, async (Name) => {
    await admin.send(new CreateSecretCommand({ Name, SecretString: `first of ${Name}` }));
  });
  return {
    ...countingWorld(proxy, kindsOfAws),
    origin: { kind: 'aws', endpoint: proxy.endpoint, names: paths },
    paths,
    rotate: async (SecretId) => {
      await admin.send(new PutSecretValueCommand({ SecretId, SecretString: `next of ${SecretId}` }));
    },
    close: async () => {
      admin.destroy();
      await proxy.close();
      await moto.stop();
    },
  };
}

async function openVaultWorld(start: () => Promise<VaultServer>): Promise<SourceWorld> {
  const { address, rootToken, stop } = await start();
  const proxy = await startFaultyProxy(address);
  const paths = pathsOf();
  const put = async (path: string, value: string): Promise<void> => {
    await call(address, `secret/data/${path}`, { data: { value } }, rootToken);
  };
  await forEachOf(paths, writersAtOnce, (path) => put(path, `first of ${path}`));
  return {
    ...countingWorld(proxy, kindsOfVault),
    origin: { kind: 'vault', address: proxy.endpoint, token: rootToken, names: paths },
    paths,
    rotate: (path) => put(path, `next of ${path}`),
    close: async () => {
      await proxy.close();
      await stop();
    },
  };
}

function countingWorld(
  proxy: FaultyProxy,
  kindsOf: (journal: FaultyProxy['journal']) => Calls,
): Pick<SourceWorld, 'forget' | 'calls'> {
  return {
    forget: () => proxy.forget(),
    calls: () => ({ calls: kindsOf(proxy.journal), atOnce: proxy.highestConcurrency }),
  };
}

function pathsOf(): readonly string[] {
  return Array.from({ length: secretCount }, (_, index) => {
    const name = `KEY_${String(index).padStart(4, '0')}`;
    return `base/${index % folderCount}/${name}`;
  });
}

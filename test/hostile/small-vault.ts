// As much of Vault as a source asks of it, in this process: for machines without a real one. KV version 2 alone.
import { createServer, type IncomingMessage } from 'node:http';
import { listenOnLoopback } from '../proxy/faulty-proxy.ts';
import type { SourceSide } from './side.ts';
import { openVault, vaultManner } from './vault-side.ts';

const secretIdVariable = 'VOXSYNC_HOSTILE_SMALL_SECRET_ID';

interface Version {
  readonly created_time: string;
  readonly deletion_time: string;
  readonly destroyed: boolean;
  readonly data: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const nothing: Answer = { status: 404, body: { errors: [] } };

/** No list of errors: Vault says nothing of the secret under a path that the engine does not have. */
const notOfVersion2: Answer = { status: 404, body: { data: null, warnings: ['Invalid path'] } };

export async function createSmallVaultSide(): Promise<SourceSide> {
  const secrets = new Map<string, Version[]>();
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    const { status, body } = answerTo(secrets, incoming);
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const upstream = await listenOnLoopback(server);
  process.env[secretIdVariable] = 'secret-id';
  const change = (secret: string, next: (versions: readonly Version[]) => Version[]): void => {
    secrets.set(secret, next(secrets.get(secret) ?? []));
  };
  return {
    upstream,
    ...vaultManner,
    open: openVault('secret', 'role', secretIdVariable),
    put: async (secret, value) =>
      change(secret, (versions) => [
        ...versions,
        {
          created_time: new Date().toISOString(),
          deletion_time: '',
          destroyed: false,
          data: JSON.parse(value),
        },
      ]),
    remove: async (secret) => {
      const deletion_time = new Date().toISOString();
      if (!secret.includes('voice/')) secrets.delete(secret);
      else change(secret, (versions) => versions.map((version) => Object.assign(version, { deletion_time })));
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answerTo(secrets: ReadonlyMap<string, readonly Version[]>, { url }: IncomingMessage): Answer {
  const { pathname, searchParams } = new URL(url ?? '/', 'http://localhost');
  const path = decodeURIComponent(pathname.replace('/v1/', ''));
  if (path === 'auth/approle/login') {
    return {
      status: 200,
      body: { auth: { client_token: 'hvs.small', lease_duration: 1200, renewable: true } },
    };
  }
  if (path.startsWith('sys/internal/ui/mounts/')) {
    return { status: 200, body: { data: { path: 'secret/', type: 'kv', options: { version: '2' } } } };
  }
  const [, part, secret = ''] = /^secret\/(metadata|data)\/(.*)$/.exec(path) ?? [];
  if (part === undefined) return notOfVersion2;
  if (searchParams.has('list')) return folder(secrets, `${secret}/`);
  const versions = secrets.get(secret);
  if (versions === undefined) return nothing;
  return part === 'metadata' ? metadata(versions) : data(versions);
}

function folder(secrets: ReadonlyMap<string, unknown>, prefix: string): Answer {
  const inside = [...secrets.keys()].filter((name) => name.startsWith(prefix));
  const keys = inside.map((name) => name.slice(prefix.length).replace(/\/.*$/, '/'));
  return keys.length === 0 ? nothing : { status: 200, body: { data: { keys: [...new Set(keys)] } } };
}

function metadata(versions: readonly Version[]): Answer {
  const shown = versions.map(({ data: _data, ...version }, index) => [String(index + 1), version] as const);
  const body = {
    data: { current_version: versions.length, custom_metadata: null, versions: Object.fromEntries(shown) },
  };
  return { status: 200, body };
}

function data(versions: readonly Version[]): Answer {
  const { data: value, ...kept } = versions.at(-1) ?? { data: null };
  const isDeleted = 'deletion_time' in kept && kept.deletion_time !== '';
  const body = { data: { data: isDeleted ? null : value, metadata: { ...kept, version: versions.length } } };
  return { status: isDeleted ? 404 : 200, body };
}

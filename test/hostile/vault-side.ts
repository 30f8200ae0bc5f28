// A real Vault or OpenBao as the source of runs, by a login of its own, in either version of its engine.
import { openVaultSource } from '../../src/sources/vault/source.ts';
import type { VaultServer } from '../backends/start.ts';
import { walk } from './document.ts';
import type { IsLie } from './mutate.ts';
import type { SourceSide } from './side.ts';

const policy =
  'path "secret/*" { capabilities = ["read", "list"] } path "plain/*" { capabilities = ["read", "list"] }';
const secretIdVariable = 'VOXSYNC_HOSTILE_SECRET_ID';

function* valuesIn(
  path: string | undefined,
  answer: string,
  keys: readonly string[],
): Iterable<readonly [string, unknown]> {
  if (path === undefined) return;
  const content = walk(answer, keys);
  if (content !== undefined) yield [decodeURIComponent(path), content];
}

/** That a version was destroyed, or deleted some time ago, is said in one word. */
const isLie: IsLie = ({ path }, value) => {
  const text = value?.kind === 'raw' ? value.text : '';
  if (path.at(-1) === 'destroyed') return text === 'true';
  return (
    path.at(-1) === 'deletion_time' && text.startsWith('"') && Date.parse(JSON.parse(text)) <= Date.now()
  );
};

/** What every run over KV version 2 has in common, whoever answers. */
export const vaultManner = {
  isLie,
  listsGone: true,
  reach: 24,
  valuesIn: ({ path }, answer) =>
    valuesIn(/^\/v1\/secret\/data\/([^?]+)/.exec(path)?.[1], answer, ['data', 'data']),
} satisfies Partial<SourceSide>;

/** Opens a mount by an AppRole, whose secret id is in an environment variable. */
export function openVault(mount: string, roleId: string, variable: string): SourceSide['open'] {
  return (address, patience) =>
    openVaultSource('source', {
      kind: 'vault',
      address,
      mount,
      timeoutMs: patience === 'short' ? 700 : 20_000,
      auth: { method: 'approle', roleId, secretId: { env: variable } },
    });
}

/** Two sides over one server: version 2 at `secret/`, version 1 at `plain/`. Closing either leaves the server running. */
export async function createVaultSides(
  server: VaultServer,
): Promise<Readonly<Record<'v1' | 'v2', SourceSide>>> {
  const call = async (method: string, path: string, body?: object): Promise<string> => {
    const answer = await fetch(`${server.address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': server.rootToken },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  };
  await call('PUT', 'sys/policies/acl/run', { policy });
  await call('POST', 'sys/auth/approle', { type: 'approle' });
  await call('POST', 'sys/mounts/plain', { type: 'kv', options: { version: '1' } });
  await call('POST', 'auth/approle/role/run', { token_policies: 'run', token_ttl: '20m' });
  const { data: role } = JSON.parse(await call('GET', 'auth/approle/role/run/role-id'));
  const { data: issued } = JSON.parse(await call('POST', 'auth/approle/role/run/secret-id', {}));
  process.env[secretIdVariable] = issued.secret_id;

  const shared = { ...vaultManner, upstream: server.address, close: async () => {} };
  return {
    v2: {
      ...shared,
      open: openVault('secret', role.role_id, secretIdVariable),
      put: async (secret, value) =>
        void (await call('POST', `secret/data/${secret}`, { data: JSON.parse(value) })),
      // What a folder still lists, and what is gone without a trace.
      remove: async (secret) => {
        const part = secret.includes('voice/') ? 'data' : 'metadata';
        await call('DELETE', `secret/${part}/${secret}`);
      },
    },
    v1: {
      ...shared,
      listsGone: false,
      open: openVault('plain', role.role_id, secretIdVariable),
      put: async (secret, value) => void (await call('POST', `plain/${secret}`, JSON.parse(value))),
      remove: async (secret) => void (await call('DELETE', `plain/${secret}`)),
      valuesIn: ({ path }, answer) => valuesIn(/^\/v1\/plain\/([^?]+)/.exec(path)?.[1], answer, ['data']),
    },
  };
}

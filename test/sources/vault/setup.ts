// What the Vault tests share: a Vault to write into, sources over it, and short looks at their answers.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request, type Dispatcher } from 'undici';
import { expect, onTestFinished } from 'vitest';
import type { VoxsyncError } from '../../../src/errors.ts';
import type { SecretReference } from '../../../src/secret/reference.ts';
import type { Observation, Reading, Source } from '../../../src/sources/source.ts';
import { openVaultSource, type VaultSettings } from '../../../src/sources/vault/source.ts';
import { startOpenBao, startVault, type VaultServer } from '../../backends/start.ts';
import { describeWithBackend } from '../../backends/suite.ts';

/** A suite for a real Vault and for a real OpenBao: what they have in common, they have in one form. */
export function describeOnBoth(title: string, body: (start: () => Promise<VaultServer>) => void): void {
  describeWithBackend('vault', `${title} of Vault`, () => body(startVault));
  describeWithBackend('openbao', `${title} of OpenBao`, () => body(startOpenBao));
}

/** A signal that nobody aborts. */
export const never = new AbortController().signal;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Admin {
  /** One call of Vault's API; gives the answer's `data` or `auth`. Fails the test on any error status. */
  call(method: Method, path: string, body?: object): Promise<Record<string, never>>;
  /** Writes a KV v2 secret at `secret/`. */
  put(path: string, data: object): Promise<void>;
  /** A token with this policy only. */
  issue(policy: string): Promise<string>;
}

/** `dispatcher` is for a Vault with TLS. */
export function adminOf(address: string, token: string, dispatcher?: Dispatcher): Admin {
  return createAdmin(address, { 'x-vault-token': token }, dispatcher);
}

/** The same for a namespace of OpenBao. */
export function adminIn(namespace: string, address: string, token: string): Admin {
  return createAdmin(address, { 'x-vault-token': token, 'x-vault-namespace': namespace });
}

function createAdmin(address: string, headers: Record<string, string>, dispatcher?: Dispatcher): Admin {
  const call = async (method: Method, path: string, body?: object): Promise<Record<string, never>> => {
    const answer = await request(`${address}/v1/${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      ...(dispatcher !== undefined && { dispatcher }),
    });
    const text = await answer.body.text();
    expect(answer.statusCode, `${method} ${path}: ${text}`).toBeLessThan(300);
    const json = text === '' ? {} : JSON.parse(text);
    return json.auth ?? json.data ?? {};
  };
  return {
    call,
    put: async (path, data) => {
      await call('POST', `secret/data/${path}`, { data });
    },
    issue: async (policy) => {
      await call('PUT', `sys/policies/acl/${digestName(policy)}`, { policy });
      const issued = await call('POST', 'auth/token/create', { policies: [digestName(policy)] });
      return String(issued['client_token']);
    },
  };
}

function digestName(policy: string): string {
  return `p${Buffer.from(policy).toString('hex').slice(0, 200)}`;
}

let variables = 0;

/** A token in an environment variable of its own. */
export function tokenAuth(token: string): VaultSettings['auth'] {
  variables += 1;
  const env = `VOXSYNC_TEST_VAULT_TOKEN_${variables}`;
  process.env[env] = token;
  onTestFinished(() => {
    delete process.env[env];
  });
  return { method: 'token', token: { env } };
}

/** An open source, closed at the end of the test. */
export async function open(settings: Omit<VaultSettings, 'kind'>): Promise<Source> {
  const source = await openVaultSource('vault', { kind: 'vault', ...settings });
  onTestFinished(() => source.close());
  return source;
}

/** A file with this content, removed at the end of the test. */
export async function fileWith(content: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'voxsync-vault-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'file'), content);
  return join(folder, 'file');
}

export async function observeOne(source: Source, reference: SecretReference): Promise<Observation> {
  const [observation] = await source.observe([reference], never);
  return observation!;
}

export async function readOne(source: Source, reference: SecretReference): Promise<Reading> {
  const [reading] = await source.read([reference], never);
  return reading!;
}

/** The text of a reading that must be present. */
export function textOf(reading: Reading): string {
  if (reading.state === 'unresolved') throw reading.error;
  if (reading.state === 'absent') throw new Error(`absent: ${reading.proof}`);
  return reading.content.box.reveal();
}

/** The error of something that must be unresolved. */
export function errorOf(answer: { readonly state: string; readonly error?: VoxsyncError }): VoxsyncError {
  expect(answer.state).toBe('unresolved');
  return answer.error!;
}

// What the config says of a Vault source, and the checks that need no Vault.
import { VoxsyncError } from '../../errors.ts';
import type { Credential } from '../../credential.ts';
import { pathProblem } from './path.ts';

/** How voxsync proves to Vault who it is. */
export type VaultAuth =
  | { readonly method: 'token'; readonly token: Credential }
  | {
      readonly method: 'approle';
      readonly roleId: string;
      readonly secretId: Credential;
      /** `secretId` is a wrapping token, which gives the SecretID once. */
      readonly wrapped?: boolean | undefined;
      readonly mountPath?: string | undefined;
    }
  | {
      readonly method: 'userpass';
      readonly username: string;
      readonly password: Credential;
      readonly mountPath?: string | undefined;
    }
  | {
      readonly method: 'jwt' | 'kubernetes';
      readonly role: string;
      readonly token: Credential;
      readonly mountPath?: string | undefined;
    }
  | {
      readonly method: 'cert';
      /** The name of a certificate role; Vault tries all of them when not given. */
      readonly role?: string | undefined;
      /** The client's certificate (PEM), with those of authorities in between. */
      readonly certificate: Credential;
      readonly key: Credential;
      readonly mountPath?: string | undefined;
    }
  /** Nothing is sent: a Vault Agent or Proxy at the address has its own token. */
  | { readonly method: 'none' };

/** The methods that log in. Each is mounted under its own name when no `mountPath` is given. */
export type LoginAuth = Exclude<VaultAuth, { method: 'token' | 'none' }>;

export interface VaultSettings {
  readonly kind: 'vault';
  /** `https://vault.example:8200`, with a path where Vault is behind one. */
  readonly address: string;
  /** Where the KV engine is mounted; `secret` when not given. */
  readonly mount?: string | undefined;
  /** Asked of Vault when not given, and compared with what Vault says when given. */
  readonly kvVersion?: 1 | 2 | undefined;
  readonly namespace?: string | undefined;
  /** Certificates (PEM) of the authorities to trust, in place of the system's. */
  readonly ca?: Credential | undefined;
  /** The name that the server's certificate must carry, where it is not the host of the address. */
  readonly serverName?: string | undefined;
  /** Hosts of the cluster that a redirect may lead to, with the token; without a port, on that of the address. */
  readonly redirectHosts?: readonly string[] | undefined;
  /** For one request, from its start to the last byte of the answer; 15 seconds when not given. */
  readonly timeoutMs?: number | undefined;
  readonly auth: VaultAuth;
}

/** The settings, with the defaults in and the slashes around paths and address out. */
export interface VaultPlace {
  readonly id: string;
  readonly address: string;
  readonly mount: string;
  readonly settings: VaultSettings;
  readonly timeoutMs: number;
}

const defaultTimeoutMs = 15_000;

/** Checks address and mount. Throws `source-invalid`. */
export function placeOf(id: string, settings: VaultSettings): VaultPlace {
  const mount = checkMountPath(id, 'mount', settings.mount ?? 'secret');
  const timeoutMs = settings.timeoutMs ?? defaultTimeoutMs;
  const address = checkAddress(id, settings.address);
  if (settings.auth.method === 'cert' && !address.startsWith('https:')) {
    throw invalid(id, 'auth.method `cert` shows a certificate, which needs an https address');
  }
  return { id, address, mount, settings, timeoutMs };
}

/** A mount path without the slashes around it. Throws `source-invalid`. */
export function checkMountPath(id: string, what: string, text: string): string {
  const path = text.replaceAll(/^\/+|\/+$/g, '');
  const problem = pathProblem(path);
  if (problem !== undefined) throw invalid(id, `${what} ${JSON.stringify(text)} ${problem}`);
  return path;
}

function checkAddress(id: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw invalid(id, 'address is no http or https URL');
  }
  if (url.username !== '' || url.password !== '') throw invalid(id, 'address holds a user name or password');
  if (url.search !== '' || url.hash !== '') throw invalid(id, 'address has a query or a fragment');
  return url.href.replace(/\/+$/, '');
}

function invalid(id: string, problem: string): VoxsyncError {
  return new VoxsyncError('source-invalid', `${id}: ${problem}`);
}

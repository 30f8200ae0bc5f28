// Paths in a config are relative to its file; here they become absolute.
import path from 'node:path';
import type { AccountSettings } from './schema.ts';
import type { SourceSettings, VaultAuth } from './schema-sources.ts';
import type { Document } from './schema-values.ts';

type Resolve = (file: string) => string;

/** Resolves against a directory. */
export function resolverOf(directory: string): Resolve {
  return (file) => path.resolve(directory, file);
}

/** An account with the absolute path of its credentials. */
export function resolveAccount(account: AccountSettings, resolve: Resolve): AccountSettings {
  return { ...account, credentials: resolveDocument(account.credentials, resolve) };
}

/** A source with absolute paths. */
export function resolveSource(source: SourceSettings, resolve: Resolve): SourceSettings {
  if (source.kind === 'aws-secrets-manager') return source;
  if (source.kind !== 'vault') return { ...source, path: resolve(source.path) };
  const ca = source.ca === undefined ? undefined : resolveDocument(source.ca, resolve);
  return { ...source, ca, auth: resolveAuth(source.auth, resolve) };
}

function resolveAuth(auth: VaultAuth, resolve: Resolve): VaultAuth {
  const at = (document: Document): Document => resolveDocument(document, resolve);
  if (auth.method === 'none') return auth;
  if (auth.method === 'approle') return { ...auth, secretId: at(auth.secretId) };
  if (auth.method === 'userpass') return { ...auth, password: at(auth.password) };
  if (auth.method === 'cert') {
    return { ...auth, certificate: at(auth.certificate), key: at(auth.key) };
  }
  return { ...auth, token: at(auth.token) };
}

function resolveDocument(document: Document, resolve: Resolve): Document {
  return 'file' in document ? { file: resolve(document.file) } : document;
}

// Short digests of public texts: for ids and checksums, never for values.
import { hash } from 'node:crypto';

/** The first `length` characters of a base64url SHA-256 over the parts; parts cannot run into each other. */
export function digest(parts: readonly string[], length: number): string {
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, length);
}

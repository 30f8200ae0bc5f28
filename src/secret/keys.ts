// The account's own keys: digests of values and of source versions that nobody without the account's private key can test guesses against.
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { SecretBox } from './box.ts';

const fingerprintLength = 14;
const revisionLength = 8;
const tagLength = 3;

/** Keyed digests, made from an account's private key by HKDF. A new private key gives other digests and another tag. */
export interface AccountKeys {
  /** Names the key, so that a marker made under another one is recognised. */
  readonly tag: string;
  /** 14 characters that change with the value. */
  fingerprint(value: SecretBox): string;
  /** 8 characters that change with any of the parts. */
  revision(parts: readonly string[]): string;
}

/** Derives the keys from the private key's bytes (PKCS#8 DER, so that the PEM's form does not matter). */
export function deriveAccountKeys(privateKey: Uint8Array): AccountKeys {
  const bytesFor = (purpose: string) => Buffer.from(hkdfSync('sha256', privateKey, 'voxsync', purpose, 32));
  // Node 24 makes a key of bytes in every call, which takes seven times as long as the digest.
  const fingerprintKey = createSecretKey(bytesFor('fingerprint'));
  const revisionKey = createSecretKey(bytesFor('revision'));
  return Object.freeze({
    tag: bytesFor('tag').toString('base64url').slice(0, tagLength),
    fingerprint: (value: SecretBox) => hmac(fingerprintKey, value.reveal(), fingerprintLength),
    revision: (parts: readonly string[]) => hmac(revisionKey, JSON.stringify(parts), revisionLength),
  });
}

function hmac(key: KeyObject, text: string, length: number): string {
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, length);
}

// From the text of a private key, as files and environment variables damage it, to a checked RSA key.
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** The smallest key that RS256 allows, in bits. */
const smallestModulus = 2048;

/** A usable key, or why it is none, as half a sentence that tells nothing of the text. */
export type ReadKey =
  | { readonly isUsable: true; readonly privateKey: KeyObject }
  | { readonly isUsable: false; readonly problem: string; readonly hint?: string };

const otherLabels: readonly (readonly [RegExp, string, string?])[] = [
  [
    /BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/,
    'is encrypted',
    'Store the key without a passphrase: `openssl pkey -in KEY -out NEW`.',
  ],
  [/BEGIN CERTIFICATE/, 'is a certificate'],
  [/BEGIN (?:RSA )?PUBLIC KEY/, 'is a public key'],
  [/BEGIN EC /, 'is an EC key; Voximplant takes RSA only'],
  [
    /BEGIN OPENSSH/,
    'is in OpenSSH form',
    'Convert it to PEM: `ssh-keygen -p -m PEM -f KEY`, or download it anew from the control panel.',
  ],
];

const privateBlock = /-----BEGIN (RSA )?PRIVATE KEY-----([\s\S]*?)-----END (?:RSA )?PRIVATE KEY-----/;

/** Reads PKCS#8 or PKCS#1 PEM; literal `\n`, CRLF, missing line breaks and a BOM are mended. */
export function readPrivateKey(text: string): ReadKey {
  if (text.trim() === '') return unusable('is empty');
  const other = otherLabels.find(([label]) => label.test(text));
  if (other !== undefined) return unusable(other[1], other[2]);
  const block = privateBlock.exec(text);
  if (block === null) return unusable('is not a complete PEM block');
  const base64 = (block[2] ?? '').replaceAll(/\\[nrt]|\s/g, '');
  if (!isBase64(base64)) return unusable('is damaged: its body is not base64');
  const privateKey = parse(Buffer.from(base64, 'base64'), block[1] === undefined ? 'pkcs8' : 'pkcs1');
  return privateKey === undefined ? unusable('is damaged: it cannot be decoded') : judge(privateKey);
}

/** The key's bytes in the one form (PKCS#8 DER) that does not depend on how it was stored. */
export function privateKeyBytes(privateKey: KeyObject): Uint8Array {
  return privateKey.export({ type: 'pkcs8', format: 'der' });
}

function judge(privateKey: KeyObject): ReadKey {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = privateKey;
  if (type !== 'rsa') return unusable(`is of type ${type ?? 'unknown'}; Voximplant takes RSA only`);
  const bits = details?.modulusLength ?? 0;
  if (bits < smallestModulus) return unusable(`has ${bits} bits; at least ${smallestModulus} are needed`);
  return verifiesItself(privateKey)
    ? { isUsable: true, privateKey }
    : unusable('is damaged: it does not verify its own signature');
}

/** A changed character inside the base64 still decodes, to a key that signs nonsense. */
function verifiesItself(privateKey: KeyObject): boolean {
  try {
    const probe = Buffer.from('voxsync');
    return verify('sha256', probe, createPublicKey(privateKey), sign('sha256', probe, privateKey));
  } catch {
    return false;
  }
}

function parse(der: Buffer, type: 'pkcs8' | 'pkcs1'): KeyObject | undefined {
  try {
    return createPrivateKey({ key: der, format: 'der', type });
  } catch {
    return undefined;
  }
}

function isBase64(text: string): boolean {
  return text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function unusable(problem: string, hint?: string): ReadKey {
  return { isUsable: false, problem, ...(hint !== undefined && { hint }) };
}

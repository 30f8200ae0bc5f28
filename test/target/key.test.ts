// credentials.json in every condition in which people hand it over.
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { SecretBox } from '../../src/secret/box.ts';
import { readCredentials } from '../../src/target/voximplant/key.ts';
import { privateKeyBytes } from '../../src/target/voximplant/pem.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8') => key.export({ type, format: 'pem' }).toString();
const pkcs8 = pem(privateKey, 'pkcs8');
const pkcs1 = pem(privateKey, 'pkcs1');
const other = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const document = (changes: object) =>
  JSON.stringify({
    account_email: 'a@b.example',
    account_id: 12,
    key_id: 'kid',
    private_key: pkcs8,
    ...changes,
  });
const read = (text: string) => readCredentials(new SecretBox(text));

describe('keys that work', () => {
  test.each([
    ['PKCS#8', document({})],
    ['PKCS#1', document({ private_key: pkcs1 })],
    ['a byte order mark before the JSON', `\uFEFF${document({})}`],
    ['a byte order mark before the key', document({ private_key: `\uFEFF${pkcs8}` })],
    ['literal \\n', document({ private_key: pkcs8.replaceAll('\n', String.raw`\n`) })],
    ['literal \\r\\n', document({ private_key: pkcs1.replaceAll('\n', String.raw`\r\n`) })],
    ['CRLF', document({ private_key: pkcs8.replaceAll('\n', '\r\n') })],
    ['no line break at the end', document({ private_key: pkcs8.trimEnd() })],
    ['spaces for line breaks', document({ private_key: pkcs1.replaceAll('\n', ' ') })],
    ['a numeric text as account id', document({ account_id: '12' })],
    ['a number as key id', document({ key_id: 5 })],
    ['fields that nobody knows', document({ extra: true })],
  ])('%s', (_, text) => {
    const credentials = read(text);
    expect(credentials.accountId).toBe(12);
    expect(credentials.keyId).toMatch(/^(kid|5)$/);
    const bytes = privateKey.export({ type: 'pkcs8', format: 'der' });
    expect(bytes.equals(privateKeyBytes(credentials.privateKey))).toBe(true);
  });
});

/** One character of the modulus, exchanged for another. */
function damaged(text: string): string {
  const at = 200;
  const place = text[at] === '\n' ? at + 1 : at;
  return `${text.slice(0, place)}${text[place] === 'A' ? 'B' : 'A'}${text.slice(place + 1)}`;
}

const encrypted = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'phrase' })
  .toString();
const encryptedPkcs1 = privateKey
  .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'phrase' })
  .toString();
const publicPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey;

describe('keys that do not', () => {
  test.each([
    ['nothing', '', 'they are empty'],
    ['no JSON', 'not json at all', 'they are not JSON'],
    ['raw line breaks in a string', document({}).replaceAll(String.raw`\n`, '\n'), 'they are not JSON'],
    ['a bare PEM', pkcs8, 'they are a bare PEM block'],
    ['a list', '[]', 'they are not a JSON object'],
    ['no fields', '{}', 'account_id, key_id, private_key missing or of the wrong kind'],
    ['no key id', document({ key_id: undefined }), 'key_id missing'],
    ['an account id that is none', document({ account_id: 'me' }), 'account_id missing or of the wrong kind'],
    ['an empty key', document({ private_key: ' \n' }), 'private_key is empty'],
    ['an encrypted key', document({ private_key: encrypted }), 'private_key is encrypted'],
    ['an encrypted PKCS#1 key', document({ private_key: encryptedPkcs1 }), 'private_key is encrypted'],
    ['a public key', document({ private_key: publicPem }), 'private_key is a public key'],
    ['an EC key', document({ private_key: pem(elliptic, 'pkcs8') }), 'private_key is of type ec'],
    [
      'an EC key in its own form',
      document({ private_key: elliptic.export({ type: 'sec1', format: 'pem' }) }),
      'private_key is an EC key',
    ],
    ['an RSA-PSS key', document({ private_key: pem(pss, 'pkcs8') }), 'private_key is of type rsa-pss'],
    [
      'a short key',
      document({ private_key: pem(other, 'pkcs8') }),
      'private_key has 1024 bits; at least 2048',
    ],
    [
      'a certificate',
      document({ private_key: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' }),
      'private_key is a certificate',
    ],
    ['half a key', document({ private_key: pkcs8.slice(0, 600) }), 'private_key is not a complete PEM block'],
    ['no header', document({ private_key: 'MIIEvQ' }), 'private_key is not a complete PEM block'],
    [
      'a strange character',
      document({ private_key: pkcs8.replace('\nM', '\n*') }),
      'private_key is damaged: its body is not base64',
    ],
    [
      'base64 of nonsense',
      document({ private_key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' }),
      'private_key is damaged: it cannot be decoded',
    ],
    ['one wrong character', document({ private_key: damaged(pkcs8) }), 'private_key is damaged'],
  ])('%s', (_, text, sentence) => {
    const failure = failureOf(text);
    expect(failure.code).toBe('credentials-invalid');
    expect(failure.message).toContain(`credentials: ${sentence}`);
    expect(failure.hint).not.toBe('');
    expect(failure.cause).toBeUndefined();
    expect(inspect(failure)).not.toMatch(/MII|not json at all/);
  });
});

function failureOf(text: string): VoxsyncError {
  try {
    read(text);
  } catch (thrown) {
    if (thrown instanceof VoxsyncError) return thrown;
  }
  throw new Error('expected credentials-invalid');
}

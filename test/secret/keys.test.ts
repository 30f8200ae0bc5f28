// Digests under the account's key: they change with the key and with what they are of, and with nothing else.
import { describe, expect, it } from 'vitest';
import { SecretBox } from '../../src/secret/box.ts';
import { deriveAccountKeys } from '../../src/secret/keys.ts';

const keys = deriveAccountKeys(Buffer.from('one private key'));
const others = deriveAccountKeys(Buffer.from('another private key'));
const value = new SecretBox('value');

describe('the keys of an account', () => {
  it('have not changed: markers that were written with them are out there', () => {
    expect({
      tag: keys.tag,
      fingerprint: keys.fingerprint(value),
      revision: keys.revision(['a', 'b']),
    }).toMatchInlineSnapshot(`
      {
        "fingerprint": "NAzv82PcMt6x2y",
        "revision": "c-fplu8K",
        "tag": "FKX",
      }
    `);
  });

  it('are the same for the same private key, and others for another one', () => {
    const again = deriveAccountKeys(Buffer.from('one private key'));
    expect([again.tag, again.fingerprint(value), again.revision(['a'])]).toEqual([
      keys.tag,
      keys.fingerprint(value),
      keys.revision(['a']),
    ]);
    expect(others.tag).not.toBe(keys.tag);
    expect(others.fingerprint(value)).not.toBe(keys.fingerprint(value));
    expect(others.revision(['a'])).not.toBe(keys.revision(['a']));
  });

  it('give fingerprints of 14 characters that change with the value', () => {
    expect(keys.fingerprint(value)).toMatch(/^[\w-]{14}$/);
    expect(keys.fingerprint(new SecretBox('value '))).not.toBe(keys.fingerprint(value));
  });

  it('give revisions of 8 characters whose parts do not run into each other', () => {
    expect(keys.revision(['a', 'b'])).toMatch(/^[\w-]{8}$/);
    expect(keys.revision(['ab'])).not.toBe(keys.revision(['a', 'b']));
    expect(keys.revision(['a', ''])).not.toBe(keys.revision(['a']));
  });

  it('are for one thing each: a revision tells nothing of a value', () => {
    const parts = ['value'];
    const same = new SecretBox(JSON.stringify(parts));
    expect(keys.fingerprint(same).startsWith(keys.revision(parts))).toBe(false);
    expect(keys.tag).toMatch(/^[\w-]{3}$/);
  });
});

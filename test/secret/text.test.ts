// Bytes that are text, and bytes that are none.
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../src/secret/text.ts';

describe('bytes', () => {
  it.each([
    ['none', [], ''],
    ['of ASCII', [0x6b, 0x65, 0x79], 'key'],
    ['of UTF-8', [0xc3, 0xbc], 'ü'],
    ['of UTF-8 behind a byte order mark', [0xef, 0xbb, 0xbf, 0x6b], 'k'],
    ['cut within a character', [0x6b, 0xc3], undefined],
    ['of no UTF-8', [0xff, 0xfe, 0x6b, 0x00], undefined],
  ])('%s', (_, bytes, text) => {
    expect(decodeText(Uint8Array.from(bytes))).toBe(text);
  });
});

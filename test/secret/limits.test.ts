// What may be written, and how a description is tidied before it is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretBox } from '../../src/secret/box.ts';
import { tidyDescription, valueProblem } from '../../src/secret/limits.ts';

describe('a value', () => {
  it.each([
    ['an empty one', '', 'is empty'],
    ['a space', ' ', undefined],
    ['one of 8192 units', 'x'.repeat(8192), undefined],
    ['one of 8193 units', 'x'.repeat(8193), 'is longer than 8192 characters'],
    ['4096 characters of two units each', '😀'.repeat(4096), undefined],
    ['4097 characters of two units each', '😀'.repeat(4097), 'is longer than 8192 characters'],
    ['half a character', 'x\uD83D', 'is not well-formed Unicode'],
  ])('%s', (_, text, problem) => {
    expect(valueProblem(new SecretBox(text))).toBe(problem);
  });
});

describe('a description', () => {
  it.each([
    ['CRM API key', 'CRM API key'],
    ['  two \t lines\r\nand\u00A0spaces  ', 'two lines and spaces'],
    ['a\u0000b', 'a b'],
    ['half \uD83D a character', 'half \uFFFD a character'],
    ['', ''],
  ])('%j becomes %j', (text, tidy) => {
    expect(tidyDescription(text)).toBe(tidy);
  });

  it('that is tidy stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '\t', '\u00A0', '\uD83D', 'ü') }), (text) => {
        const tidy = tidyDescription(text);
        expect(tidyDescription(tidy)).toBe(tidy);
      }),
    );
  });
});

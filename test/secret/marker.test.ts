import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Marker } from '../../src/secret/marker.ts';
import {
  formatDescription,
  formatMarker,
  ownerPattern,
  parseDescription,
  textLimit,
  textProblem,
  withoutMarker,
} from '../../src/secret/marker.ts';

const token = (length: number) => fc.stringMatching(new RegExp(`^[A-Za-z0-9_-]{${length}}$`));
const time = fc.integer({ min: 0, max: 2_176_782_335 });
const markers: fc.Arbitrary<Marker> = fc.record({
  owner: fc.stringMatching(ownerPattern),
  revision: token(8),
  fingerprint: token(14),
  keyTag: token(3),
  origin: token(10),
  writtenAt: time,
  absentSince: time,
});
const edits = fc.record({
  kind: fc.constantFrom('change', 'remove', 'insert'),
  at: fc.nat(),
  character: fc.constantFrom('a', 'Z', '0', '_', '-', ':', '.', ' ', 'ü'),
});
const texts = fc.string({ maxLength: 100 }).map((text) => text.trim());

describe('the marker', () => {
  it('comes back as it was written, with its text', () => {
    fc.assert(
      fc.property(markers, texts, (marker, text) => {
        expect(parseDescription(formatDescription(marker, text))).toEqual({
          ownership: 'marked',
          marker,
          text,
        });
      }),
    );
  });

  it('stands alone where there is no text', () => {
    fc.assert(
      fc.property(markers, (marker) => {
        expect(formatDescription(marker, '')).toBe(formatMarker(marker));
      }),
    );
  });

  it('is ASCII, at most 96 characters, and as long as textLimit says', () => {
    fc.assert(
      fc.property(markers, (marker) => {
        const text = formatMarker(marker);
        expect(text).toMatch(/^[ -~]{1,96}$/);
        expect(text.length + 1 + textLimit(marker.owner)).toBe(200);
      }),
    );
  });

  it('cut anywhere reads as damaged, or as unmarked only before its first word is complete', () => {
    fc.assert(
      fc.property(markers, fc.nat(), (marker, at) => {
        const whole = formatMarker(marker);
        const cut = whole.slice(0, at % whole.length);
        expect(parseDescription(cut).ownership).toBe(cut.length < 'vxs1'.length ? 'none' : 'damaged');
      }),
    );
  });

  it('with one character changed, taken out or put in reads as damaged, never as not ours', () => {
    fc.assert(
      fc.property(markers, texts, edits, (marker, text, { at, character, kind }) => {
        const index = at % formatMarker(marker).length;
        const whole = formatDescription(marker, text);
        fc.pre(kind !== 'change' || whole[index] !== character);
        const edited = whole.slice(0, index) + (kind === 'remove' ? '' : character);
        const rest = whole.slice(kind === 'insert' ? index : index + 1);
        expect(parseDescription(edited + rest).ownership).toBe('damaged');
      }),
      { numRuns: 1000 },
    );
  });

  /** The checksum has 24 bits, so an edit that keeps the lengths of all fields has one chance in 16,777,216 to pass. */
  it('shows every one-character edit of these markers', () => {
    const characters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.: ');
    for (const whole of fc.sample(markers, { numRuns: 3, seed: 1 }).map(formatMarker)) {
      // Taken out, changed, or with another one put before it (a plus stands for the old one).
      const edits = ['', ...characters, ...characters.map((next) => `${next}+`)];
      const edited = Array.from(whole, (old, index) =>
        edits.map((edit) => whole.slice(0, index) + edit.replace('+', old) + whole.slice(index + 1)),
      ).flat();
      const unseen = edited.filter(
        (text) => text !== whole && parseDescription(text).ownership !== 'damaged',
      );
      expect(unseen).toEqual([]);
    }
  });

  it('behind which the text was edited or cut still says the same', () => {
    fc.assert(
      fc.property(markers, texts, fc.string({ maxLength: 20 }), (marker, text, other) => {
        const whole = formatDescription(marker, text);
        const cut = whole.slice(0, formatMarker(marker).length + (whole.length % 7));
        for (const description of [cut, `${formatMarker(marker)} ${other}`])
          expect(parseDescription(description)).toMatchObject({ ownership: 'marked', marker });
      }),
    );
  });

  it('is one also where a clock is off by centuries, so that it never breaks itself', () => {
    const [marker] = fc.sample(markers, 1);
    for (const [time, kept] of [
      [-1, 0],
      [2_176_782_335, 2_176_782_335],
      [2_176_782_336, 2_176_782_335],
      [99_999_999_999, 2_176_782_335],
    ] as const) {
      const written = formatMarker({ ...marker!, writtenAt: time, absentSince: time });
      const read = { ...marker!, writtenAt: kept, absentSince: kept };
      expect(parseDescription(written)).toEqual({ ownership: 'marked', marker: read, text: '' });
    }
  });

  it.each(['', 'CRM API key', 'owned by nobody', 'vxs', 'v x s 1'])('leaves %j unmarked', (description) => {
    expect(parseDescription(description)).toEqual({ ownership: 'none', text: description });
  });

  it('taken off, whole, cut or edited, leaves a description without any trace of it', () => {
    fc.assert(
      fc.property(markers, texts, fc.nat(), (marker, text, at) => {
        const whole = formatDescription(marker, text);
        for (const description of [whole, whole.slice(0, at % whole.length), `note ${whole}`])
          expect(parseDescription(withoutMarker(description)).ownership).toBe('none');
      }),
    );
  });

  it.each([
    ['Ours! vxs1:acme:broken CRM  key', 'Ours! CRM  key'],
    ['vxs1:acme:cut', ''],
    ['CRM key vxs1:acme:cut', 'CRM key'],
    [' as it  is ', ' as it  is '],
  ])('taken off %j leaves %j', (description, left) => {
    expect(withoutMarker(description)).toBe(left);
    expect(parseDescription(description).text).toBe(left);
  });

  it.each([Number.MAX_SAFE_INTEGER, 36 ** 6, -1])('of a clock at %s is whole all the same', (time) => {
    fc.assert(
      fc.property(markers, (marker) => {
        expect(
          parseDescription(formatMarker({ ...marker, writtenAt: time, absentSince: time })),
        ).toMatchObject({
          marker: { writtenAt: time < 0 ? 0 : 36 ** 6 - 1 },
        });
      }),
    );
  });

  it('with text put before it is damaged, never not ours', () => {
    fc.assert(
      fc.property(markers, (marker) => {
        expect(parseDescription(`note: ${formatMarker(marker)}`).ownership).toBe('damaged');
      }),
    );
  });
});

describe('an owner', () => {
  it.each(['a', '7', 'acme', 'Acme.prod_eu-1', 'a'.repeat(32)])('may be called %j', (owner) => {
    expect(ownerPattern.test(owner)).toBe(true);
  });

  it.each(['', '-acme', '.acme', '_acme', 'ac me', 'ac:me', 'acmé', 'acme\n', 'a'.repeat(33)])(
    'may not be called %j',
    (owner) => {
      expect(ownerPattern.test(owner)).toBe(false);
    },
  );
});

describe('a text behind the marker', () => {
  it('fits up to its limit, and one character more is told with the numbers', () => {
    expect(textLimit('acme')).toBe(132);
    expect(textProblem('x'.repeat(132), 'acme')).toBeUndefined();
    expect(textProblem('x'.repeat(133), 'acme')).toEqual({
      message: 'the description has 133 characters',
      hint: 'Behind the marker of owner acme there is room for 132.',
    });
  });
});

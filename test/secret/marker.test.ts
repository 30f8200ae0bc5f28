import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Marker } from '../../src/secret/marker.ts';
import {
  formatDescription,
  formatMarker,
  ownerPattern,
  parseDescription,
  textLimit,
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

  it('with one character changed is damaged, unless the change hides it altogether', () => {
    fc.assert(
      fc.property(markers, fc.nat(), fc.constantFrom('a', 'Z', '0', '_'), (marker, at, character) => {
        const whole = formatMarker(marker);
        const index = 4 + (at % (whole.length - 4));
        fc.pre(whole[index] !== character);
        const edited = whole.slice(0, index) + character + whole.slice(index + 1);
        expect(parseDescription(edited).ownership).toBe('damaged');
      }),
    );
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
    [' as it  is ', ' as it  is '],
  ])('taken off %j leaves %j', (description, left) => {
    expect(withoutMarker(description)).toBe(left);
    expect(parseDescription(description).text).toBe(left);
  });

  it('with text put before it is damaged, never not ours', () => {
    fc.assert(
      fc.property(markers, (marker) => {
        expect(parseDescription(`note: ${formatMarker(marker)}`).ownership).toBe('damaged');
      }),
    );
  });
});

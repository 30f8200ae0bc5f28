// What the times of a listing say: who was there after us, and in which timezone the server writes its dates.
import { describe, expect, it } from 'vitest';
import { dateShiftOf, isTimeShifted, isTouched } from '../../src/plan/drift.ts';
import type { Actual } from '../../src/secret/actual.ts';
import { damaged, marker, now, ours, stranger } from './builders.ts';

const hour = 3600;
const written = now - 600;
/** A secret that we wrote ten minutes ago, with a date of the server this far from it. */
const dated = (name: string, distance: number, more: Partial<Actual> = {}) =>
  ours(name, { writtenAt: written }, { modifiedAt: written + distance, ...more });

describe('a secret was touched', () => {
  it.each([
    [0, false],
    [5, false],
    [6, true],
    [-60, false],
    [hour, true],
  ])('%i s after our write: %s', (distance, isExpected) => {
    expect(isTouched(marker({ writtenAt: written }), dated('A', distance))).toBe(isExpected);
  });

  it.each([
    ['not since our write', 0, false],
    ['not since a write before the timezone was known', 3 * hour, false],
    ['an hour later', hour, true],
    ['an hour later, by shifted dates', 4 * hour, true],
    ['an hour later, by dates that are behind', -2 * hour, true],
  ])('in another timezone, %s', (_, distance, isExpected) => {
    const dateShift = distance < 0 ? -3 * hour : 3 * hour;
    expect(isTouched(marker({ writtenAt: written }), dated('A', distance, { dateShift }))).toBe(isExpected);
  });

  it('at any time but the one that this process knows', () => {
    const knownGoodAt = written + hour;
    expect(isTouched(marker({ writtenAt: written }), dated('A', hour, { knownGoodAt }))).toBe(false);
    expect(isTouched(marker({ writtenAt: written }), dated('A', hour + 1, { knownGoodAt }))).toBe(true);
  });
});

describe('the timezone of dates', () => {
  it.each([
    ['five seconds after now', ours('A', { writtenAt: now + 5 - hour }, { modifiedAt: now + 5 }), 0],
    ['six seconds after now', ours('A', { writtenAt: now + 6 - hour }, { modifiedAt: now + 6 }), hour],
    ['four seconds after now', ours('A', { writtenAt: now + 4 - hour }, { modifiedAt: now + 4 }), 0],
    ['written in five seconds', ours('A', { writtenAt: now + 5 }, { modifiedAt: now + 5 + hour }), hour],
    ['written in six seconds', ours('A', { writtenAt: now + 6 }, { modifiedAt: now + 6 + hour }), 0],
    ['five seconds off a quarter hour', dated('A', -hour - 5), -hour],
    ['six seconds off a quarter hour', dated('A', -hour - 6), 0],
    ['a little before the write', dated('A', -5), 0],
  ])('%s', (_, secret, expected) => {
    expect(dateShiftOf([secret], now)).toBe(expected);
  });

  it('is what most agree on, in whatever order they come', () => {
    const secrets = [dated('A', -2 * hour), dated('B', -hour), dated('C', -hour)];
    expect(dateShiftOf(secrets, now)).toBe(-hour);
    expect(dateShiftOf(secrets.toReversed(), now)).toBe(-hour);
  });

  it('is told by impossible dates alone: those that are nearly right have no vote', () => {
    const nearlyRight = [dated('A', -5), dated('B', -5), dated('C', -1), dated('D', 0), dated('E', 4)];
    expect(dateShiftOf([...nearlyRight, dated('F', -hour)], now)).toBe(-hour);
  });

  it.each([
    ['dates in the future', [dated('A', 3 * hour), dated('B', 3 * hour + 2)], 3 * hour],
    ['dates as far off as two timezones can be', [dated('A', -26 * hour)], -26 * hour],
    ['dates before the write', [dated('A', -5.5 * hour)], -5.5 * hour],
    ['one proof among secrets that were written long ago', [dated('A', 3 * hour), ours('B')], 3 * hour],
    ['what most proofs agree on', [dated('A', -hour), dated('B', -hour), dated('C', -2 * hour)], -hour],
    [
      'nothing from markers that have it already',
      [ours('A', { writtenAt: now + hour }, { modifiedAt: now + 2 * hour })],
      0,
    ],
    ['nothing where all agrees', [dated('A', 0), dated('B', 1)], 0],
    ['nothing where a change by hand explains it', [dated('A', 480), dated('B', 300)], 0],
    ['nothing for a distance that no timezone has', [dated('A', -1234)], 0],
    ['nothing for a distance that lies beyond all timezones', [dated('A', -27 * hour)], 0],
    [
      'nothing for secrets without a marker of ours',
      [stranger('A', { modifiedAt: now + hour }), damaged('B')],
      0,
    ],
    ['nothing without dates', [dated('A', 0, { modifiedAt: undefined })], 0],
    ['nothing without secrets', [], 0],
  ])('%s', (_, secrets, expected) => {
    expect(dateShiftOf(secrets, now)).toBe(expected);
  });

  it('is not asked of secrets without a date', () => {
    const undated = dated('A', 0, { modifiedAt: undefined, dateShift: hour });
    expect(isTimeShifted(marker({ writtenAt: written }), undated)).toBe(false);
    expect(isTouched(marker({ writtenAt: written }), undated)).toBe(false);
    expect(isTouched(marker({ writtenAt: written }), { ...undated, knownGoodAt: written })).toBe(false);
  });

  it('shows in which markers it is missing', () => {
    const dateShift = 3 * hour;
    const own = marker({ writtenAt: written });
    expect(isTimeShifted(own, dated('A', 3 * hour, { dateShift }))).toBe(true);
    expect(isTimeShifted(own, dated('A', 0, { dateShift }))).toBe(false);
    expect(isTimeShifted(own, dated('A', 3 * hour))).toBe(false);
  });
});

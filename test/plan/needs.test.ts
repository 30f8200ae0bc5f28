// Which values must be read before a plan can be made, and that none is where nothing changed.
import { describe, expect, it } from 'vitest';
import { sourceValuesNeeded, targetValuesNeeded } from '../../src/plan/needs.ts';
import type { Desired } from '../../src/secret/desired.ts';
import { damaged, held, now, ours, rules, stranger, wanted } from './builders.ts';

describe('what must be read', () => {
  const state = (...secrets: Desired[]) => ({ secrets, scopes: [] });

  it('is nothing when nothing changed', () => {
    const actual = [ours('A'), stranger('B'), ours('C', { owner: 'them' })];
    const desired = state(wanted('A'), wanted('B'), wanted('C'));
    expect(targetValuesNeeded(desired, actual, rules())).toEqual([]);
    expect(sourceValuesNeeded(desired, actual, rules())).toEqual([]);
  });

  it.each([
    ['modified long after the marker', ours('A', {}, { modifiedAt: now }), {}, true],
    ['modified a moment after the marker', ours('A', { writtenAt: now - 3 }, { modifiedAt: now }), {}, false],
    [
      'modified, and known to be right since',
      ours('A', {}, { modifiedAt: now, knownGoodAt: now }),
      {},
      false,
    ],
    [
      'modified within the tolerance, but seen before',
      ours('A', { writtenAt: now }, { modifiedAt: now + 1, knownGoodAt: now }),
      {},
      true,
    ],
    ['a marker of another key', ours('A', { keyTag: 'old' }), {}, true],
    ['drift off', ours('A', {}, { modifiedAt: now }), { drift: 'off' } as const, false],
    ['drift values', ours('A'), { drift: 'values' } as const, true],
    ['unowned, and it may be adopted', stranger('A'), { onConflict: 'adopt-if-equal' } as const, true],
    ['another owner', ours('A', { owner: 'them' }, { modifiedAt: now }), {}, false],
  ])('of the target: %s', (_, actual, changes, isNeeded) => {
    expect(targetValuesNeeded(state(wanted('A')), [actual], rules(changes))).toEqual(
      isNeeded ? [actual.id] : [],
    );
  });

  it('of the target is nothing that is not wanted, whoever touched it', () => {
    const touched = ['A', 'B'].map((name, index) => ours(name, {}, { id: index + 1, modifiedAt: now }));
    expect(targetValuesNeeded(state(wanted('A')), touched, rules())).toEqual([1]);
    expect(targetValuesNeeded(state(held('A')), touched, rules())).toEqual([]);
  });

  it.each([
    ['not there', undefined, wanted('A'), ['A']],
    ['another revision', ours('A'), wanted('A', { revision: 'newer' }), ['A']],
    ['the target has another value', ours('A', {}, { fingerprint: 'other' }), wanted('A'), ['A']],
    ['the target has the marker’s value', ours('A', {}, { fingerprint: 'fingerprint-01' }), wanted('A'), []],
    ['damaged', damaged('A'), wanted('A', { revision: 'newer' }), []],
  ])('of the source: %s', (_, actual, desired, needed) => {
    expect(sourceValuesNeeded(state(desired), actual === undefined ? [] : [actual], rules())).toEqual(needed);
  });
});

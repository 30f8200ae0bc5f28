// When desired and actual name the same secrets, and that nothing is created or pruned then.
import { describe, expect, it } from 'vitest';
import { nameTheSame } from '../../src/plan/alike.ts';
import { absent, damaged, held, ours, stranger, wanted } from './builders.ts';

const same = (
  secrets: Parameters<typeof nameTheSame>[0]['secrets'],
  actual: Parameters<typeof nameTheSame>[1],
) => nameTheSame({ secrets, scopes: [] }, actual);

describe('desired and actual name the same secrets', () => {
  it('when there are none', () => expect(same([], [])).toBe(true));
  it('when each that is wanted is there', () =>
    expect(same([wanted('A'), wanted('B')], [ours('B'), ours('A')])).toBe(true));
  it('when others than ours are there as well', () =>
    expect(same([wanted('A')], [ours('A'), stranger('B')])).toBe(true));
});

describe('they do not', () => {
  it.each([
    ['when one that is wanted is missing', [wanted('A'), wanted('B')], [ours('A')]],
    ['when one with our mark is too much', [wanted('A')], [ours('A'), ours('B')]],
    ['when one with a mark of another is too much', [wanted('A')], [ours('A'), ours('B', { owner: 'them' })]],
    ['when one with a damaged mark is too much', [wanted('A')], [ours('A'), damaged('B')]],
    ['when one is known to be absent', [wanted('A'), absent('B')], [ours('A'), ours('B')]],
    ['when nobody can tell of one', [wanted('A'), held('B')], [ours('A'), ours('B')]],
    ['when one stands there twice', [wanted('A')], [ours('A'), { ...ours('A'), id: 99 }]],
  ])('%s', (_, secrets, actual) => {
    expect(same(secrets, actual)).toBe(false);
  });
});

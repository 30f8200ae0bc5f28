// Which secret a name means where there are two of it, were there ever: ours, then the older one, in any order.
import { describe, expect, it } from 'vitest';
import { actualByName, countOwned, isOwned } from '../../src/plan/owned.ts';
import { damaged, ours, stranger } from './builders.ts';

describe('a name that two secrets share', () => {
  it.each([
    ['the older one of ours', [ours('A', {}, { id: 1 }), ours('A', {}, { id: 2 })]],
    ['the older one of strangers', [stranger('A', { id: 1 }), stranger('A', { id: 2 })]],
    ['ours, be it older', [ours('A', {}, { id: 1 }), stranger('A', { id: 2 })]],
    ['ours, be it younger', [ours('A', {}, { id: 3 }), stranger('A', { id: 2 }), damaged('A', { id: 1 })]],
    ['ours, and not another owner’s', [ours('A', {}, { id: 2 }), ours('A', { owner: 'them' }, { id: 1 })]],
  ])('means %s', (_, secrets) => {
    for (const actual of [secrets, secrets.toReversed()])
      expect([...actualByName(actual, 'us').values()]).toEqual([secrets[0]]);
  });
});

describe('what is ours', () => {
  it('carries the intact marker of this owner', () => {
    const actual = [ours('A'), ours('B', { owner: 'them' }), damaged('C'), stranger('D')];
    expect(actual.map((secret) => isOwned(secret, 'us'))).toEqual([true, false, false, false]);
    expect(countOwned(actual, 'us')).toBe(1);
  });
});

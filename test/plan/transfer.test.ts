// Moving secrets to another owner: what changes in the marker, what does not, and what is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownersOf, planTransfer } from '../../src/plan/transfer.ts';
import type { Actual } from '../../src/secret/actual.ts';
import type { Marker } from '../../src/secret/marker.ts';
import { damaged, marker, now, ours, place, rules, stranger } from './builders.ts';

const theirs = (name: string, changes: Partial<Marker> = {}, more: Partial<Actual> = {}) =>
  ours(name, { owner: 'them', ...changes }, more);

function decisions(actual: readonly Actual[], names: readonly string[] = [], owner = 'us') {
  const plan = planTransfer(place, actual, rules({ owner }), { from: 'them', names: new Set(names) });
  return [...plan.changes, ...plan.standing];
}

describe('a transfer', () => {
  it('takes every secret of that owner, and leaves all others', () => {
    const actual = [theirs('A'), ours('B'), ours('C', { owner: 'else' }), stranger('D'), damaged('E')];
    expect(decisions(actual)).toMatchObject([
      {
        kind: 'update',
        part: 'description',
        name: 'A',
        reason: 'foreign-owner',
        detail: 'owner them becomes us',
      },
      { kind: 'none', name: 'B', reason: 'already-ours' },
      { kind: 'none', name: 'C', reason: 'not-ours' },
      { kind: 'none', name: 'D', reason: 'not-ours' },
      { kind: 'hold', name: 'E', reason: 'marker-damaged' },
    ]);
  });

  it('keeps to the names given, and says of each that it cannot take why', () => {
    const actual = [
      theirs('A'),
      ours('B'),
      ours('C', { owner: 'else' }),
      stranger('D'),
      damaged('E'),
      theirs('F'),
    ];
    expect(decisions(actual, ['A', 'B', 'C', 'D', 'E'])).toMatchObject([
      { kind: 'update', name: 'A' },
      { kind: 'skip', name: 'B', reason: 'already-ours' },
      { kind: 'conflict', name: 'C', reason: 'foreign-owner', detail: 'owner else' },
      { kind: 'conflict', name: 'D', reason: 'unowned' },
      { kind: 'conflict', name: 'E', reason: 'marker-damaged' },
    ]);
  });

  it('changes the owner, and no other field of the marker', () => {
    const fields = fc.record({
      revision: fc.stringMatching(/^[\w-]{8}$/),
      fingerprint: fc.stringMatching(/^[\w-]{14}$/),
      keyTag: fc.stringMatching(/^[\w-]{3}$/),
      origin: fc.stringMatching(/^[\w-]{10}$/),
      absentSince: fc.nat(now),
    });
    fc.assert(
      fc.property(fields, (changes) => {
        const { writtenAt: _writtenAt, ...kept } = marker({ ...changes, owner: 'us' });
        const [decision] = decisions([theirs('A', changes)]);
        expect(decision).toMatchObject({ marker: kept, text: 'text' });
      }),
    );
  });

  it('counts what is ours already', () => {
    const actual = [theirs('A'), ours('B'), stranger('C')];
    const plan = planTransfer(place, actual, rules(), { from: 'them', names: new Set() });
    expect(plan).toMatchObject({ ownedCount: 1, wantedCount: 0 });
  });

  const writtenAt = now - 3600;
  it.each([
    ['nobody touched it: the time of this write', { modifiedAt: writtenAt + 5 }, undefined],
    [
      'somebody touched it: the old time, so that the next pass looks',
      { modifiedAt: writtenAt + 6 },
      writtenAt,
    ],
    ['no time is told: the time of this write', { modifiedAt: undefined }, undefined],
  ])('%s', (_, more, expected) => {
    const [decision] = decisions([theirs('A', { writtenAt }, more)]);
    const written = decision !== undefined && 'marker' in decision ? decision.marker.writtenAt : 'none';
    expect(written).toBe(expected);
  });

  it('refuses a text that does not fit behind the longer owner, with the numbers', () => {
    const described = (length: number): Partial<Actual> => ({
      described: { ownership: 'marked', marker: marker({ owner: 'them' }), text: 'x'.repeat(length) },
    });
    const owner = 'a-much-longer-owner';
    const room = 200 - 63 - owner.length - 1;
    const fits = ours('A', {}, described(room));
    const isTooLong = ours('B', {}, described(room + 1));
    expect(decisions([fits, isTooLong], [], owner)).toMatchObject([
      { kind: 'update', name: 'A' },
      {
        kind: 'hold',
        name: 'B',
        reason: 'invalid',
        problem: {
          code: 'secret-invalid',
          message: `the description has ${room + 1} characters`,
          hint: `Behind the marker of owner ${owner} there is room for ${room}.`,
        },
      },
    ]);
  });
});

describe('owners', () => {
  it('are counted by their intact markers', () => {
    const actual = [theirs('A'), ours('B'), theirs('C'), stranger('D'), damaged('E')];
    expect([...ownersOf(actual)]).toEqual([
      ['them', 2],
      ['us', 1],
    ]);
  });
});

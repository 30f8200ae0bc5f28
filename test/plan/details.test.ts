// What decisions say beyond their kind and reason, and the small differences that must not go unseen.
import { describe, expect, it } from 'vitest';
import { sourceValuesNeeded, targetValuesNeeded } from '../../src/plan/needs.ts';
import { planApplication } from '../../src/plan/plan.ts';
import type { Rules } from '../../src/plan/rules.ts';
import type { Actual } from '../../src/secret/actual.ts';
import type { Desired } from '../../src/secret/desired.ts';
import { damaged, now, ours, place, rules, stranger, wanted } from './builders.ts';

const hour = 3600;

function decide(desired: Desired, actual: Actual, changes: Partial<Rules> = {}) {
  const plan = planApplication(place, { secrets: [desired], scopes: [] }, [actual], rules(changes));
  return [...plan.changes, ...plan.standing][0];
}

describe('a conflict about a secret without a marker', () => {
  const wish = wanted('A', { fingerprint: 'fingerprint-02' });
  const theirs = stranger('A', { fingerprint: 'fingerprint-01' });

  it('says which setting keeps it', () => {
    expect(decide(wish, theirs)).toMatchObject({ kind: 'conflict', detail: 'onConflict: skip' });
  });

  it('says that the values differ', () => {
    expect(decide(wish, theirs, { onConflict: 'adopt-if-equal' })).toMatchObject({
      kind: 'conflict',
      detail: 'its value differs',
    });
  });

  it('never takes an unread value for an equal one', () => {
    const unread = wanted('A');
    expect(decide(unread, stranger('A'), { onConflict: 'adopt-if-equal' })).toMatchObject({
      kind: 'conflict',
    });
    expect(decide(unread, stranger('A'), { onConflict: 'overwrite' })).toMatchObject({ kind: 'update' });
    expect(decide(wish, stranger('A', { fingerprint: 'fingerprint-02' }))).toMatchObject({
      kind: 'conflict',
    });
  });
});

describe('a marker that differs in one thing alone', () => {
  it.each([
    ['the key', { keyTag: 'old' }],
    ['the origin', { origin: '----othert' }],
    ['the absence', { absentSince: now - 10 }],
  ])('%s is written anew, without the value', (_, changes) => {
    const read = { fingerprint: 'fingerprint-01', knownGoodAt: now - hour };
    const decision = decide(wanted('A', { fingerprint: 'fingerprint-01' }), ours('A', changes, read));
    expect(decision).toMatchObject({ kind: 'update', part: 'description', detail: undefined });
  });
});

describe('the time in a marker', () => {
  const touched = ours(
    'A',
    { writtenAt: now - hour },
    { modifiedAt: now - 60, fingerprint: 'fingerprint-01' },
  );
  const shifted = ours('A', { writtenAt: now - hour }, { modifiedAt: now + hour, dateShift: 2 * hour });

  it('is renewed where the secret was touched and its value was read and is right', () => {
    const decision = decide(wanted('A'), touched);
    expect(decision).toMatchObject({ part: 'description', detail: 'touched since, and its value is right' });
    expect(decision).toHaveProperty('marker', expect.not.objectContaining({ writtenAt: expect.anything() }));
  });

  it('is renewed by the dates of the server where these are in another timezone', () => {
    expect(decide(wanted('A'), shifted)).toMatchObject({
      part: 'description',
      detail: 'the dates of Voximplant are in another timezone',
      marker: { writtenAt: now + 2 * hour, fingerprint: 'fingerprint-01' },
    });
  });

  it.each([
    ['its value was not read', { ...touched, fingerprint: undefined }, {}],
    ['nobody touched it', ours('A', {}, { fingerprint: 'fingerprint-01' }), {}],
    ['this process knows it', { ...touched, knownGoodAt: now - 60 }, {}],
    ['this process knows it, in another timezone', { ...shifted, knownGoodAt: now + hour }, {}],
    ['drift is not looked for', touched, { drift: 'off' } as const],
    ['drift is looked for in values', touched, { drift: 'values' } as const],
  ])('is left alone where %s', (_, actual, changes) => {
    expect(decide(wanted('A'), actual, changes)).toMatchObject({ kind: 'none', reason: 'in-sync' });
  });
});

describe('values are needed', () => {
  const needs = (actual: Actual, changes: Partial<Rules> = {}) => {
    const state = { secrets: [wanted('A', { revision: 'newer' })], scopes: [] };
    return [
      targetValuesNeeded(state, [actual], rules(changes)).length,
      sourceValuesNeeded(state, [actual], rules(changes)).length,
    ];
  };
  const both = { onConflict: 'overwrite' } as const;

  it.each([
    ['of what is ours and has changed, on the side of the source', ours('A'), {}, [0, 1]],
    ['of what is under another key, on both sides', ours('A', { keyTag: 'old' }), {}, [1, 1]],
    ['of what may be taken over, on both sides', stranger('A'), both, [1, 1]],
    ['of a stranger that is left alone, on none', stranger('A'), {}, [0, 0]],
    ['of a damaged one, on none', damaged('A'), both, [0, 0]],
    ['of a foreign one, on none', ours('A', { owner: 'them' }), both, [0, 0]],
  ])('%s', (_, actual, changes, expected) => {
    expect(needs(actual, changes)).toEqual(expected);
  });

  it('of an unchanged one under another key, on the side of the source too', () => {
    const state = { secrets: [wanted('A')], scopes: [] };
    expect(sourceValuesNeeded(state, [ours('A', { keyTag: 'old' })], rules())).toEqual(['A']);
    expect(sourceValuesNeeded(state, [ours('A')], rules())).toEqual([]);
  });
});

// A source secret that goes by another name: the old one stays until the new one is in place.
import { describe, expect, it } from 'vitest';
import { planApplication } from '../../src/plan/plan.ts';
import type { Actual } from '../../src/secret/actual.ts';
import type { Desired } from '../../src/secret/desired.ts';
import { absent, damaged, held, originOf, ours, place, rules, stranger, wanted } from './builders.ts';

const old = originOf('OLD');
const moved = (changes = {}) => wanted('NEW', { origin: old, fingerprint: 'fingerprint-01', ...changes });
const waiting = { kind: 'hold', reason: 'move-unfinished', detail: 'NEW is not in place yet' };
const marked = { kind: 'update', reason: 'prune-grace' };
const gone = { kind: 'delete', reason: 'no-longer-desired' };

/** A secret of the mapping that cannot be read, and whose first reference is the source secret of `OLD`. */
function unread(name: string) {
  const secret = held(name);
  return { ...secret, from: held('OLD').from };
}

describe('a secret whose source secret goes by another name', () => {
  it.each<[string, Desired, Actual | undefined, number, object]>([
    ['is about to be created', moved(), undefined, 900, waiting],
    ['is about to be created, and there is no grace', moved(), undefined, 0, gone],
    ['is there', moved(), ours('NEW', { origin: old }), 900, marked],
    ['is there, and there is no grace', moved(), ours('NEW', { origin: old }), 0, gone],
    ['is there, and its source cannot be read now', unread('NEW'), ours('NEW', { origin: old }), 900, marked],
    ['cannot be read', unread('NEW'), undefined, 0, waiting],
    ['holds the value of another source secret still', moved(), ours('NEW'), 0, waiting],
    ['cannot be read, and holds another value', unread('NEW'), ours('NEW'), 0, waiting],
    ['is a stranger', moved(), stranger('NEW'), 0, waiting],
    ['is another owner’s', moved(), ours('NEW', { origin: old, owner: 'them' }), 0, waiting],
    ['is damaged', moved(), damaged('NEW'), 0, waiting],
    ['is gone too', { ...absent('NEW'), from: absent('OLD').from }, undefined, 900, marked],
    ['stands for another source secret', wanted('NEW', { fingerprint: 'f' }), undefined, 900, marked],
  ])('where the new one %s', (_, desired, actual, graceSeconds, expected) => {
    const present = [ours('OLD'), ...(actual === undefined ? [] : [actual])];
    const plan = planApplication(place, { secrets: [desired], scopes: [] }, present, rules({ graceSeconds }));
    const decisions = [...plan.changes, ...plan.standing];
    expect(decisions.find(({ name }) => name === 'OLD')).toMatchObject(expected);
  });

  it('waits for the last of them', () => {
    const fields = ['ONE', 'TWO', 'NEW'].map((name) => wanted(name, { origin: old }));
    const present = [ours('OLD'), ours('ONE', { origin: old }), ours('TWO', { origin: old })];
    const plan = planApplication(place, { secrets: fields, scopes: [] }, present, rules());
    expect(plan.standing).toContainEqual(expect.objectContaining(waiting));
  });

  it('waits also where its mark was set before', () => {
    const present = [ours('OLD', { absentSince: 1 })];
    const plan = planApplication(place, { secrets: [moved()], scopes: [] }, present, rules());
    expect(plan.standing).toMatchObject([waiting]);
  });
});

// What proves an absence, said in words, and what looks like a proof and is none.
import { describe, expect, it } from 'vitest';
import { planApplication } from '../../src/plan/plan.ts';
import type { Rules } from '../../src/plan/rules.ts';
import type { Actual } from '../../src/secret/actual.ts';
import type { Desired, DiscoveryScope } from '../../src/secret/desired.ts';
import { formatOrigin } from '../../src/secret/origin.ts';
import { absent, held, now, ours, place, rules, scope } from './builders.ts';

const found = ours('A', { origin: formatOrigin('disc', 'path-1') });
const settled = scope({ settled: new Set(['path-1']) });
const unsettled = scope({ settled: new Set(['path-2']) });

interface Given {
  readonly secrets?: readonly Desired[];
  readonly scopes?: readonly DiscoveryScope[];
}

function decisionOf(actual: Actual, { secrets = [], scopes = [] }: Given, changes: Partial<Rules> = {}) {
  const plan = planApplication(place, { secrets, scopes }, [actual], rules({ graceSeconds: 0, ...changes }));
  return [...plan.changes, ...plan.standing].find(({ name }) => name === actual.name);
}

describe('a secret that nothing wants', () => {
  it.each<[string, Actual, readonly DiscoveryScope[], string]>([
    ['no mapping names any more', ours('A'), [], 'no mapping names it'],
    ['no mapping names any more, beside discoveries', ours('A'), [unsettled], 'no mapping names it'],
    ['whose discovery is gone', found, [], 'its discovery is not in the config any more'],
    [
      'whose discovery is gone, and another one is not',
      found,
      [scope({ selector: 'else' })],
      'its discovery is not in the config any more',
    ],
    [
      'whose source secret its discovery settled',
      found,
      [settled],
      'its source secret is gone, or stands for another name',
    ],
    [
      'whose source secret its discovery settled, and no other one did',
      found,
      [scope({ selector: 'else' }), settled],
      'its source secret is gone, or stands for another name',
    ],
  ])('%s is deleted, and the proof is told', (_, actual, scopes, detail) => {
    expect(decisionOf(actual, { scopes })).toMatchObject({ kind: 'delete', detail });
  });

  it.each<[string, readonly DiscoveryScope[]]>([
    ['another source secret is settled', [unsettled]],
    ['only another discovery settled it', [scope(), { ...settled, selector: 'else' }]],
    ['one of two mappings with its discovery settled it', [settled, unsettled]],
    ['one of two mappings with its discovery is complete', [scope({ isAuthoritative: true }), scope()]],
  ])('stays where %s', (_, scopes) => {
    expect(decisionOf(found, { scopes })).toMatchObject({ kind: 'hold', reason: 'absence-unproven' });
  });

  it('is not held by what has no name yet and is only called like it', () => {
    const nameless = { ...held('A'), isNameless: true };
    expect(decisionOf(ours('A'), { secrets: [nameless] })).toMatchObject({ kind: 'delete' });
  });
});

describe('a secret that is made from several', () => {
  const [first, second] = [absent('A').from.references[0]!, { source: 'local', secret: 'b' }];

  it.each([
    ['first', [first, second]],
    ['second', [second, first]],
  ])('and came from the %s of them goes when they are gone', (_, references) => {
    const gone = { ...absent('A'), from: { ...absent('A').from, references } };
    expect(decisionOf(ours('A'), { secrets: [gone] })).toMatchObject({
      kind: 'delete',
      detail: 'its source secret is gone',
    });
  });
});

describe('the grace', () => {
  it('counts from the very second in which the absence was noted', () => {
    const noted = ours('A', { absentSince: now });
    expect(decisionOf(noted, {}, { graceSeconds: 900 })).toMatchObject({
      kind: 'hold',
      reason: 'prune-grace',
      detail: 'no mapping names it; due 2027-01-15 08:15:00 UTC',
    });
  });

  it('counts anew where it was noted by a clock that ran ahead', () => {
    const ahead = ours('A', { absentSince: now + 1 });
    expect(decisionOf(ahead, {}, { graceSeconds: 900 })).toMatchObject({
      kind: 'update',
      reason: 'prune-grace',
      marker: { absentSince: now },
    });
  });
});

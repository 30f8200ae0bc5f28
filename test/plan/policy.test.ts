// What each policy takes out of a plan, and what it says of it.
import { describe, expect, it } from 'vitest';
import { planApplication } from '../../src/plan/plan.ts';
import { applyPolicy } from '../../src/plan/policy.ts';
import type { Policy } from '../../src/plan/rules.ts';
import { now, ours, place, rules, stranger, wanted } from './builders.ts';

/** A plan with one change of each kind. */
function samplePlan() {
  const secrets = [
    wanted('NEW'),
    wanted('ROTATED', { revision: 'newer', fingerprint: 'fingerprint-02' }),
    wanted('TEXT', { text: 'another text' }),
    wanted('TAKEN', { fingerprint: 'fingerprint-01' }),
  ];
  const actual = [
    ours('ROTATED'),
    ours('TEXT'),
    stranger('TAKEN', { fingerprint: 'fingerprint-01' }),
    ours('MARKED', { absentSince: now - 5000 }),
    ours('FRESH'),
    ours('WAITING', { absentSince: now - 100 }),
  ];
  const own = rules({ onConflict: 'adopt-if-equal', graceSeconds: 600 });
  return planApplication(place, { secrets, scopes: [] }, actual, own);
}

const under = (policy: Policy) => {
  const { changes, standing } = applyPolicy(samplePlan(), policy);
  const lines = (
    decisions: readonly { kind: string; name: string; reason: string; detail?: string | undefined }[],
  ) =>
    decisions
      .map(({ kind, name, reason, detail }) => [kind, name, reason, detail].filter(Boolean).join(' '))
      .toSorted();
  return {
    changes: lines(changes).map((line) => line.split(' ').slice(0, 2).join(' ')),
    standing: lines(standing),
  };
};

describe('a policy', () => {
  it('sync lets everything through', () => {
    expect(under('sync')).toEqual({
      changes: [
        'adopt TAKEN',
        'create NEW',
        'delete MARKED',
        'update FRESH',
        'update ROTATED',
        'update TEXT',
      ],
      standing: [expect.stringMatching(/^hold WAITING prune-grace no mapping names it; due /)],
    });
  });

  it('upsert-only leaves out deletes what announces them and the wait for them, and calls them orphans', () => {
    expect(under('upsert-only')).toEqual({
      changes: ['adopt TAKEN', 'create NEW', 'update ROTATED', 'update TEXT'],
      standing: ['FRESH', 'MARKED', 'WAITING'].map((name) => `orphan ${name} no-longer-desired`),
    });
  });

  it('create-only creates, and says what it leaves out', () => {
    expect(under('create-only')).toEqual({
      changes: ['create NEW'],
      standing: [
        'orphan FRESH no-longer-desired',
        'orphan MARKED no-longer-desired',
        'orphan WAITING no-longer-desired',
        'skip ROTATED policy-forbids update: source-changed',
        'skip TAKEN policy-forbids adopt: unowned',
        'skip TEXT policy-forbids update: description-changed',
      ],
    });
  });

  it('keeps where a change comes from, and what is wrong with it', () => {
    const plan = samplePlan();
    const rotated = applyPolicy(plan, 'create-only').standing.find(({ name }) => name === 'ROTATED');
    expect(rotated?.from).toEqual(plan.changes.find(({ name }) => name === 'ROTATED')?.from);
  });
});

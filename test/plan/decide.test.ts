// The decision table of the design, row by row.
import { describe, expect, it } from 'vitest';
import type { Actual } from '../../src/secret/actual.ts';
import type { Desired, DiscoveryScope } from '../../src/secret/desired.ts';
import type { Decision } from '../../src/plan/change.ts';
import { planApplication } from '../../src/plan/plan.ts';
import { reasons } from '../../src/plan/reason.ts';
import type { Rules } from '../../src/plan/rules.ts';
import { formatOrigin } from '../../src/secret/origin.ts';
import {
  absent,
  damaged,
  held,
  now,
  originOf,
  ours,
  place,
  rules,
  scope,
  stranger,
  wanted,
} from './builders.ts';

interface Row {
  readonly title: string;
  readonly desired?: Desired;
  readonly actual?: Actual;
  readonly scopes?: readonly DiscoveryScope[];
  readonly rules?: Partial<Rules>;
  readonly decision: Partial<Decision> & { part?: string; marker?: unknown; text?: string };
}

const found = formatOrigin('disc', 'path-1');
const other = 'fingerprint-02';
const noGrace = { graceSeconds: 0 };

const rows: readonly Row[] = [
  {
    title: 'wanted, not there',
    desired: wanted('A', { fingerprint: other }),
    decision: { kind: 'create', reason: 'missing' },
  },
  {
    title: 'wanted, agrees',
    desired: wanted('A'),
    actual: ours('A'),
    decision: { kind: 'none', reason: 'in-sync' },
  },
  {
    title: 'source has another value',
    desired: wanted('A', { revision: 'newer', fingerprint: other }),
    actual: ours('A'),
    decision: { kind: 'update', part: 'value', reason: 'source-changed' },
  },
  {
    title: 'source has another version of the same value',
    desired: wanted('A', { revision: 'newer', fingerprint: 'fingerprint-01' }),
    actual: ours('A'),
    decision: { kind: 'update', part: 'description', reason: 'description-changed' },
  },
  {
    title: 'somebody changed the value',
    desired: wanted('A', { fingerprint: 'fingerprint-01' }),
    actual: ours('A', {}, { fingerprint: other }),
    decision: { kind: 'update', part: 'value', reason: 'drifted' },
  },
  {
    title: 'somebody wrote the new value before us',
    desired: wanted('A', { revision: 'newer', fingerprint: other }),
    actual: ours('A', {}, { fingerprint: other }),
    decision: { kind: 'update', part: 'description', reason: 'description-changed' },
  },
  {
    title: 'the value is right, and the marker names another one',
    desired: wanted('A', { fingerprint: other }),
    actual: ours('A', {}, { fingerprint: other }),
    decision: {
      kind: 'update',
      part: 'description',
      marker: expect.objectContaining({ fingerprint: other }),
    },
  },
  {
    title: 'the text differs',
    desired: wanted('A', { text: 'new text' }),
    actual: ours('A'),
    decision: { kind: 'update', part: 'description', reason: 'description-changed', text: 'new text' },
  },
  {
    title: 'wanted again after it was marked absent',
    desired: wanted('A'),
    actual: ours('A', { absentSince: now - 10 }),
    decision: { kind: 'update', part: 'description', marker: expect.objectContaining({ absentSince: 0 }) },
  },
  {
    title: 'a new private key, the same value',
    desired: wanted('A', { fingerprint: other }),
    actual: ours('A', { keyTag: 'old' }, { fingerprint: other }),
    decision: { kind: 'update', part: 'description', reason: 'description-changed' },
  },
  {
    title: 'unowned, skip',
    desired: wanted('A'),
    actual: stranger('A'),
    decision: { kind: 'conflict', reason: 'unowned' },
  },
  {
    title: 'unowned, adopt-if-equal, equal',
    desired: wanted('A', { fingerprint: other }),
    actual: stranger('A', { fingerprint: other }),
    rules: { onConflict: 'adopt-if-equal' },
    decision: { kind: 'adopt', reason: 'unowned' },
  },
  {
    title: 'unowned, adopt-if-equal, not equal',
    desired: wanted('A', { fingerprint: other }),
    actual: stranger('A', { fingerprint: 'fingerprint-03' }),
    rules: { onConflict: 'adopt-if-equal' },
    decision: { kind: 'conflict', reason: 'unowned' },
  },
  {
    title: 'unowned, overwrite',
    desired: wanted('A', { fingerprint: other }),
    actual: stranger('A', { fingerprint: 'fingerprint-03' }),
    rules: { onConflict: 'overwrite' },
    decision: { kind: 'update', part: 'value', reason: 'unowned' },
  },
  {
    title: 'another owner, whatever onConflict says',
    desired: wanted('A', { fingerprint: other }),
    actual: ours('A', { owner: 'them' }),
    rules: { onConflict: 'overwrite' },
    decision: { kind: 'conflict', reason: 'foreign-owner', detail: 'owner them' },
  },
  {
    title: 'damaged, whatever onConflict says',
    desired: wanted('A', { fingerprint: other }),
    actual: damaged('A'),
    rules: { onConflict: 'overwrite' },
    decision: { kind: 'conflict', reason: 'marker-damaged' },
  },
  {
    title: 'held, there',
    desired: held('A'),
    actual: ours('A'),
    decision: { kind: 'hold', reason: 'source-unavailable' },
  },
  { title: 'held, not there', desired: held('A'), decision: { kind: 'hold', reason: 'source-unavailable' } },
  {
    title: 'proven absent, not there',
    desired: absent('A'),
    decision: { kind: 'hold', reason: 'source-missing' },
  },
  {
    title: 'proven absent, seen first',
    desired: absent('A'),
    actual: ours('A'),
    decision: {
      kind: 'update',
      part: 'description',
      reason: 'prune-grace',
      marker: expect.objectContaining({ absentSince: now }),
    },
  },
  {
    title: 'proven absent, within the grace',
    desired: absent('A'),
    actual: ours('A', { absentSince: now - 899 }),
    decision: {
      kind: 'hold',
      reason: 'prune-grace',
      problem: expect.objectContaining({ code: 'secret-not-found' }),
      detail: 'its source secret is gone; due 2027-01-15 08:00:01 UTC',
    },
  },
  {
    title: 'proven absent, after the grace',
    desired: absent('A'),
    actual: ours('A', { absentSince: now - 900 }),
    decision: { kind: 'delete', reason: 'no-longer-desired' },
  },
  {
    title: 'no grace',
    desired: absent('A'),
    actual: ours('A'),
    rules: noGrace,
    decision: { kind: 'delete', reason: 'no-longer-desired' },
  },
  {
    title: 'proven absent, and it came from another source secret',
    desired: absent('A'),
    actual: ours('A', { origin: originOf('B') }),
    rules: noGrace,
    decision: {
      kind: 'hold',
      reason: 'source-missing',
      detail: 'it came from another source secret',
      problem: expect.objectContaining({ code: 'secret-not-found' }),
    },
  },
  {
    title: 'its mapping is gone',
    actual: ours('A'),
    rules: noGrace,
    decision: { kind: 'delete', reason: 'no-longer-desired' },
  },
  {
    title: 'its discovery is gone',
    actual: ours('A', { origin: found }),
    rules: noGrace,
    decision: { kind: 'delete', reason: 'no-longer-desired' },
  },
  {
    title: 'its mapping is gone, and a discovery that may want it cannot be read',
    actual: ours('A'),
    scopes: [scope({ isResolved: false })],
    rules: noGrace,
    decision: { kind: 'hold', reason: 'absence-unproven' },
  },
  {
    title: 'its discovery was changed, and the new one cannot be read',
    actual: ours('A', { origin: formatOrigin('past', 'path-1') }),
    scopes: [scope({ isResolved: false })],
    rules: noGrace,
    decision: { kind: 'hold', reason: 'absence-unproven' },
  },
  {
    title: 'its discovery is there, and nothing proves',
    actual: ours('A', { origin: found }),
    scopes: [scope()],
    rules: noGrace,
    decision: { kind: 'hold', reason: 'absence-unproven' },
  },
  {
    title: 'its discovery saw the source secret gone',
    actual: ours('A', { origin: found }),
    scopes: [scope({ settled: new Set(['path-1']) })],
    rules: noGrace,
    decision: { kind: 'delete', reason: 'no-longer-desired' },
  },
  {
    title: 'its discovery is complete by nature',
    actual: ours('A', { origin: found }),
    scopes: [scope({ isAuthoritative: true })],
    rules: noGrace,
    decision: { kind: 'delete', reason: 'no-longer-desired' },
  },
  {
    title: 'its discovery could not be read',
    actual: ours('A', { origin: found }),
    scopes: [scope({ isResolved: false, isAuthoritative: true, settled: new Set(['path-1']) })],
    rules: noGrace,
    decision: { kind: 'hold', reason: 'absence-unproven' },
  },
  {
    title: 'not ours, unmarked',
    actual: stranger('A'),
    rules: noGrace,
    decision: { kind: 'none', reason: 'not-ours' },
  },
  {
    title: 'not ours, marked',
    actual: ours('A', { owner: 'them' }),
    rules: noGrace,
    decision: { kind: 'none', reason: 'not-ours' },
  },
  {
    title: 'not wanted, damaged',
    actual: damaged('A'),
    rules: noGrace,
    decision: { kind: 'hold', reason: 'marker-damaged' },
  },
];

describe('the decision table', () => {
  it.each(rows)('$title', ({ desired, actual, scopes = [], rules: changes, decision }) => {
    const state = { secrets: desired === undefined ? [] : [desired], scopes };
    const plan = planApplication(place, state, actual === undefined ? [] : [actual], rules(changes));
    expect([...plan.changes, ...plan.standing]).toEqual([
      expect.objectContaining({ name: 'A', ...decision }),
    ]);
  });

  it('has a row for every reason but those of policy, guard, reading and taking over', () => {
    const elsewhere = new Set([
      'move-unfinished',
      'policy-forbids',
      'guard-refused',
      'target-unavailable',
      'invalid',
      'already-ours',
    ]);
    const covered = new Set<string | undefined>(rows.map(({ decision }) => decision.reason));
    expect(Object.keys(reasons).filter((reason) => !elsewhere.has(reason) && !covered.has(reason))).toEqual(
      [],
    );
  });
});

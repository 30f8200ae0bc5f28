// Taking over by name: the table of plan/takeover.ts, row by row, and what it must not look at.
import { describe, expect, it } from 'vitest';
import { sourceValuesNeeded, targetValuesNeeded } from '../../src/plan/needs.ts';
import { planTakeover } from '../../src/plan/takeover.ts';
import type { Policy } from '../../src/plan/rules.ts';
import type { Actual } from '../../src/secret/actual.ts';
import type { Desired, DiscoveryScope } from '../../src/secret/desired.ts';
import { absent, damaged, held, ours, place, rules, stranger, wanted } from './builders.ts';

const value = 'fingerprint-02';
const other = 'fingerprint-03';
const adopting = new Set(['A']);
const unread: DiscoveryScope = {
  selector: 'disc',
  isResolved: false,
  isAuthoritative: false,
  settled: new Set(),
};

interface Row {
  readonly title: string;
  readonly desired?: Desired;
  readonly actual?: Actual;
  readonly decision: Readonly<Record<string, unknown>> | undefined;
}

const right = wanted('A', { fingerprint: value });
const rows: readonly Row[] = [
  {
    title: 'damaged, its value is right',
    desired: right,
    actual: damaged('A', { fingerprint: value }),
    decision: { kind: 'adopt', reason: 'marker-damaged', text: 'text' },
  },
  {
    title: 'damaged, its value differs',
    desired: right,
    actual: damaged('A', { fingerprint: other }),
    decision: {
      kind: 'update',
      part: 'value',
      reason: 'marker-damaged',
      detail: 'its value differs, and the source decides',
    },
  },
  {
    title: 'unmarked, its value is right',
    desired: right,
    actual: stranger('A', { fingerprint: value }),
    decision: { kind: 'adopt', reason: 'unowned' },
  },
  {
    title: 'unmarked, its value differs',
    desired: right,
    actual: stranger('A', { fingerprint: other }),
    decision: { kind: 'update', part: 'value', reason: 'unowned' },
  },
  {
    title: 'its value cannot be read',
    desired: right,
    actual: damaged('A', { problem: { code: 'target-unreachable', message: 'm', hint: 'h' } }),
    decision: { kind: 'hold', reason: 'target-unavailable' },
  },
  {
    title: "another owner's",
    desired: right,
    actual: ours('A', { owner: 'them' }),
    decision: { kind: 'conflict', reason: 'foreign-owner', detail: 'owner them' },
  },
  {
    title: 'ours, and its source has moved on',
    desired: wanted('A', { revision: 'newer', fingerprint: value }),
    actual: ours('A'),
    decision: { kind: 'skip', reason: 'already-ours' },
  },
  {
    title: 'ours, and not wanted',
    actual: ours('A'),
    decision: { kind: 'skip', reason: 'already-ours' },
  },
  {
    title: 'not there',
    desired: right,
    decision: {
      kind: 'skip',
      reason: 'missing',
      detail: 'there is nothing to take over; `voxsync sync` creates it',
    },
  },
  {
    title: 'held',
    desired: held('A'),
    actual: damaged('A'),
    decision: { kind: 'hold', reason: 'source-unavailable' },
  },
  {
    title: 'gone from its source',
    desired: absent('A'),
    actual: damaged('A'),
    decision: { kind: 'hold', reason: 'source-missing' },
  },
  { title: 'damaged, wanted by nothing', actual: damaged('A'), decision: undefined },
  { title: 'unmarked, wanted by nothing', actual: stranger('A'), decision: undefined },
];

describe('taking over', () => {
  it.each(rows)('$title', ({ desired, actual, decision }) => {
    const state = { secrets: desired === undefined ? [] : [desired], scopes: [] };
    const plan = planTakeover(place, state, actual === undefined ? [] : [actual], rules({ adopting }));
    expect([...plan.changes, ...plan.standing]).toMatchObject(
      decision === undefined ? [] : [{ name: 'A', ...decision }],
    );
  });

  it('gives the marker that a sync would have written', () => {
    const { changes } = planTakeover(
      place,
      { secrets: [right], scopes: [] },
      [damaged('A', { fingerprint: value })],
      rules({ adopting }),
    );
    expect(changes).toMatchObject([
      { marker: { owner: 'us', revision: 'revision', fingerprint: value, keyTag: 'key', absentSince: 0 } },
    ]);
  });

  it('leaves every other name out of the plan', () => {
    const desired = [right, wanted('NEW', { fingerprint: value }), wanted('B', { revision: 'newer' })];
    const actual = [damaged('A', { fingerprint: value }), ours('B'), ours('GONE'), damaged('C')];
    const plan = planTakeover(place, { secrets: desired, scopes: [] }, actual, rules({ adopting }));
    expect([...plan.changes, ...plan.standing].map(({ name }) => name)).toEqual(['A']);
    expect(plan).toMatchObject({ ownedCount: 2, wantedCount: 3, refusals: [] });
  });

  it('holds a name that an unread discovery may want', () => {
    const state = { secrets: [held('prefix*')], scopes: [unread] };
    const plan = planTakeover(place, state, [damaged('A')], rules({ adopting }));
    expect(plan.standing).toMatchObject([
      { kind: 'hold', name: 'A', reason: 'source-unavailable', problem: { message: 'no answer' } },
    ]);
  });

  it.each<Policy>(['create-only', 'upsert-only', 'sync'])('is not held back by policy %s', (policy) => {
    const state = { secrets: [right], scopes: [] };
    const actual = [damaged('A', { fingerprint: other })];
    expect(planTakeover(place, state, actual, rules({ adopting, policy })).changes).toHaveLength(1);
  });

  it('needs the values of what it takes over, and no other', () => {
    const names = new Set(['A', 'B', 'C', 'NEW', 'NOWHERE']);
    const desired = ['A', 'B', 'C', 'D', 'E', 'NEW'].map((name) => wanted(name, { revision: 'newer' }));
    const actual = [damaged('A'), stranger('B'), ours('C', { keyTag: 'old' }), stranger('D'), ours('E')];
    const asked = rules({ adopting: names, onConflict: 'overwrite', drift: 'values' });
    const state = { secrets: desired, scopes: [] };
    const ids = new Set(targetValuesNeeded(state, actual, asked));
    expect(actual.filter(({ id }) => ids.has(id)).map(({ name }) => name)).toEqual(['A', 'B']);
    expect(sourceValuesNeeded(state, actual, asked)).toEqual(['A', 'B']);
  });
});

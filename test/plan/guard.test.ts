// The guard: what is too much at once, and the acknowledgement that lets exactly that through.
import { describe, expect, it } from 'vitest';
import { guardApplication } from '../../src/plan/guard.ts';
import { composePlan, planApplication } from '../../src/plan/plan.ts';
import { now, ours, place, rules, wanted } from './builders.ts';

const noGrace = { graceSeconds: 0 };
const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `S${String(index).padStart(3, '0')}`);

function planOf(keep: number, remove: number, update = 0) {
  const all = names(keep + remove + update);
  const updated = all
    .slice(0, update)
    .map((name) => wanted(name, { revision: 'newer', fingerprint: 'fingerprint-02' }));
  const kept = all.slice(update, update + keep).map((name) => wanted(name));
  return planApplication(
    place,
    { secrets: [...updated, ...kept], scopes: [] },
    all.map((name) => ours(name)),
    rules(noGrace),
  );
}

function guarded(plan: ReturnType<typeof planOf>, guard: Parameters<typeof guardApplication>[1]['guard']) {
  const { plan: result, refused } = guardApplication(plan, { guard });
  expect(refused.length + result.changes.length).toBe(plan.changes.length);
  return {
    left: result.changes.map(({ kind }) => kind),
    refusals: result.refusals,
    held: result.standing.filter(({ reason }) => reason === 'guard-refused').length,
  };
}

describe('the guard', () => {
  it.each([
    ['as many as the count', 8, 3, { count: 3 }, false],
    ['one more than the count', 8, 4, { count: 3 }, true],
    ['exactly the percent', 7, 3, { percent: 30 }, false],
    ['more than the percent', 6, 4, { percent: 30 }, true],
    ['more than the percent of nine secrets', 5, 4, { percent: 30 }, false],
    ['no limit at all', 1, 40, {}, false],
    ['nothing desired any more', 0, 1, {}, true],
    ['a count of zero', 5, 1, { count: 0 }, true],
  ])('deletes: %s', (_, keep, remove, maxDeletes, isRefused) => {
    const { left, refusals, held: heldBack } = guarded(planOf(keep, remove), { maxDeletes, maxUpdates: {} });
    expect(left).toHaveLength(isRefused ? 0 : remove);
    expect(heldBack).toBe(isRefused ? remove : 0);
    const refusal = { kind: 'deletes', count: remove, ownedCount: keep + remove };
    expect(refusals).toMatchObject(isRefused ? [refusal] : []);
  });

  it('holds back the part that is too large, and nothing else', () => {
    const { left, refusals } = guarded(planOf(20, 2, 8), {
      maxDeletes: { count: 5 },
      maxUpdates: { count: 5 },
    });
    expect(left).toEqual(['delete', 'delete']);
    expect(refusals).toEqual([
      { kind: 'updates', count: 8, ownedCount: 30, limit: 'guard.maxUpdates.count 5' },
    ]);
  });

  it.each([
    ['deletes', () => planOf(5, 1), { maxDeletes: { count: 0 } }, 'guard.maxDeletes.count 0'],
    ['deletes', () => planOf(9, 4), { maxDeletes: { percent: 30 } }, 'guard.maxDeletes.percent 30'],
    ['deletes', () => planOf(0, 2), {}, 'nothing is desired here any more'],
    ['updates', () => planOf(9, 0, 4), { maxUpdates: { percent: 30 } }, 'guard.maxUpdates.percent 30'],
  ] as const)('tells which limit %s passed', (kind, plan, limits, limit) => {
    const { refusals } = guarded(plan(), { maxDeletes: {}, maxUpdates: {}, ...limits });
    expect(refusals).toMatchObject([{ kind, limit }]);
  });

  const strict = { guard: { maxDeletes: { count: 0 }, maxUpdates: {} } };
  const lengths = (plan: ReturnType<typeof composePlan>) =>
    plan.applications.map(({ changes }) => changes.length);

  it('lets an acknowledged plan pass whole, and no other', () => {
    const { id, applications } = composePlan([planOf(1, 9)], strict);
    expect(applications[0]?.changes).toEqual([]);
    expect(lengths(composePlan([planOf(1, 9)], strict, id))).toEqual([9]);
    expect(lengths(composePlan([planOf(1, 8)], strict, id))).toEqual([0]);
  });

  it('names what it refuses, so that the acknowledgement still fits when the rest has been applied', () => {
    const before = composePlan([planOf(20, 9, 3)], strict);
    expect(lengths(before)).toEqual([3]);
    const after = composePlan([planOf(23, 9)], strict);
    const deleted = (plan: typeof before) =>
      plan.applications.flatMap(({ standing }) =>
        standing.filter(({ reason }) => reason === 'guard-refused').map(({ name }) => name),
      );
    expect(deleted(after)).toEqual(deleted(before));
    expect(lengths(composePlan([planOf(23, 9)], strict, before.id))).toEqual([9]);
  });
});

describe('the id of a plan', () => {
  it('changes with its changes and not with the time', () => {
    const later = planApplication(
      place,
      { secrets: [wanted('A')], scopes: [] },
      [],
      rules({ now: now + 60 }),
    );
    const sooner = planApplication(place, { secrets: [wanted('A')], scopes: [] }, [], rules());
    const another = planApplication(place, { secrets: [wanted('B')], scopes: [] }, [], rules());
    expect(composePlan([later], rules()).id).toBe(composePlan([sooner], rules()).id);
    expect(composePlan([another], rules()).id).not.toBe(composePlan([sooner], rules()).id);
  });
});

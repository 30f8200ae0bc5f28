import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardApplication } from '../../src/plan/guard.ts';
import { composePlan, planApplication } from '../../src/plan/plan.ts';
import { applyPolicy } from '../../src/plan/policy.ts';
import type { Actual } from '../../src/secret/actual.ts';
import type { Desired } from '../../src/secret/desired.ts';
import { sourceValuesNeeded, targetValuesNeeded } from '../../src/plan/needs.ts';
import { absent, damaged, held, now, ours, place, rules, stranger, wanted } from './builders.ts';

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

const secretNames = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
const desiredSecrets: fc.Arbitrary<Desired> = fc.oneof(
  secretNames.map((name) => wanted(name)),
  secretNames.map((name) => wanted(name, { revision: 'newer', fingerprint: 'fingerprint-02' })),
  secretNames.map((name) => held(name)),
  secretNames.map((name) => absent(name)),
);
const actualSecrets: fc.Arbitrary<Actual> = fc.oneof(
  secretNames.map((name) => ours(name)),
  secretNames.map((name) => ours(name, { owner: 'them' })),
  secretNames.map((name) => ours(name, { absentSince: now - 5000 })),
  secretNames.map((name) => stranger(name)),
  secretNames.map((name) => damaged(name)),
);
const unique = { selector: ({ name }: { name: string }) => name };
const worlds = fc.record({
  desired: fc.uniqueArray(desiredSecrets, unique),
  actual: fc.uniqueArray(actualSecrets, unique),
});

describe('any plan', () => {
  const planned = ({ desired, actual }: { desired: readonly Desired[]; actual: readonly Actual[] }) =>
    planApplication(place, { secrets: desired, scopes: [] }, actual, rules());

  it('does not depend on the order of what it is made from', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const turned = { desired: world.desired.toReversed(), actual: world.actual.toReversed() };
        expect(composePlan([planned(turned)], rules())).toEqual(composePlan([planned(world)], rules()));
      }),
    );
  });

  it('deletes nothing that is held, wanted, damaged or not ours', () => {
    fc.assert(
      fc.property(worlds, ({ desired, actual }) => {
        const deleted = planned({ desired, actual }).changes.filter(({ kind }) => kind === 'delete');
        for (const { name } of deleted) {
          expect(desired.find((secret) => secret.name === name)?.state ?? 'absent').toBe('absent');
          expect(actual.find((secret) => secret.name === name)?.described).toMatchObject({
            marker: { owner: 'us' },
          });
        }
      }),
    );
  });

  it('allows ever more from create-only over upsert-only to sync', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const plan = planned(world);
        const [create, upsert, sync] = (['create-only', 'upsert-only', 'sync'] as const).map(
          (policy) => applyPolicy(plan, policy).changes,
        );
        expect(upsert).toEqual(expect.arrayContaining([...create!]));
        expect(sync).toEqual(expect.arrayContaining([...upsert!]));
        expect(sync).toEqual(plan.changes);
        expect(create!.every(({ kind }) => kind === 'create')).toBe(true);
        expect(upsert!.some(({ kind }) => kind === 'delete')).toBe(false);
      }),
    );
  });

  it('has an id that changes with its changes and not with the time', () => {
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

describe('what must be read', () => {
  const state = (...secrets: Desired[]) => ({ secrets, scopes: [] });

  it('is nothing when nothing changed', () => {
    const actual = [ours('A'), stranger('B'), ours('C', { owner: 'them' })];
    const desired = state(wanted('A'), wanted('B'), wanted('C'));
    expect(targetValuesNeeded(desired, actual, rules())).toEqual([]);
    expect(sourceValuesNeeded(desired, actual, rules())).toEqual([]);
  });

  it.each([
    ['modified long after the marker', ours('A', {}, { modifiedAt: now }), {}, true],
    ['modified a moment after the marker', ours('A', { writtenAt: now - 3 }, { modifiedAt: now }), {}, false],
    [
      'modified, and known to be right since',
      ours('A', {}, { modifiedAt: now, knownGoodAt: now }),
      {},
      false,
    ],
    [
      'modified within the tolerance, but seen before',
      ours('A', { writtenAt: now }, { modifiedAt: now + 1, knownGoodAt: now }),
      {},
      true,
    ],
    ['a marker of another key', ours('A', { keyTag: 'old' }), {}, true],
    ['drift off', ours('A', {}, { modifiedAt: now }), { drift: 'off' } as const, false],
    ['drift values', ours('A'), { drift: 'values' } as const, true],
    ['unowned, and it may be adopted', stranger('A'), { onConflict: 'adopt-if-equal' } as const, true],
    ['another owner', ours('A', { owner: 'them' }, { modifiedAt: now }), {}, false],
  ])('of the target: %s', (_, actual, changes, isNeeded) => {
    expect(targetValuesNeeded(state(wanted('A')), [actual], rules(changes))).toEqual(
      isNeeded ? [actual.id] : [],
    );
  });

  it.each([
    ['not there', undefined, wanted('A'), ['A']],
    ['another revision', ours('A'), wanted('A', { revision: 'newer' }), ['A']],
    ['the target has another value', ours('A', {}, { fingerprint: 'other' }), wanted('A'), ['A']],
    ['the target has the marker’s value', ours('A', {}, { fingerprint: 'fingerprint-01' }), wanted('A'), []],
    ['damaged', damaged('A'), wanted('A', { revision: 'newer' }), []],
  ])('of the source: %s', (_, actual, desired, needed) => {
    expect(sourceValuesNeeded(state(desired), actual === undefined ? [] : [actual], rules())).toEqual(needed);
  });
});

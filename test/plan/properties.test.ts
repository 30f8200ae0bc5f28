// What every plan keeps to, whatever it is made from.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameTheSame } from '../../src/plan/alike.ts';
import type { ApplicationPlan } from '../../src/plan/plan.ts';
import { composePlan, planApplication } from '../../src/plan/plan.ts';
import { applyPolicy, isPruning } from '../../src/plan/policy.ts';
import type { Rules } from '../../src/plan/rules.ts';
import type { Actual } from '../../src/secret/actual.ts';
import type { Desired, DesiredState, DiscoveryScope } from '../../src/secret/desired.ts';
import { formatOrigin, parseOrigin, pathTag } from '../../src/secret/origin.ts';
import { absent, damaged, held, now, originOf, ours, place, rules, stranger, wanted } from './builders.ts';

interface View {
  readonly state: DesiredState;
  readonly actual: readonly Actual[];
  readonly rules: Rules;
}

const names = ['A', 'B', 'C', 'D'] as const;
const name = fc.constantFrom(...names);
/** From a mapping or from a discovery, and by whatever name its source secret went. */
const origin = fc.oneof(
  name.map(originOf),
  fc
    .tuple(fc.constantFrom('disc', 'gone'), name)
    .map(([selector, secret]) => formatOrigin(selector, pathTag('local', secret.toLowerCase()))),
);
const fingerprint = fc.constantFrom('fingerprint-01', 'fingerprint-02');

const desiredSecrets: fc.Arbitrary<Desired> = fc.oneof(
  fc
    .tuple(name, origin, fingerprint, fc.constantFrom('revision', 'newer'))
    .map(([one, from, print, revision]) => wanted(one, { origin: from, fingerprint: print, revision })),
  name.map(held),
  name.map((one) => ({ ...held(one), isNameless: true })),
  fc.tuple(name, name).map(([one, from]) => Object.assign(absent(one), { from: absent(from).from })),
);
const actualSecrets: fc.Arbitrary<Actual> = fc.oneof(
  fc
    .record({
      origin,
      owner: fc.constantFrom('us', 'us', 'us', 'them'),
      fingerprint,
      keyTag: fc.constantFrom('key', 'old'),
      absentSince: fc.constantFrom(0, 0, now - 5000, now - 10, now + 5000),
    })
    .chain((marker) =>
      fc
        .tuple(name, fc.option(fingerprint, { nil: undefined }))
        .map(([one, print]) => ours(one, marker, { fingerprint: print })),
    ),
  fc
    .tuple(name, fc.option(fingerprint, { nil: undefined }))
    .map(([one, print]) => stranger(one, { fingerprint: print })),
  name.map((one) => damaged(one)),
);
const scopes: fc.Arbitrary<DiscoveryScope> = fc.record({
  selector: fc.constantFrom('disc', 'else'),
  isResolved: fc.boolean(),
  isAuthoritative: fc.boolean(),
  settled: fc
    .uniqueArray(name)
    .map((ones) => new Set(ones.map((one) => pathTag('local', one.toLowerCase())))),
});
const byName = { selector: (secret: { readonly name: string }) => secret.name };
const views: fc.Arbitrary<View> = fc.record({
  state: fc.record({
    secrets: fc.uniqueArray(desiredSecrets, byName),
    scopes: fc.array(scopes, { maxLength: 2 }),
  }),
  actual: fc.uniqueArray(actualSecrets, byName),
  rules: fc
    .record({
      graceSeconds: fc.constantFrom(0, 900),
      onConflict: fc.constantFrom('skip', 'adopt-if-equal', 'overwrite'),
      guard: fc.constantFrom(
        { maxDeletes: {}, maxUpdates: {} },
        { maxDeletes: { count: 1 }, maxUpdates: { count: 1 } },
      ),
    })
    .map(rules),
});

const planOf = (view: View): ApplicationPlan => planApplication(place, view.state, view.actual, view.rules);
const property = (check: (view: View) => void) => fc.assert(fc.property(views, check), { numRuns: 500 });

describe('any plan', () => {
  it('does not depend on the order of what it is made from', () => {
    property((view) => {
      const { secrets, scopes: found } = view.state;
      const turned = {
        ...view,
        state: { secrets: secrets.toReversed(), scopes: found.toReversed() },
        actual: view.actual.toReversed(),
      };
      expect(composePlan([planOf(turned)], view.rules)).toEqual(composePlan([planOf(view)], view.rules));
    });
  });

  it('does not depend on the order of secrets that share a name, were there ever two', () => {
    fc.assert(
      fc.property(views, fc.array(actualSecrets, { maxLength: 8 }), (view, crowd) => {
        const actual = crowd.map((secret, index) => ({ ...secret, id: index + 1 }));
        const plan = (secrets: readonly Actual[]) =>
          composePlan([planOf({ ...view, actual: secrets })], view.rules);
        const turned = plan(actual.toReversed());
        expect(turned.id).toBe(plan(actual).id);
      }),
    );
  });

  it('decides every name once, and every secret that is there', () => {
    property((view) => {
      const { changes, standing } = planOf(view);
      const nameless = view.state.secrets.filter((secret) => 'isNameless' in secret && secret.isNameless);
      const decided = [...changes, ...standing].map((decision) => decision.name);
      const expected = new Set([...view.state.secrets, ...view.actual].map((secret) => secret.name));
      expect(new Set(decided)).toEqual(expected);
      expect(decided.length - new Set(decided).size).toBeLessThanOrEqual(nameless.length);
    });
  });

  it('creates and prunes nothing where desired and actual name the same secrets', () => {
    const alike = views.filter(({ state, actual }) => nameTheSame(state, actual));
    const check = (view: View) => {
      const { changes, standing } = planOf(view);
      expect([...changes, ...standing].filter((one) => one.kind === 'create' || isPruning(one))).toEqual([]);
    };
    fc.assert(fc.property(alike, check), { numRuns: 100 });
  });

  it('deletes nothing that is wanted, held, damaged, foreign, unmarked, unproven or too young', () => {
    property((view) => {
      for (const change of planOf(view).changes.filter(({ kind }) => kind === 'delete')) {
        const secret = view.actual.find((one) => one.name === change.name);
        expect(secret?.described).toMatchObject({ ownership: 'marked', marker: { owner: 'us' } });
        expect(isProven(view, secret!)).toBe(true);
        expect(sinceOf(secret!) + view.rules.graceSeconds).toBeLessThanOrEqual(now);
      }
    });
  });

  it('takes nothing from another owner, and overwrites a stranger only where it may', () => {
    property((view) => {
      for (const change of planOf(view).changes) {
        const secret = view.actual.find((one) => one.name === change.name);
        expect(mayChange(secret, view.rules)).toBe(true);
        expect(change.kind === 'create').toBe(secret === undefined);
      }
    });
  });

  it('writes a value only where the source has another one than is known to be there', () => {
    property((view) => {
      for (const change of planOf(view).changes) {
        if (change.kind !== 'update' || change.part !== 'value') continue;
        const secret = view.actual.find((one) => one.name === change.name);
        const marked = secret?.described.ownership === 'marked' ? secret.described.marker : undefined;
        expect(change.marker.fingerprint).not.toBe(secret?.fingerprint ?? marked?.fingerprint);
      }
    });
  });

  it('allows ever more from create-only over upsert-only to sync, and so after the guard', () => {
    property((view) => {
      const plan = planOf(view);
      const [create, upsert, sync] = (['create-only', 'upsert-only', 'sync'] as const).map((policy) => {
        const allowed = applyPolicy(plan, policy);
        const guarded = composePlan([allowed], view.rules).applications[0]!;
        return { allowed: allowed.changes, guarded: guarded.changes };
      });
      for (const part of ['allowed', 'guarded'] as const) {
        expect(upsert![part]).toEqual(expect.arrayContaining([...create![part]]));
        expect(sync![part]).toEqual(expect.arrayContaining([...upsert![part]]));
      }
      expect(sync!.allowed).toEqual(plan.changes);
      expect(create!.allowed.every(({ kind }) => kind === 'create')).toBe(true);
      expect(upsert!.allowed.some(({ kind }) => kind === 'delete')).toBe(false);
    });
  });

  it('leaves nothing undecided by policy or guard: what is not done is said', () => {
    property((view) => {
      const plan = planOf(view);
      for (const policy of ['create-only', 'upsert-only', 'sync'] as const) {
        const [left] = composePlan([applyPolicy(plan, policy)], view.rules).applications;
        const said = [...left!.changes, ...left!.standing].map((decision) => decision.name);
        const decided = [...plan.changes, ...plan.standing].map((decision) => decision.name);
        expect(said.toSorted()).toEqual(decided.toSorted());
      }
    });
  });
});

/** Told once more, in other words than the code's: nothing wants it, and that is known. */
function isProven({ state, actual, rules: { graceSeconds } }: View, secret: Actual): boolean {
  if (secret.described.ownership !== 'marked') return false;
  const { selector, tag } = parseOrigin(secret.described.marker.origin);
  const own = state.secrets.find(
    (one) => one.name === secret.name && !('isNameless' in one && one.isNameless),
  );
  if (own !== undefined) {
    const tags = own.from.references.map((reference) => pathTag(reference.source, reference.secret));
    return own.state === 'absent' && tags.includes(tag);
  }
  if (state.scopes.some(({ isResolved }) => !isResolved)) return false;
  const listings = state.scopes.filter((scope) => scope.selector === selector);
  if (listings.some((scope) => !scope.isAuthoritative && !scope.settled.has(tag))) return false;
  return state.secrets.every((next) => {
    const isNext =
      next.state === 'wanted'
        ? parseOrigin(next.origin).tag === tag
        : next.state === 'held' && pathTag('local', next.name.toLowerCase()) === tag;
    if (!isNext) return true;
    const there = actual.find((one) => one.name === next.name);
    if (there === undefined) return next.state === 'wanted' && graceSeconds === 0;
    const { described } = there;
    return (
      described.ownership === 'marked' &&
      described.marker.owner === 'us' &&
      parseOrigin(described.marker.origin).tag === tag
    );
  });
}

function mayChange(secret: Actual | undefined, { onConflict }: Rules): boolean {
  if (secret === undefined) return true;
  const { described } = secret;
  if (described.ownership === 'none') return onConflict !== 'skip';
  return described.ownership === 'marked' && described.marker.owner === 'us';
}

/** When its absence was noted; now, where it was not, or by a clock that was wrong. */
function sinceOf({ described }: Actual): number {
  const since = described.ownership === 'marked' ? described.marker.absentSince : 0;
  return since === 0 || since > now ? now : since;
}

// How decisions become a plan: their order, its counts, and an id that covers all that an acknowledgement must cover.
import { describe, expect, it } from 'vitest';
import type { Delete, Update } from '../../src/plan/change.ts';
import type { Place } from '../../src/plan/plan.ts';
import { assemblePlan, compare, composeNamed, composePlan, planApplication } from '../../src/plan/plan.ts';
import { absent, held, marker, now, ours, place, rules, stranger, wanted } from './builders.ts';

const counts = { ownedCount: 20, wantedCount: 20 };
const update: Update = {
  kind: 'update',
  part: 'value',
  id: 1,
  name: 'A',
  reason: 'source-changed',
  marker: marker(),
  text: 'text',
  replaces: now,
};
const removal: Delete = { kind: 'delete', id: 1, name: 'A', reason: 'no-longer-desired' };
const others: readonly Place[] = [
  { ...place, account: 'other' },
  { ...place, application: 'other' },
  { ...place, applicationId: 2 },
];

/** The ids of a plan with one change: as it is composed, and as it is for names that a person gave. */
function idsOf(change: Update | Delete, where: Place = place): readonly string[] {
  const plan = assemblePlan(where, [change], counts);
  return [composePlan([plan], rules()).id, composeNamed([plan]).id];
}

it('tells that its changes were chosen by a person', () => {
  const plan = assemblePlan(place, [update], counts);
  expect([composePlan([plan], rules()).isChosen, composeNamed([plan]).isChosen]).toEqual([undefined, true]);
});

describe('the id of a plan', () => {
  it.each<[string, Update | Delete]>([
    ['another name', { ...update, name: 'B' }],
    ['another reason', { ...update, reason: 'drifted' }],
    ['another kind of change', removal],
    ['another revision behind it', { ...update, marker: marker({ revision: 'newer' }) }],
    ['another secret of the same name', { ...update, id: 2 }],
    ['a write in between', { ...update, replaces: now + 1 }],
  ])('is another one for %s', (_, change) => {
    const [composed, named] = idsOf(update);
    expect(idsOf(change)).not.toContain(composed);
    expect(idsOf(change)).not.toContain(named);
  });

  it('keeps apart what would run into each other', () => {
    const [one, other] = [
      { ...update, id: 1, replaces: 23 },
      { ...update, id: 12, replaces: 3 },
    ];
    expect(idsOf(one)).not.toEqual(idsOf(other));
  });

  it('names what is refused in any application, and nothing else', () => {
    const strict = { guard: { maxDeletes: { count: 0 }, maxUpdates: {} } };
    const refused = assemblePlan(place, [removal], counts);
    const allowed = assemblePlan(others[0]!, [update], counts);
    expect(composePlan([refused, allowed], strict).id).toBe(composePlan([refused], strict).id);
  });

  it('is another one for a delete of another secret', () => {
    expect(idsOf({ ...removal, id: 2 })).not.toEqual(idsOf(removal));
  });

  it.each(others)('is another one in account $account, application $application $applicationId', (where) => {
    const [composed, named] = idsOf(update);
    expect(idsOf(update, where)).not.toContain(composed);
    expect(idsOf(update, where)).not.toContain(named);
  });

  it('is twelve characters that fit into a command line', () => {
    for (const id of idsOf(update)) expect(id).toMatch(/^[\w-]{12}$/);
  });

  it('leaves out applications in which nothing changes', () => {
    const [one, idle] = [assemblePlan(place, [update], counts), assemblePlan(others[0]!, [], counts)];
    expect(composePlan([idle, one], rules()).id).toBe(composePlan([one], rules()).id);
    expect(composeNamed([idle, one]).id).toBe(composeNamed([one]).id);
  });
});

describe('the applications of a plan', () => {
  const plans = [place, ...others].map((where) => assemblePlan(where, [removal], counts));

  it('come in one order, whatever order they were planned in', () => {
    for (const compose of [composeNamed, (all: typeof plans) => composePlan(all, rules())]) {
      const [plan, turned] = [compose(plans), compose(plans.toReversed())];
      expect(turned).toEqual(plan);
      expect(plan.applications.map((one) => one.place)).toEqual([
        place,
        { ...place, applicationId: 2 },
        { ...place, application: 'other' },
        { ...place, account: 'other' },
      ]);
    }
  });

  it('are not guarded where a person named each change', () => {
    const strict = { guard: { maxDeletes: { count: 0 }, maxUpdates: {} } };
    expect(composePlan(plans, strict).applications.flatMap(({ changes }) => changes)).toEqual([]);
    expect(composeNamed(plans).applications.flatMap(({ changes }) => changes)).toHaveLength(plans.length);
  });
});

describe('the decisions of a plan', () => {
  it('come in the order of names by code unit, then of ids', () => {
    const removalOf = (name: string, id: number): Delete => ({ ...removal, name, id });
    const decisions = [removalOf('b', 1), removalOf('A', 3), removalOf('B', 4), removalOf('A', 2)];
    expect(assemblePlan(place, decisions, counts).changes).toMatchObject([
      { name: 'A', id: 2 },
      { name: 'A', id: 3 },
      { name: 'B' },
      { name: 'b' },
    ]);
  });

  it('are counted by what is ours, and by what is or may be wanted', () => {
    const secrets = [wanted('A'), held('B'), absent('C')];
    const actual = [ours('A'), ours('OLD'), stranger('D'), ours('E', { owner: 'them' })];
    expect(planApplication(place, { secrets, scopes: [] }, actual, rules())).toMatchObject({
      ownedCount: 2,
      wantedCount: 2,
      refusals: [],
    });
  });
});

describe('the order of texts', () => {
  it.each([
    ['a', 'a', 0],
    ['a', 'b', -1],
    ['b', 'a', 1],
    ['Z', 'a', -1],
    ['', 'a', -1],
  ])('%j beside %j: %i', (a, b, expected) => {
    expect(compare(a, b)).toBe(expected);
  });
});

// What is an orphan, what is not, and what may be done about it by name.
import { describe, expect, it } from 'vitest';
import type { OrphanAct } from '../../src/plan/orphan-changes.ts';
import { planOrphans, refuseName } from '../../src/plan/orphan-changes.ts';
import type { ApplicationView } from '../../src/plan/orphans.ts';
import { findOrphans } from '../../src/plan/orphans.ts';
import type { Rules } from '../../src/plan/rules.ts';
import type { Actual } from '../../src/secret/actual.ts';
import type { Desired, DiscoveryScope } from '../../src/secret/desired.ts';
import { formatOrigin } from '../../src/secret/origin.ts';
import {
  absent,
  damaged,
  held,
  marker,
  now,
  ours,
  place,
  rules,
  scope,
  stranger,
  wanted,
} from './builders.ts';

const found = formatOrigin('disc', 'path-1');

function view(
  actual: readonly Actual[],
  secrets: readonly Desired[] = [],
  more: Partial<ApplicationView> & { readonly scopes?: readonly DiscoveryScope[] } = {},
): ApplicationView {
  const { scopes = [], ...rest } = more;
  return { place, desired: { secrets, scopes }, actual, isMapped: true, ...rest };
}

function orphansOf(one: ApplicationView, changes: Partial<Rules> = {}) {
  return findOrphans(one, rules(changes)).orphans.map(({ name, reason, detail }) => [name, reason, detail]);
}

describe('an orphan', () => {
  it('is ours, or damaged, and wanted by nothing; it is not what is wanted, held or not ours', () => {
    const actual = ['OURS', 'WANTED', 'HELD'].map((name) => ours(name, { absentSince: now - 1000 }));
    const others = [stranger('NEVER'), ours('THEIRS', { owner: 'them' }), damaged('BROKEN'), damaged('MINE')];
    const desired = [wanted('WANTED'), held('HELD'), wanted('MINE')];
    expect(orphansOf(view([...actual, ...others], desired))).toEqual([
      ['BROKEN', 'marker-damaged', undefined],
      ['OURS', 'no-longer-desired', 'no mapping names it; due now'],
    ]);
  });

  it.each<[string, ApplicationView, Partial<Rules>, readonly unknown[]]>([
    [
      'waits for its grace, noted or not',
      view([ours('A', { absentSince: now - 100 })]),
      {},
      ['prune-grace', 'no mapping names it; due 2027-01-15 08:13:20 UTC'],
    ],
    [
      'not noted yet',
      view([ours('A')]),
      {},
      ['prune-grace', 'no mapping names it; due 2027-01-15 08:15:00 UTC'],
    ],
    [
      'where the policy never deletes',
      view([ours('A')]),
      { policy: 'upsert-only' },
      ['no-longer-desired', 'no mapping names it; policy upsert-only never deletes'],
    ],
    [
      'in an application that no mapping names',
      view([ours('A', { origin: found })], [], { isMapped: false }),
      {},
      ['no-longer-desired', 'no mapping names the application'],
    ],
    [
      'whose discovery does not show it',
      view([ours('A', { origin: found })], [], { scopes: [scope()] }),
      {},
      ['absence-unproven', undefined],
    ],
    [
      'whose source is gone while a mapping names it',
      view([ours('A')], [absent('A')]),
      { graceSeconds: 0 },
      ['no-longer-desired', 'its source secret is gone; due now'],
    ],
  ])('%s', (_, one, changes, expected) => {
    expect(orphansOf(one, changes)).toEqual([['A', ...expected]]);
  });

  it('tells since when, when it was written, and what once selected it', () => {
    const actual = [
      ours('A', { absentSince: now - 100, writtenAt: now - 200 }),
      ours('B', { origin: found, writtenAt: now - 300 }),
      damaged('C'),
    ];
    const { orphans } = findOrphans(view(actual, [], { isMapped: false }), rules());
    expect(orphans).toMatchObject([
      { name: 'A', absentSince: now - 100, writtenAt: now - 200, origin: 'mapping' },
      { name: 'B', absentSince: undefined, writtenAt: now - 300, origin: 'discovery' },
      { name: 'C', reason: 'marker-damaged' },
    ]);
    expect(orphans[2]).not.toHaveProperty('writtenAt');
  });

  it('is none while a discovery that may want it cannot be read', () => {
    const actual = [ours('A'), ours('B', { origin: found }), damaged('C'), ours('KEPT')];
    const one = view(actual, [held('prefix*'), wanted('KEPT')], { scopes: [scope({ isResolved: false })] });
    const { orphans, undecided } = findOrphans(one, rules({ graceSeconds: 0 }));
    expect(orphans).toEqual([]);
    expect(undecided).toMatchObject(
      ['A', 'B', 'C'].map((name) => ({
        kind: 'hold',
        name,
        reason: 'source-unavailable',
        problem: { message: 'no answer' },
      })),
    );
  });
});

describe('a person', () => {
  const text = 'see vxs1 in the wiki';
  const marked: Actual['described'] = { ownership: 'marked', marker: marker(), text };
  const actual = [
    ours('OLD', { absentSince: now - 1000 }),
    ours('ODD', {}, { described: marked }),
    damaged('BROKEN'),
    ours('WANTED'),
    ours('HELD'),
    stranger('NEVER'),
  ];
  const one = view(actual, [wanted('WANTED'), held('HELD')]);
  const orphans = () => findOrphans(one, rules());
  const changesOf = (act: OrphanAct, ...names: readonly string[]) =>
    planOrphans(orphans(), act, new Set(names)).changes;

  it('deletes the orphans that are named, by id, and no other', () => {
    const names = ['OLD', 'WANTED', 'HELD', 'NEVER', 'NOWHERE'];
    const [old] = actual;
    expect(changesOf('delete', ...names)).toMatchObject([
      {
        kind: 'delete',
        id: old?.id,
        name: 'OLD',
        reason: 'no-longer-desired',
        detail: 'no mapping names it',
      },
    ]);
  });

  it('takes the marker off and keeps the text, but for what would read as a marker again', () => {
    expect(changesOf('release', 'OLD', 'ODD', 'BROKEN', 'WANTED')).toMatchObject([
      { kind: 'release', name: 'BROKEN', reason: 'marker-damaged', text: 'text' },
      { kind: 'release', name: 'ODD', text: 'see in the wiki' },
      { kind: 'release', name: 'OLD', text: 'text' },
    ]);
  });

  it('sees by the counts of the plan how many there are', () => {
    const plan = planOrphans(orphans(), 'delete', new Set(['OLD']));
    expect(plan).toMatchObject({ ownedCount: 3, wantedCount: 0, standing: [] });
    expect(orphans().undecided).toEqual([]);
  });

  it('does not delete what carries a damaged marker: it may be of another owner', () => {
    expect(changesOf('delete', 'BROKEN')).toEqual([]);
    expect(refuseName('BROKEN', one, orphans())?.message).toContain("may be another owner's");
  });

  it.each([
    [
      'WANTED',
      'usage-invalid',
      'WANTED is no orphan: mappings[0].secrets[0] wants it',
      'Take it out of the config first.',
    ],
    ['HELD', 'source-unreachable', 'nobody can tell whether HELD is wanted: no answer', 'try again'],
    ['NEVER', 'usage-invalid', 'NEVER is no orphan: it does not carry our marker', 'It is never touched.'],
    [
      'BROKEN',
      'usage-invalid',
      "the marker of BROKEN is damaged, so it may be another owner's, and is not deleted",
      '`voxsync orphans --release BROKEN` takes the broken marker off; delete it in the control panel if you know it.',
    ],
  ])('is told why %s is refused, and what to do', (name, code, message, hint) => {
    expect(refuseName(name, one, orphans())).toEqual({ code, message, hint });
  });

  it('is refused what may be wanted, also where no error says why nobody can tell', () => {
    const doubtful = view([ours('A')], [], { scopes: [scope({ isResolved: false })] });
    expect(refuseName('A', doubtful, findOrphans(doubtful, rules()))).toEqual({
      code: 'usage-invalid',
      message: 'nobody can tell whether A is wanted: its source could not be read',
      hint: 'Try again later.',
    });
  });

  it('is not refused for what has no name yet and is only called like it', () => {
    const nameless = { ...held('GONE'), isNameless: true };
    const own = view([ours('OTHER')], [nameless]);
    expect(refuseName('GONE', own, findOrphans(own, rules()))).toBeUndefined();
  });

  it('is refused what nobody can tell, and told nothing of a name that is not there', () => {
    const doubtful = view([ours('A')], [held('prefix*')], { scopes: [scope({ isResolved: false })] });
    const undecided = findOrphans(doubtful, rules());
    expect(planOrphans(undecided, 'delete', new Set(['A'])).changes).toEqual([]);
    expect(refuseName('A', doubtful, undecided)).toMatchObject({
      code: 'source-unreachable',
      message: 'nobody can tell whether A is wanted: no answer',
    });
    expect(refuseName('NOWHERE', doubtful, undecided)).toBeUndefined();
    expect(refuseName('NOWHERE', one, orphans())).toBeUndefined();
  });
});

// The numbers of a plan, each decision in exactly one of them.
import { expect, it } from 'vitest';
import type { Change, Standing } from '../../src/plan/change.ts';
import { summarise } from '../../src/plan/summary.ts';
import { place } from './builders.ts';

const marker = { owner: 'us', revision: 'r', fingerprint: 'f', keyTag: 'key', origin: 'o', absentSince: 0 };
const base = { name: 'A', reason: 'missing', id: 1, marker, text: '' } as const;
const changes: readonly Change[] = [
  { ...base, kind: 'create' },
  { ...base, kind: 'update', part: 'value' },
  { ...base, kind: 'update', part: 'description' },
  { ...base, kind: 'adopt' },
  { ...base, kind: 'delete' },
  { ...base, kind: 'release' },
];
const standing: readonly Standing[] = [
  { name: 'A', kind: 'none', reason: 'in-sync' },
  { name: 'B', kind: 'none', reason: 'in-sync' },
  { name: 'C', kind: 'none', reason: 'not-ours' },
  { name: 'D', kind: 'skip', reason: 'policy-forbids' },
  { name: 'E', kind: 'hold', reason: 'invalid' },
  { name: 'F', kind: 'conflict', reason: 'unowned' },
  { name: 'G', kind: 'orphan', reason: 'no-longer-desired' },
];

it('counts over all applications, and leaves out what is none of our business', () => {
  const counts = { wantedCount: 0, ownedCount: 0, refusals: [] };
  const one = { place, changes, standing, ...counts };
  const other = { place, changes: changes.slice(0, 1), standing: standing.slice(0, 1), ...counts };
  expect(summarise({ applications: [one, other] })).toEqual({
    create: 2,
    update: 2,
    adopt: 1,
    delete: 1,
    release: 1,
    conflict: 1,
    hold: 1,
    skip: 1,
    orphan: 1,
    inSync: 3,
  });
});

// When an application may want more than is known, and whose error says why.
import { describe, expect, it } from 'vitest';
import { doubtOf } from '../../src/plan/doubt.ts';
import type { DiscoveryScope } from '../../src/secret/desired.ts';
import { absent, held, wanted } from './builders.ts';

const scope = (isResolved: boolean): DiscoveryScope => ({
  selector: 'disc',
  isResolved,
  isAuthoritative: true,
  settled: new Set(),
});
const unnamable = {
  ...held('ODD'),
  reason: 'invalid',
  problem: { code: 'secret-invalid', message: 'no name', hint: 'rename it' },
} as const;

describe('an application', () => {
  it.each([
    ['without discoveries', []],
    ['whose discoveries were all read', [scope(true), scope(true)]],
  ])('%s is in no doubt, whatever is held', (_, scopes) => {
    expect(doubtOf({ secrets: [held('A')], scopes })).toBeUndefined();
  });

  it('is in doubt while one of its discoveries was not read', () => {
    expect(doubtOf({ secrets: [], scopes: [scope(true), scope(false)] })).toEqual({ problem: undefined });
  });

  it('is told the error of what could not be read, and not that of a secret that is merely wrong', () => {
    const [unread, later] = [held('UNREAD'), { ...held('LATER'), problem: unnamable.problem }];
    const secrets = [wanted('FINE'), absent('GONE'), unnamable, unread, later];
    expect(doubtOf({ secrets, scopes: [scope(false)] })).toEqual({ problem: unread.problem });
  });
});

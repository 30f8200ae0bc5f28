// The kinds of calls to a source, from what a proxy wrote down.
import { countOperations, type JournalEntry } from '../proxy/faulty-proxy.ts';
import type { Calls } from './emulator.ts';

/** The kinds of calls that hand out values. */
const valueKinds: ReadonlySet<string> = new Set(['GetSecretValue', 'BatchGetSecretValue', 'value read']);

export function kindsOfAws(journal: readonly JournalEntry[]): Calls {
  return countOperations(journal);
}

export function kindsOfVault(journal: readonly JournalEntry[]): Calls {
  const counts: Record<string, number> = {};
  for (const { path } of journal) {
    const kind = kindOf(path);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function kindOf(path: string): string {
  const [place = '', query = ''] = path.split('?');
  const isList = new URLSearchParams(query).has('list');
  const area = /^\/v1\/secret\/([\w-]+)/.exec(place)?.[1];
  if (area === 'data') return 'value read';
  if (area === 'detailed-metadata') return 'detailed list';
  if (area === 'metadata') return isList ? 'list' : 'metadata read';
  return place.replace('/v1/', '');
}

/** How many calls handed out values. */
export function valueReadsIn(calls: Calls): number {
  return Object.entries(calls).reduce((sum, [kind, count]) => sum + (valueKinds.has(kind) ? count : 0), 0);
}

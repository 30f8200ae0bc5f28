// A source in memory: for tests and examples.
import { snapshotSource, textEntry } from './snapshot.ts';
import type { Source } from './source.ts';

/** A source that reads `secrets` (texts by name) anew at every call, so that a test changes them in place. */
export function createMemorySource(secrets: ReadonlyMap<string, string>): Source {
  const load = async () => new Map([...secrets].map(([name, text]) => [name, textEntry(text, 'memory')]));
  return snapshotSource('memory', load);
}

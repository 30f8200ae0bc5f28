// A source of a run: where an administrator puts secrets, and what the pass opens over it, directly or past the mutator.
import { createMemorySource } from '../../src/sources/memory.ts';
import type { Source } from '../../src/sources/source.ts';
import type { IsLie } from './mutate.ts';

export interface SourceSide {
  put(secret: string, value: string): Promise<void>;
  remove(secret: string): Promise<void>;
  /** Where a mutator has to stand; `undefined` for a source that has no answers to change. */
  readonly upstream: string | undefined;
  /** `endpoint` is the upstream's, or that of the proxy before it. */
  open(endpoint: string, patience: 'short' | 'long'): Promise<Source>;
  readonly isLie: IsLie;
  /** Whether its listings show what was deleted; where they do not, nothing proves that a discovered secret is gone. */
  readonly listsGone: boolean;
  /** About how many answers a pass of a run takes. */
  readonly reach: number;
  /** The values that an answer gives, by secret, in the form they have in the source. */
  valuesIn(
    request: { readonly path: string; readonly body: string },
    answer: string,
  ): Iterable<readonly [secret: string, content: unknown]>;
  close(): Promise<void>;
}

/** A source whose answers nobody changes. */
export function createMemorySide(): SourceSide {
  const secrets = new Map<string, string>();
  return {
    upstream: undefined,
    put: async (secret, value) => void secrets.set(secret, value),
    remove: async (secret) => void secrets.delete(secret),
    open: async () => createMemorySource(secrets),
    isLie: () => false,
    listsGone: true,
    reach: 1,
    valuesIn: () => [],
    close: async () => {},
  };
}

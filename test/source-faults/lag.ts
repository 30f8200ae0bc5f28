// A source that lags behind: what it answered once it answers again, while the world has moved on.
import type { Matcher, SeenRequest } from '../proxy/faulty-proxy.ts';

export interface Memory {
  /** Notes the answers to the requests that are meant. */
  readonly record: Matcher;
  /** Gives the noted answers again. */
  readonly replay: Matcher;
}

/** `keyOf` tells requests apart, and gives `undefined` for those that are answered as things are. */
export function createMemory(keyOf: (request: SeenRequest) => string | undefined): Memory {
  const answers = new Map<string, string>();
  return {
    record: (request) => {
      const key = keyOf(request);
      if (key === undefined) return undefined;
      return { kind: 'rewrite', change: (body) => (answers.set(key, body), body) };
    },
    replay: (request) => {
      const answer = answers.get(keyOf(request) ?? '');
      return answer === undefined ? undefined : { kind: 'rewrite', change: () => answer };
    },
  };
}

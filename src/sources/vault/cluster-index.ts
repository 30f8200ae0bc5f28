// How far the cluster was when it last answered us: sent back, so that no server that lags behind answers from before that.

const name = 'x-vault-index';

/** Longer than any server lags that works. What is older may be from before a restore, and would be waited for in vain. */
const believedMs = 60_000;

type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface ClusterIndex {
  /** For a request that reads; empty where the cluster offers no index (Vault Enterprise and OpenBao do). */
  headers(): Readonly<Record<string, string>>;
  /** Takes the index of an answer, where there is one. */
  note(headers: AnswerHeaders): void;
}

export function createClusterIndex(now: () => number = () => performance.now()): ClusterIndex {
  let newest: { readonly index: string; readonly notedAt: number } | undefined;
  return {
    headers: () =>
      newest === undefined || now() - newest.notedAt > believedMs ? {} : { [name]: newest.index },
    note: (headers) => {
      const index = headers[name];
      // Opaque to us, but it has to fit into a header again.
      if (typeof index !== 'string' || !/^[\u0021-\u007e]{1,1024}$/.test(index)) return;
      newest = { index, notedAt: now() };
    },
  };
}

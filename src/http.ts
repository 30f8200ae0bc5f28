// The parts of undici that we use, and no other, as the whole of it doubles what a process loads before its first call; and connections the first of which is opened ahead.
import Agent from 'undici/lib/dispatcher/agent.js';
import Client from 'undici/lib/dispatcher/client.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import sendRequest from 'undici/lib/api/api-request.js';
import symbols from 'undici/lib/core/symbols.js';
import type { Dispatcher } from 'undici';

export { Agent };

/** One request through a dispatcher; resolves with the head of the answer, whose body must be read or dumped. */
export function send(
  dispatcher: Dispatcher,
  options: Dispatcher.RequestOptions,
): Promise<Dispatcher.ResponseData> {
  return sendRequest.call(dispatcher, options);
}

export interface Connections {
  readonly dispatcher: Dispatcher;
  /** Ends every connection, whatever is under way on it. */
  destroy(): Promise<void>;
}

/**
 * Opens connections to one server as they are needed; the first at once, so that its handshakes pass while other things are
 * made ready. Where that fails, nothing is told: the first request meets it anew. undici closes it after four seconds without one.
 */
export function openConnections(origin: string, options: Pool.Options): Connections {
  const first = new Client(origin, options);
  first[symbols.kConnect](() => {});
  const ready = [first];
  const pool = new Pool(origin, {
    ...options,
    factory: (url, given) => ready.pop() ?? new Client(url, given),
  });
  return {
    dispatcher: pool,
    destroy: async () => {
      await Promise.all([pool, first].map((one) => one.destroy()));
    },
  };
}

// The parts of undici that we use, and no other: the whole of it doubles what a process loads before its first call.
import Agent from 'undici/lib/dispatcher/agent.js';
import sendRequest from 'undici/lib/api/api-request.js';
import type { Dispatcher } from 'undici';

export { Agent };

/** One request through a dispatcher; resolves with the head of the answer, whose body must be read or dumped. */
export function send(
  dispatcher: Dispatcher,
  options: Dispatcher.RequestOptions,
): Promise<Dispatcher.ResponseData> {
  return sendRequest.call(dispatcher, options);
}

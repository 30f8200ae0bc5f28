// Which redirects are followed: within the same scheme, host and port, and only a few; the token goes nowhere else.
import type { Dispatcher } from 'undici';
import { VoxsyncError } from '../../errors.ts';

const hopLimit = 3;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Those that keep the method, and so may answer a login. */
const faithful: ReadonlySet<number> = new Set([307, 308]);

/** Where an answer sends us; `undefined` when it is no redirect. Throws `source-answer-invalid` for one not to be followed. */
export function redirectTarget(
  id: string,
  asked: { readonly method: string; readonly uri: string; readonly hops: number },
  answer: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
): string | undefined {
  const { statusCode } = answer;
  if (!redirects.has(statusCode)) return undefined;
  const { location } = answer.headers;
  if (typeof location !== 'string' || !URL.canParse(location, asked.uri)) {
    throw refused(id, statusCode, 'to no address');
  }
  const target = new URL(location, asked.uri);
  if (target.origin !== new URL(asked.uri).origin) throw refused(id, statusCode, `to ${target.origin}`);
  if (asked.hops >= hopLimit) throw refused(id, statusCode, `more than ${hopLimit} times`);
  if (asked.method !== 'GET' && !faithful.has(statusCode)) throw refused(id, statusCode, 'of a login');
  return target.href;
}

function refused(id: string, statusCode: number, which: string): VoxsyncError {
  const message = `${id}: redirect ${which} (HTTP ${statusCode}) was not followed`;
  return new VoxsyncError('source-answer-invalid', message, {
    hint: 'Set `address` to the address that answers without a redirect; tokens are sent nowhere else.',
    remoteCode: statusCode,
  });
}

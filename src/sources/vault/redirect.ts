// Which redirects are followed: within the same scheme, to the same host and port or to one that the settings name, and only a few.
import type { Dispatcher } from 'undici';
import { VoxsyncError } from '../../errors.ts';
import type { VaultPlace } from './settings.ts';

const hopLimit = 3;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Those that keep the method, and so may answer a login. */
const faithful: ReadonlySet<number> = new Set([307, 308]);

/** Where an answer sends us; `undefined` when it is no redirect. Throws `source-answer-invalid` for one not to be followed. */
export function redirectTarget(
  place: VaultPlace,
  asked: { readonly method: string; readonly uri: string; readonly hops: number },
  answer: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
): string | undefined {
  const { id } = place;
  const { statusCode } = answer;
  if (!redirects.has(statusCode)) return undefined;
  const { location } = answer.headers;
  if (typeof location !== 'string' || !URL.canParse(location, asked.uri)) {
    throw refused(id, statusCode, 'to no address');
  }
  const target = new URL(location, asked.uri);
  if (!isWithin(place, target)) throw refused(id, statusCode, `to ${target.origin}`);
  if (asked.hops >= hopLimit) throw refused(id, statusCode, `more than ${hopLimit} times`);
  if (asked.method !== 'GET' && !faithful.has(statusCode)) throw refused(id, statusCode, 'of a login');
  return target.href;
}

/** Whether a target is the address itself, or a host of the cluster. */
function isWithin({ address, settings: { redirectHosts = [] } }: VaultPlace, target: URL): boolean {
  const home = new URL(address);
  if (target.origin === home.origin) return true;
  if (target.protocol !== home.protocol) return false;
  return redirectHosts.some((host) => {
    const text = `${home.protocol}//${host}`;
    if (!URL.canParse(text)) return false;
    const allowed = new URL(text);
    if (allowed.port === '' && !/:\d+$/.test(host)) allowed.port = home.port;
    return allowed.host === target.host;
  });
}

function refused(id: string, statusCode: number, which: string): VoxsyncError {
  const message = `${id}: redirect ${which} (HTTP ${statusCode}) was not followed`;
  return new VoxsyncError('source-answer-invalid', message, {
    hint: 'Set `address` to the address that answers without a redirect, or name the hosts of the cluster in `redirectHosts`; tokens are sent nowhere else.',
    remoteCode: statusCode,
  });
}

// What the end of one call says about its account: that it works, that it fails, or neither.
import { VoxsyncError, type ErrorCode } from '../../../errors.ts';

/** `unclear`: the failure may be about this one call. */
export type Verdict = 'works' | 'fails' | 'unclear';

const failures: ReadonlySet<ErrorCode> = new Set([
  'target-refused',
  'target-unreachable',
  'target-throttled',
  'target-answer-invalid',
]);

/** What stands before the API refuses with these. */
const refusals: ReadonlySet<unknown> = new Set([401, 403, 407]);

/**
 * The verdict on a failed call. A refusal of one secret, or of an application that is not there, shows that the account
 * works. A write with an odd answer may have met something that minds its value, such as a firewall before the API: were
 * that held against the account, a few such secrets would keep all others from being written. Reads have no such excuse.
 */
export function verdictOn(thrown: unknown, isWrite: boolean): Verdict {
  if (!(thrown instanceof VoxsyncError) || thrown.code === 'unexpected') return 'unclear';
  if (!failures.has(thrown.code)) return 'works';
  return isWrite && isOdd(thrown) ? 'unclear' : 'fails';
}

function isOdd({ code, remoteCode, isOutcomeUnknown }: VoxsyncError): boolean {
  const isRefusedOnTheWay = code === 'target-refused' && refusals.has(remoteCode);
  const isLost = isOutcomeUnknown && remoteCode !== 'timeout';
  return code === 'target-answer-invalid' || isRefusedOnTheWay || isLost;
}

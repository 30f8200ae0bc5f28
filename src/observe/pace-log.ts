// What the log tells of the pace of accounts: when one is slowed down or stopped, and when that is over; not each step of it.
import type { VoxsyncError } from '../errors.ts';
import type { Logger } from './logger.ts';

/** How an account is doing, as its client tells it. */
export interface PaceFacts {
  readonly account: string;
  readonly concurrency: number;
  readonly requestsPerSecond: number | undefined;
  /** Whether either is less than the config allows. */
  readonly isSlowed: boolean;
  /** Why calls are not sent. */
  readonly stopped: VoxsyncError | undefined;
}

/** Logs what has changed since the account was told of last; at first it was well. */
export function createPaceLog(logger: Logger): (facts: PaceFacts) => void {
  const known = new Map<string, Pick<PaceFacts, 'isSlowed' | 'stopped'>>();
  return (facts) => {
    const { account, concurrency, requestsPerSecond, isSlowed, stopped } = facts;
    const before = known.get(account) ?? { isSlowed: false, stopped: undefined };
    known.set(account, facts);
    if (isSlowed !== before.isSlowed) {
      if (isSlowed) logger.warn({ account, concurrency, requestsPerSecond }, 'account slowed down');
      else logger.info({ account }, 'account back at full pace');
    }
    if ((stopped === undefined) !== (before.stopped === undefined)) {
      if (stopped === undefined) logger.warn({ account }, 'calls resumed');
      else logger.warn({ account, error: stopped }, 'calls stopped');
    }
  };
}

// What reads and writes of one account share: the client, the retry times and budget, and the page size it has learned.
import { retrying, type RetryBudget, type RetrySchedule, type RetryTimes } from '../../retry.ts';
import type { ListedSecret } from '../target.ts';
import { getSecrets } from './calls.ts';
import type { Call, Client } from './client.ts';
import type { Listing, PageSize } from './page.ts';

export interface Account {
  readonly client: Client;
  readonly times: RetryTimes;
  /** For all its calls together. */
  readonly budget: RetryBudget;
  readonly pageSize: PageSize;
}

/** How often and how long to repeat, under a signal. */
export function scheduleFor(account: Account, signal: AbortSignal): RetrySchedule {
  return { ...account.times, budget: account.budget, signal };
}

/** Sends a call, again where that is known to be safe. */
export function sendRepeatedly<T>(account: Account, call: Call<T>, signal: AbortSignal): Promise<T> {
  return retrying(() => account.client.call(call, signal), scheduleFor(account, signal));
}

/** How the secrets of an application are listed; each call sent `repeatedly`, or `once` where the caller repeats the whole. */
export function secretListing(
  account: Account,
  applicationId: number,
  sending: 'repeatedly' | 'once',
  signal: AbortSignal,
): Listing<ListedSecret> {
  return {
    what: `the secrets of application ${applicationId}`,
    readPage: (count, offset) => {
      const call = getSecrets(applicationId, count, offset);
      return sending === 'once' ? account.client.call(call, signal) : sendRepeatedly(account, call, signal);
    },
    pageSize: account.pageSize,
    times: scheduleFor(account, signal),
    signal,
  };
}

// The reads of an account. They change nothing, so every failed call may be repeated.
import type { TargetReader } from '../target.ts';
import { scheduleFor, secretListing, sendRepeatedly, type Account } from './account.ts';
import { getApplications, getSecretValue } from './calls.ts';
import { answerError } from './http-errors.ts';
import { listRows } from './pages.ts';

export function createReader(account: Account): TargetReader {
  return {
    applications: (care, signal) =>
      listRows(
        {
          what: 'the applications of the account',
          readPage: (count, offset) => sendRepeatedly(account, getApplications(count, offset), signal),
          pageSize: account.pageSize,
          times: scheduleFor(account, signal),
          signal,
        },
        care,
      ),
    list: async (applicationId, care, signal) =>
      listRows(secretListing(account, applicationId, 'repeatedly', signal), care),
    async readValue(applicationId, secretId, signal) {
      const call = getSecretValue(applicationId, secretId);
      const { id, value } = await sendRepeatedly(account, call, signal);
      if (id !== undefined && id !== secretId) {
        throw answerError('another secret than the one asked for', call);
      }
      return value;
    },
  };
}

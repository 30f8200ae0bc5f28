// The writes of an account, each with the repetition that is safe for it.
import { VoxsyncError } from '../../errors.ts';
import { retrying } from '../../retry.ts';
import type { SecretContents, TargetWriter } from '../target.ts';
import { listSecrets, scheduleFor, type Account } from './account.ts';
import { addSecret, delSecret, setSecretInfo } from './calls.ts';
import { createOnce } from './create.ts';
import { deletionList } from './form.ts';
import { removeAll } from './remove.ts';

export function createWriter(account: Account): TargetWriter {
  const { client } = account;
  return {
    create: (applicationId, name, contents, signal) =>
      createOnce({
        name,
        description: contents.description,
        add: () => client.call(addSecret(applicationId, name, contents), signal),
        list: () => listSecrets(account, applicationId, 'once', signal),
        schedule: scheduleFor(account, signal),
      }),

    async update(applicationId, secretId, contents, signal) {
      const call = setSecretInfo(applicationId, secretId, checkedContents(contents));
      // The same contents again change nothing, so a lost answer is no reason to stop.
      const schedule = { ...scheduleFor(account, signal), repeats: isRetryable };
      await retrying(() => client.call(call, signal), schedule);
    },

    async remove(applicationId, secretIds, signal) {
      // Checked before the first call, so that a defect here cannot depend on what the API answers.
      deletionList(secretIds);
      await removeAll({
        secretIds,
        remove: (ids) => client.call(delSecret(applicationId, ids), signal),
        list: () => listSecrets(account, applicationId, 'once', signal),
        schedule: scheduleFor(account, signal),
      });
    },
  };
}

function isRetryable(error: VoxsyncError): boolean {
  return error.isRetryable;
}

function checkedContents(contents: SecretContents): SecretContents {
  if (contents.value !== undefined || contents.description !== undefined) return contents;
  throw new VoxsyncError('unexpected', 'an update was asked for without a value and a description');
}

// The writes of an account, each with the repetition that is safe for it.
import type { TargetWriter } from '../target.ts';
import { scheduleFor, secretListing, type Account } from './account.ts';
import { addSecret, delSecret, setSecretInfo } from './calls.ts';
import { changeInPlace } from './change.ts';
import { createOnce } from './create.ts';
import { deletionList } from './form.ts';
import { lookInto } from './look.ts';
import { removeAll } from './remove.ts';

export function createWriter(account: Account): TargetWriter {
  const { client } = account;
  const looking = (applicationId: number, signal: AbortSignal) => {
    // Its calls are not repeated: the write that asks is.
    const listing = secretListing(account, applicationId, 'once', signal);
    return { look: lookInto(listing), schedule: scheduleFor(account, signal) };
  };
  return {
    create: (applicationId, name, contents, signal) =>
      createOnce({
        name,
        description: contents.description,
        add: () => client.call(addSecret(applicationId, name, contents), signal),
        ...looking(applicationId, signal),
      }),

    async update(applicationId, seen, contents, signal) {
      const call = setSecretInfo(applicationId, seen.id, contents);
      await changeInPlace({
        seen,
        description: contents.description,
        set: () => client.call(call, signal),
        ...looking(applicationId, signal),
      });
    },

    async remove(applicationId, secretIds, signal) {
      // Checked before the first call, so that a defect here cannot depend on what the API answers.
      deletionList(secretIds);
      await removeAll({
        secretIds,
        remove: (ids) => client.call(delSecret(applicationId, ids), signal),
        ...looking(applicationId, signal),
      });
    },
  };
}

// What an account says of itself, for people, and whether it may be used at all.
import { VoxsyncError } from '../../errors.ts';
import type { AccountInfo } from './calls.ts';

/** Throws `target-refused` for an account that is not active, or frozen. */
export function describeAccount(id: string, accountId: number, { active, frozen }: AccountInfo): string {
  if (active && !frozen) return `account ${accountId}, active`;
  const state = frozen ? 'is frozen' : 'is not active';
  throw new VoxsyncError('target-refused', `account ${id} (${accountId}) ${state}`, {
    hint: 'See to the account in the Voximplant control panel; nothing can be written until then.',
  });
}

// What an account's service account must be allowed to do, told from the policy of the config.

const readCalls = ['GetAccountInfo', 'GetApplications', 'GetSecrets', 'GetSecretValue'];
const writeCalls = {
  'create-only': ['AddSecret'],
  'upsert-only': ['AddSecret', 'SetSecretInfo'],
  sync: ['AddSecret', 'SetSecretInfo', 'DelSecret'],
} as const;

/** Roles that are expected to do; the vendor does not publish them. */
export const expectedRoles = 'Owner, Admin or Developer';

/** The role that an account needs, as sentences for people. */
export function roleNotes(policy: keyof typeof writeCalls): readonly string[] {
  const calls = [...readCalls, ...writeCalls[policy]].join(', ');
  return [
    `The service account of its credentials.json needs a role that may read and write secrets (${calls}).`,
    `Which roles may is not published: ${expectedRoles} are expected to do.`,
  ];
}

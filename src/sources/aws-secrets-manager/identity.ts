// Who we are to AWS, as far as the credentials tell; AWS itself is not asked.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { kindOf, VoxsyncError } from '../../errors.ts';

/** The access key, which is no secret, and the account where it is known. Throws `source-refused` when there are no credentials. */
export async function identityOf(id: string, client: SecretsManagerClient): Promise<string> {
  try {
    const { accessKeyId, accountId } = await client.config.credentials();
    return `access key ${accessKeyId}${accountId === undefined ? '' : ` of account ${accountId}`}`;
  } catch (error) {
    throw new VoxsyncError(
      'source-refused',
      `${id}: there are no usable AWS credentials (${kindOf(error)})`,
      {
        hint: 'Set the AWS variables, a profile or a role for this process; voxsync takes what the AWS SDK finds.',
      },
    );
  }
}

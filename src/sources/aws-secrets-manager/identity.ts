// Who we are to AWS, as far as the credentials tell; AWS itself is not asked.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The access key, which is no secret, and the account where it is known. Throws `source-refused` when there are no credentials. */
export async function identityOf(client: SecretsManagerClient): Promise<string> {
  const { accessKeyId, accountId } = await client.config.credentials();
  return `access key ${accessKeyId}${accountId === undefined ? '' : ` of account ${accountId}`}`;
}

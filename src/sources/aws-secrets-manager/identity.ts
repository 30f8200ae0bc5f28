// Who we are to AWS, as STS tells it; where STS is not to be asked, as far as the credentials tell.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { VoxsyncError } from '../../errors.ts';
import { shownName, symptomOf } from './failures.ts';
import { classify, kinds } from './kinds.ts';

/**
 * The ARN of the caller, with the access key, which is no secret. Nobody needs a permission for that question, but STS
 * may be out of reach; without `sts`, it is not asked. Throws `source-refused` where there are no credentials, or none
 * that AWS knows.
 */
export async function identityOf(
  id: string,
  client: SecretsManagerClient,
  sts: STSClientConfig | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { accessKeyId, accountId } = await client.config.credentials();
  const key = `access key ${accessKeyId}`;
  const known = accountId === undefined ? key : `${key} of account ${accountId}`;
  if (sts === undefined) return known;
  const caller = new STSClient({ ...sts, credentials: client.config.credentials, maxAttempts: 1 });
  try {
    const { Arn } = await caller.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
    return Arn === undefined ? known : `${Arn}, ${key}`;
  } catch (error) {
    signal.throwIfAborted();
    const symptom = symptomOf(error);
    const name = shownName(symptom.name);
    if (classify(symptom) !== 'credentials') return `${known}; STS did not tell more (${name})`;
    const { code, problem, hint } = kinds.credentials;
    throw new VoxsyncError(code, `${id}: GetCallerIdentity ${problem} (${name})`, {
      hint: hint(),
      remoteCode: name,
    });
  }
}

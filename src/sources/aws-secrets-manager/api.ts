// The four calls to AWS Secrets Manager that this source makes, each bounded in time and failing as one of our errors.
import type {
  BatchGetSecretValueCommandOutput,
  DescribeSecretCommandOutput,
  GetSecretValueCommandOutput,
  ListSecretsCommandInput,
  ListSecretsCommandOutput,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  BatchGetSecretValueCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
} from '@aws-sdk/client-secrets-manager';
import type { SecretReference } from '../../secret/reference.ts';
import { withDeadline } from './deadline.ts';
import type { Call } from './kinds.ts';
import { failureOf } from './failures.ts';

/** Each method throws a `VoxsyncError`, or the reason of its signal. */
export interface SecretsApi {
  /** The source's id in the config. */
  readonly id: string;
  /** One page. */
  list(input: ListSecretsCommandInput, signal: AbortSignal): Promise<ListSecretsCommandOutput>;
  describe(secret: string, signal: AbortSignal): Promise<DescribeSecretCommandOutput>;
  read(reference: SecretReference, signal: AbortSignal): Promise<GetSecretValueCommandOutput>;
  /** The current values of at most 20 secrets; one page. */
  readBatch(
    secrets: readonly string[],
    nextToken: string | undefined,
    signal: AbortSignal,
  ): Promise<BatchGetSecretValueCommandOutput>;
}

/** The calls of one client. `timeoutMs` bounds each of them, its repetitions included. */
export function createApi(id: string, client: SecretsManagerClient, timeoutMs: number): SecretsApi {
  const send = async <T>(
    call: Omit<Call, 'id'>,
    signal: AbortSignal,
    run: (options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> => {
    try {
      return await withDeadline(timeoutMs, signal, (abortSignal) => run({ abortSignal }));
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error, { id, ...call });
    }
  };
  return {
    id,
    list: (input, signal) =>
      send({ operation: 'ListSecrets' }, signal, (options) =>
        client.send(new ListSecretsCommand(input), options),
      ),
    describe: (secret, signal) =>
      send({ operation: 'DescribeSecret', secret }, signal, (options) =>
        client.send(new DescribeSecretCommand({ SecretId: secret }), options),
      ),
    read: ({ secret, version, stage }, signal) =>
      send({ operation: 'GetSecretValue', secret }, signal, (options) => {
        const input = { SecretId: secret, VersionId: version, VersionStage: stage };
        return client.send(new GetSecretValueCommand(input), options);
      }),
    readBatch: (secrets, nextToken, signal) =>
      send({ operation: 'BatchGetSecretValue' }, signal, (options) => {
        const input = { SecretIdList: [...secrets], NextToken: nextToken };
        return client.send(new BatchGetSecretValueCommand(input), options);
      }),
  };
}

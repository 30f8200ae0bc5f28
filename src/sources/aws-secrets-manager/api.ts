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
import { VoxsyncError } from '../../errors.ts';
import { retrying } from '../../retry.ts';
import type { SecretReference } from '../../secret/reference.ts';
import { createOutageWatch } from '../outage.ts';
import { withDeadline } from './deadline.ts';
import type { Call } from './kinds.ts';
import { failureOf, isUnanswered } from './failures.ts';
import { withFreshKeys } from './fresh-keys.ts';

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

/** A call of the SDK, bound to end with a signal. */
type Run<T> = (options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/** How long a burst of throttling is waited out: each of these attempts is several of the SDK's own. */
const patience = {
  attempts: 6,
  minDelayMs: 500,
  maxDelayMs: 4000,
  repeats: ({ code }: VoxsyncError): boolean => code === 'source-throttled',
};

/** As many as are made at a time at most, so that one bad moment is no outage. */
const outageFailures = 8;

/**
 * The calls of one client. Throttling is waited out. `timeoutMs` bounds each of them, its repetitions included; after
 * several in a row that failed for want of an answer, the next ones fail at once for a while.
 */
export function createApi(id: string, client: SecretsManagerClient, timeoutMs: number): SecretsApi {
  const outage = createOutageWatch({ id, failures: outageFailures, isOutage: isUnanswered });
  const send = <T>(call: Omit<Call, 'id'>, signal: AbortSignal, run: Run<T>): Promise<T> => {
    const told = (error: unknown): VoxsyncError => failureOf(error, { id, ...call });
    const attempt = (abortSignal: AbortSignal): Promise<T> =>
      withFreshKeys(client, () => run({ abortSignal })).catch((error: unknown) => {
        throw told(error);
      });
    return outage.unlessDown(async () => {
      let throttled: VoxsyncError | undefined;
      const onRetry = (error: VoxsyncError): void => void (throttled = error);
      try {
        return await withDeadline(timeoutMs, signal, (within) =>
          retrying(() => attempt(within), { ...patience, signal: within, onRetry }),
        );
      } catch (error) {
        signal.throwIfAborted();
        // When the time ran out in waiting, what we waited for is the reason.
        throw error instanceof VoxsyncError ? error : (throttled ?? told(error));
      }
    });
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

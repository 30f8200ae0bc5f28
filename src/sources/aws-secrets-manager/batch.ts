// The current values of up to 20 secrets by BatchGetSecretValue, with what it says of those it could not read.
import type { APIErrorType } from '@aws-sdk/client-secrets-manager';
import type { VoxsyncError } from '../../errors.ts';
import type { Reading } from '../source.ts';
import type { SecretsApi } from './api.ts';
import { readingOf } from './content.ts';
import type { ValueEntry } from './content.ts';
import { answerInvalid, failureNamed } from './failures.ts';
import { isSameId, isSameSecret } from './naming.ts';

/** The most that AWS takes in one call. */
export const batchSize = 20;

/** What a batch says of one secret: a reading, or the failure that AWS names. */
export type BatchAnswer = Reading | { readonly failure: VoxsyncError };

/** Reads a batch. Throws what the call as a whole throws. */
export async function readBatch(
  api: SecretsApi,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, BatchAnswer>> {
  const values: ValueEntry[] = [];
  const errors: APIErrorType[] = [];
  let token: string | undefined;
  // AWS may split its answer; more pages than secrets would be an endless loop.
  for (let page = 0; page === 0 || (token !== undefined && page < secrets.length); page += 1) {
    const answer = await api.readBatch(secrets, token, signal);
    values.push(...(answer.SecretValues ?? []));
    errors.push(...(answer.Errors ?? []));
    token = answer.NextToken;
  }
  return new Map(secrets.map((secret) => [secret, answerFor(api.id, secret, values, errors)]));
}

function answerFor(
  id: string,
  secret: string,
  values: readonly ValueEntry[],
  errors: readonly APIErrorType[],
): BatchAnswer {
  const call = { id, operation: 'BatchGetSecretValue', secret } as const;
  const value = values.find((entry) => isSameSecret(secret, entry));
  if (value !== undefined) return readingOf(value, call);
  const error = errors.find(({ SecretId }) => SecretId !== undefined && isSameId(secret, SecretId));
  if (error === undefined) return { state: 'unresolved', error: answerInvalid(call, 'left it out') };
  // What is missing for one secret of a batch is the permission to read it, not the one to ask for batches.
  const single = { id, operation: 'GetSecretValue', secret } as const;
  return { failure: failureNamed({ name: error.ErrorCode ?? '', text: error.Message }, single) };
}

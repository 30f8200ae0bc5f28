// The values of secrets: current ones in batches, pinned ones, and all where batches are denied, one by one.
import type { VoxsyncError } from '../../errors.ts';
import { asVoxsyncError } from '../../errors.ts';
import type { SecretReference } from '../../secret/reference.ts';
import { secretKey } from '../../secret/reference.ts';
import type { Reading } from '../source.ts';
import type { SecretsApi } from './api.ts';
import type { BatchAnswer } from './batch.ts';
import { batchSize, readBatch } from './batch.ts';
import { readingOf } from './content.ts';
import { isDenied, isMisunderstood } from './failures.ts';
import { askAll, distinct, partsOf } from './gather.ts';
import { accountIn, isArn } from './naming.ts';
import { secondLook } from './settle.ts';
import { isCurrent } from './versions.ts';

/** Reads secrets, in the order asked. Throws only when the signal is aborted. */
export type ReadSecrets = (
  references: readonly SecretReference[],
  signal: AbortSignal,
) => Promise<readonly Reading[]>;

const batchConcurrency = 4;
const concurrency = 8;

/**
 * A reader that stops asking for batches once they were denied. `ownAccount` tells the account that we are in, where
 * that is known.
 */
export function createReader(api: SecretsApi, ownAccount: () => Promise<string | undefined>): ReadSecrets {
  let isBatchDenied = false;

  /** What a batch says of its secrets; empty where they have to be asked for one by one. */
  const askBatch = async (
    secrets: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, BatchAnswer>> => {
    if (isBatchDenied) return new Map();
    try {
      return await readBatch(api, secrets, signal);
    } catch (error) {
      signal.throwIfAborted();
      const failure = asVoxsyncError(error, 'source-answer-invalid', `${api.id}: BatchGetSecretValue`);
      isBatchDenied ||= isDenied(failure);
      if (isDenied(failure) || isMisunderstood(failure)) return new Map();
      return new Map(secrets.map((secret) => [secret, { state: 'unresolved', error: failure }]));
    }
  };

  return async (references, signal) => {
    signal.throwIfAborted();
    const asked = distinct(references);
    const current = [...new Set(asked.filter(isCurrent).map(({ secret }) => secret))];
    const parts = partsOf(await batchable(current, ownAccount), batchSize);
    const batches = await askAll(parts, batchConcurrency, (part) => askBatch(part, signal));
    const answers = new Map(batches.flatMap((batch) => Array.from(batch)));
    const readings = await askAll(asked, concurrency, async (reference) => {
      const answer = isCurrent(reference) ? answers.get(reference.secret) : undefined;
      return [secretKey(reference), await finish(api, reference, answer, signal)] as const;
    });
    const byKey = new Map(readings);
    return references.flatMap((reference) => byKey.get(secretKey(reference)) ?? []);
  };
}

/** AWS lets GetSecretValue reach into other accounts, and BatchGetSecretValue not. */
async function batchable(
  secrets: readonly string[],
  ownAccount: () => Promise<string | undefined>,
): Promise<readonly string[]> {
  const own = secrets.some(isArn) ? await ownAccount() : undefined;
  return secrets.filter((secret) => !isArn(secret) || accountIn(secret) === own);
}

function finish(
  api: SecretsApi,
  reference: SecretReference,
  answer: BatchAnswer | undefined,
  signal: AbortSignal,
): Promise<Reading> | Reading {
  if (answer === undefined) return readOne(api, reference, signal);
  if (!('failure' in answer)) return answer;
  // A batch is answered at once, whatever it could not get; a single read waits.
  if (answer.failure.code === 'source-throttled') return readOne(api, reference, signal);
  return secondLook(api, reference, answer.failure, signal);
}

async function readOne(api: SecretsApi, reference: SecretReference, signal: AbortSignal): Promise<Reading> {
  const call = { id: api.id, operation: 'GetSecretValue', secret: reference.secret } as const;
  let failure: VoxsyncError;
  try {
    return readingOf(await api.read(reference, signal), call);
  } catch (error) {
    signal.throwIfAborted();
    failure = asVoxsyncError(error, 'source-answer-invalid', `${api.id}: GetSecretValue`);
  }
  return await secondLook(api, reference, failure, signal);
}

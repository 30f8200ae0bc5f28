// The last word on one secret: DescribeSecret, which alone can prove that it is absent.
import type { DescribeSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import { asVoxsyncError, VoxsyncError } from '../../errors.ts';
import type { SecretReference } from '../../secret/reference.ts';
import type { Absent, Observation, Unresolved } from '../source.ts';
import type { SecretsApi } from './api.ts';
import { answerInvalid, isDoubtful } from './failures.ts';
import { isSameSecret } from './naming.ts';
import { currentStage, versionFor } from './versions.ts';

/** What DescribeSecret says of a secret: what it shows, that there is none, or why nobody knows. */
export type Description = DescribeSecretCommandOutput | 'not-found' | VoxsyncError;

/** Asks DescribeSecret. Throws only when the signal is aborted. */
export async function describeSecret(
  api: SecretsApi,
  secret: string,
  signal: AbortSignal,
): Promise<Description> {
  const call = { id: api.id, operation: 'DescribeSecret', secret } as const;
  try {
    const answer = await api.describe(secret, signal);
    return isSameSecret(secret, answer) ? answer : answerInvalid(call, 'answered for another secret');
  } catch (error) {
    signal.throwIfAborted();
    const failure = asVoxsyncError(error, 'source-answer-invalid', api.id);
    return failure.remoteCode === 'ResourceNotFoundException' ? 'not-found' : failure;
  }
}

/** What a description means for a reference. */
export function judge(id: string, reference: SecretReference, description: Description): Observation {
  if (description === 'not-found') return { state: 'absent', proof: 'DescribeSecret: no such secret' };
  if (description instanceof VoxsyncError) return { state: 'unresolved', error: description };
  const { DeletedDate } = description;
  // Whatever stands there was not parsed strictly, and would otherwise cost the secret.
  if (DeletedDate !== undefined && !(DeletedDate.getTime() > 0)) {
    const call = { id, operation: 'DescribeSecret', secret: reference.secret } as const;
    return { state: 'unresolved', error: answerInvalid(call, 'gave a date of deletion that is none') };
  }
  if (DeletedDate !== undefined) {
    return { state: 'absent', proof: 'DescribeSecret: scheduled for deletion' };
  }
  const version = versionFor(reference, description.VersionIdsToStages);
  if (version === undefined) return { state: 'unresolved', error: versionMissing(id, reference) };
  return { state: 'present', version };
}

/** A read that says that there is nothing to read: absent only when DescribeSecret agrees. */
export async function secondLook(
  api: SecretsApi,
  reference: SecretReference,
  failure: VoxsyncError,
  signal: AbortSignal,
): Promise<Absent | Unresolved> {
  if (!isDoubtful(failure)) return { state: 'unresolved', error: failure };
  const observation = judge(api.id, reference, await describeSecret(api, reference.secret, signal));
  if (observation.state === 'absent') return observation;
  const isExplained = observation.state === 'unresolved' && observation.error.code === 'secret-not-found';
  if (isExplained) return observation;
  const isPinned = observation.state === 'present' && reference.version !== undefined;
  if (isPinned && failure.code === 'secret-not-found') {
    return { state: 'unresolved', error: versionMissing(api.id, reference) };
  }
  return { state: 'unresolved', error: failure };
}

function versionMissing(id: string, { secret, version, stage }: SecretReference): VoxsyncError {
  const subject = `${id}: secret ${JSON.stringify(secret)}`;
  if (version !== undefined) {
    return new VoxsyncError('secret-not-found', `${subject} has no version ${JSON.stringify(version)}`, {
      hint: 'Check `version`; AWS drops old versions that have no stage.',
    });
  }
  if (stage === undefined || stage === currentStage) {
    return new VoxsyncError('secret-not-found', `${subject} has no value yet`, {
      hint: 'Store a value in AWS Secrets Manager, or remove the mapping until there is one.',
    });
  }
  return new VoxsyncError('secret-not-found', `${subject} has no version at stage ${JSON.stringify(stage)}`, {
    hint: 'Check the spelling of `stage`; AWS sets AWSCURRENT, AWSPREVIOUS and AWSPENDING in capitals.',
  });
}

// Whether values may be read, found out without reading one: AWS judges the permission before it looks for the stage.
import type { SecretReference } from '../../secret/reference.ts';
import { asVoxsyncError, VoxsyncError } from '../../errors.ts';
import type { ReadProof } from '../source.ts';
import type { SecretsApi } from './api.ts';
import { isDenied, isDoubtful } from './failures.ts';
import { askAll } from './gather.ts';
import { describeSecret } from './settle.ts';

const concurrency = 8;
/** A stage that nobody uses. */
const unusedStage = 'voxsync-check';

/** Asks for each secret at a stage that does not exist. The permission for its KMS key is not proven by that. */
export function probeReads(
  api: SecretsApi,
  references: readonly SecretReference[],
  signal: AbortSignal,
): Promise<readonly ReadProof[]> {
  return askAll(references, concurrency, async ({ secret }): Promise<ReadProof> => {
    try {
      await api.read({ secret, stage: unusedStage }, signal);
      return 'read';
    } catch (error) {
      signal.throwIfAborted();
      const failure = asVoxsyncError(error, 'source-answer-invalid', `${api.id}: GetSecretValue`);
      if (isDoubtful(failure)) return 'allowed';
      return isDenied(failure) ? await judgeDenial(api, secret, failure, signal) : failure;
    }
  });
}

/** A secret that does not exist has no ARN that a policy could name, so AWS denies it: then there is nothing to read. */
async function judgeDenial(
  api: SecretsApi,
  secret: string,
  denial: VoxsyncError,
  signal: AbortSignal,
): Promise<ReadProof> {
  const description = await describeSecret(api, secret, signal);
  if (description === 'not-found') return 'allowed';
  if (!(description instanceof VoxsyncError) || !isDenied(description)) return denial;
  const { code, message, remoteCode } = description;
  const hint = `${description.hint} It tells whether the secret exists; where it does, \`secretsmanager:GetSecretValue\` on it is needed as well.`;
  return new VoxsyncError(code, message, { hint, remoteCode });
}

// Which permissions are there, found out without reading a value: AWS judges the permission before it looks for the secret or its stage.
import type { SecretReference } from '../../secret/reference.ts';
import { asVoxsyncError, VoxsyncError } from '../../errors.ts';
import type { PermissionProof, ReadProof } from '../source.ts';
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

/** A name that nobody gives, so that asking for it gives no value. */
const unusedName = 'voxsync-check/no-such-secret';

const savings = [
  { operation: 'ListSecrets', cost: 'names are described' },
  { operation: 'BatchGetSecretValue', cost: 'values are read' },
] as const;

/**
 * Asks for a secret that does not exist, as for one that was deleted: only who may describe all secrets is told so.
 * What goes wrong besides is told where it matters.
 */
export async function probePermissions(api: SecretsApi, signal: AbortSignal): Promise<PermissionProof> {
  const denialOf = async (asked: Promise<unknown>): Promise<VoxsyncError | undefined> => {
    const failure: unknown = await asked.then(
      () => undefined,
      (error: unknown) => error,
    );
    signal.throwIfAborted();
    return failure instanceof VoxsyncError && isDenied(failure) ? failure : undefined;
  };
  const [listing, batch, description] = await Promise.all([
    denialOf(api.list({ MaxResults: 1 }, signal)),
    denialOf(api.readBatch([unusedName], undefined, signal)),
    denialOf(api.describe(unusedName, signal)),
  ]);
  const denials = [listing, batch];
  const told = savings.filter((_, index) => denials[index] !== undefined);
  return {
    missing: description && absenceUnprovable(api.id, description),
    savings: told.map(({ operation, cost }) => `without secretsmanager:${operation} ${cost} one by one`),
  };
}

function absenceUnprovable(id: string, { code, hint, remoteCode }: VoxsyncError): VoxsyncError {
  const message = `${id}: DescribeSecret of a secret that does not exist was denied, so no deletion can be proven`;
  return new VoxsyncError(code, message, { hint: hint.replace('on this secret', 'on `*`'), remoteCode });
}

// A failure that leaves open whether an earlier attempt took effect.
import { VoxsyncError } from '../../errors.ts';

/** The same failure, with `isOutcomeUnknown`. */
export function asInDoubt(failure: VoxsyncError): VoxsyncError {
  if (failure.isOutcomeUnknown) return failure;
  const { code, message, hint, remoteCode, retryAfterMs, isRetryable, cause } = failure;
  const details = { hint, remoteCode, retryAfterMs, cause, retryable: isRetryable, isOutcomeUnknown: true };
  return new VoxsyncError(code, message, details);
}

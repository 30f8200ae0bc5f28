// Whether the server keeps namespaces apart: one that has none ignores the header, and would give us the secrets of its root.
import { VoxsyncError } from '../../errors.ts';
import type { Access } from './access.ts';
import type { Answer } from './answers.ts';
import { joinPath } from './path.ts';
import type { VaultPlace } from './settings.ts';

/** A namespace that nobody has. */
const nobodys = 'voxsync-asks-whether-namespaces-are-kept-apart';

/** Asks until it is known to be well, and not again. Throws `source-invalid` where namespaces are wanted and there are none. */
export type NamespaceCheck = (signal: AbortSignal) => Promise<void>;

export function createNamespaceCheck({ id, settings }: VaultPlace, access: Access): NamespaceCheck {
  const { namespace } = settings;
  let isWell = namespace === undefined;
  return async (signal) => {
    if (isWell) return;
    // Answered without a token, where there is such a namespace.
    const answer = await access
      .readElsewhere(nobodys, joinPath('sys/internal/ui/mounts'), signal)
      .catch(unlessRefused);
    isWell = answer?.status !== 200;
    if (isWell) return;
    const message = `${id}: \`namespace\` is ${namespace}, but this server ignores namespaces, and would answer from its root`;
    throw new VoxsyncError('source-invalid', message, {
      hint: 'Remove `namespace`, or set `address` to the server that has it: Vault Enterprise, or OpenBao 2.3 or newer.',
    });
  };
}

/** For `catch`: any refusal of what does not exist will do. */
function unlessRefused(error: unknown): Answer | undefined {
  if (!(error instanceof VoxsyncError) || error.isRetryable || error.remoteCode === undefined) throw error;
  return undefined;
}

// `voxsync transfer --from OWNER [NAME…]`: secrets of another owner become this config's; their values are not touched.
import { VoxsyncError } from '../errors.ts';
import { prepareTransfer } from '../reconcile/transfer.ts';
import { ownerPattern } from '../secret/marker.ts';
import type { AgreementOptions } from './agreement.ts';
import { runAgreed } from './agreement.ts';
import type { Io } from './io.ts';

export interface TransferOptions extends AgreementOptions {
  readonly from: string;
}

/** Throws `usage-invalid` for an owner that can have nothing to give. */
export async function transferCommand(
  names: readonly string[],
  options: TransferOptions,
  io: Io,
): Promise<number> {
  const { from } = options;
  if (!ownerPattern.test(from))
    throw new VoxsyncError('usage-invalid', `--from ${JSON.stringify(from)} is no owner id`);
  return runAgreed(options, io, async (setup, request) => {
    if (from === setup.rules.owner) throw sameOwner(from);
    return prepareTransfer(setup, request, { from, names: new Set(names) });
  });
}

function sameOwner(owner: string): VoxsyncError {
  return new VoxsyncError('usage-invalid', `--from ${owner} is the owner of this config`, {
    hint: 'Name the owner that the secrets have now; `owner` in the config is who gets them.',
  });
}

// `voxsync adopt NAME…`: takes over secrets that a mapping wants and whose marker is damaged or missing.
import { prepareTakeover } from '../reconcile/takeover.ts';
import type { AgreementOptions } from './agreement.ts';
import { runAgreed } from './agreement.ts';
import type { Io } from './io.ts';

export async function adoptCommand(
  names: readonly string[],
  options: AgreementOptions,
  io: Io,
): Promise<number> {
  return runAgreed(options, io, (setup, request) => prepareTakeover(setup, request, new Set(names)));
}

// A source over HashiCorp Vault or OpenBao: the KV engine of one mount, in either version.
import { asVoxsyncError } from '../../errors.ts';
import type { SecretReference } from '../../secret/reference.ts';
import type { Source, Unresolved } from '../source.ts';
import { openAccess, type Access } from './access.ts';
import { discover } from './discover.ts';
import { detectVersion, type Engine } from './engine.ts';
import { createKv1 } from './kv1.ts';
import { createKv2 } from './kv2.ts';
import { identityOf, probeReads } from './probe.ts';
import { placeOf, type VaultPlace, type VaultSettings } from './settings.ts';

export type { VaultSettings } from './settings.ts';

/** Opens the source, without asking Vault anything yet. Throws `source-invalid` for settings that cannot work. */
export async function openVaultSource(id: string, settings: VaultSettings): Promise<Source> {
  const place = placeOf(id, settings);
  const access = openAccess(place);
  const each = async <T>(
    references: readonly SecretReference[],
    signal: AbortSignal,
    look: (engine: Engine, reference: SecretReference) => Promise<T>,
  ): Promise<readonly (T | Unresolved)[]> => {
    const engine = await settle(id, signal, () => engineOf(place, access, signal));
    if ('state' in engine) return references.map(() => engine);
    return Promise.all(references.map((reference) => settle(id, signal, () => look(engine, reference))));
  };
  return {
    observe: (references, signal) =>
      each(references, signal, (engine, reference) => engine.observe(reference, signal)),
    read: (references, signal) =>
      each(references, signal, (engine, reference) => engine.read(reference, signal)),
    discover: (query, signal) =>
      settle(id, signal, async () =>
        discover(place, access, await engineOf(place, access, signal), { query, signal }),
      ),
    identify: (signal) => identityOf(access, signal),
    probeReads: (references, signal) => probeReads(place, access, references, signal),
    close: () => access.close(),
  };
}

/** Asked anew for every call: a mount may be replaced while we run, and under the wrong version nothing seems to exist. */
async function engineOf(place: VaultPlace, access: Access, signal: AbortSignal): Promise<Engine> {
  const version = await detectVersion(place, access, signal);
  return version === 1 ? createKv1(place, access) : createKv2(place, access);
}

/** What is thrown becomes `unresolved`, but for the reason of an aborted signal. */
async function settle<T>(id: string, signal: AbortSignal, work: () => Promise<T>): Promise<T | Unresolved> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    return { state: 'unresolved', error: asVoxsyncError(error, 'unexpected', id) };
  }
}

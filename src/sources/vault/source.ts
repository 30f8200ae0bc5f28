// A source over HashiCorp Vault or OpenBao: the KV engine of one mount, in either version.
import { asVoxsyncError } from '../../errors.ts';
import type { SecretReference } from '../../secret/reference.ts';
import type { Source, Unresolved } from '../source.ts';
import { openAccess } from './access.ts';
import { DetailedListings } from './details.ts';
import { discover } from './discover.ts';
import { detectVersion, type Engine } from './engine.ts';
import { createKv1 } from './kv1.ts';
import { createKv2 } from './kv2.ts';
import { createNamespaceCheck } from './namespace.ts';
import { identityOf, probeReads } from './probe.ts';
import { placeOf, type VaultSettings } from './settings.ts';

export type { VaultSettings } from './settings.ts';

/** Opens the source, without asking Vault anything yet. Throws `source-invalid` for settings that cannot work. */
export async function openVaultSource(id: string, settings: VaultSettings): Promise<Source> {
  const place = placeOf(id, settings);
  const access = openAccess(place);
  const checkNamespace = createNamespaceCheck(place, access);
  const details = new DetailedListings(place, access);
  // Asked anew for every call: a mount may be replaced while we run, and under the wrong version nothing seems to exist.
  const open = async (signal: AbortSignal): Promise<Engine> => {
    await checkNamespace(signal);
    const version = await detectVersion(place, access, signal);
    return version === 1 ? createKv1(place, access) : createKv2(place, access, details);
  };
  const each = async <T>(
    references: readonly SecretReference[],
    signal: AbortSignal,
    lookerOf: (engine: Engine) => (reference: SecretReference) => Promise<T>,
  ): Promise<readonly (T | Unresolved)[]> => {
    const engine = await settle(id, signal, () => open(signal));
    if ('state' in engine) return references.map(() => engine);
    const look = lookerOf(engine);
    return Promise.all(references.map((reference) => settle(id, signal, () => look(reference))));
  };
  return {
    observe: (references, signal) => {
      const secrets = references.map(({ secret }) => secret);
      return each(references, signal, (engine) => engine.observer(secrets, signal));
    },
    read: (references, signal) =>
      each(references, signal, (engine) => (reference) => engine.read(reference, signal)),
    discover: (query, signal) =>
      settle(id, signal, async () => discover(place, await open(signal), { query, signal })),
    identify: (signal) => identityOf(access, signal),
    probeReads: (references, signal) => probeReads(place, access, references, signal),
    close: () => access.close(),
  };
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

// Who we are to Vault, and whether values may be read, found out without reading one.
import { asVoxsyncError } from '../../errors.ts';
import type { SecretReference } from '../../secret/reference.ts';
import type { ReadProof } from '../source.ts';
import type { Access } from './access.ts';
import { memberOf, textOf } from './answers.ts';
import { detectVersion, type Engine } from './engine.ts';
import { createKv2 } from './kv2.ts';
import { joinPath } from './path.ts';
import type { VaultPlace } from './settings.ts';

/** A version that no secret has. */
const neverWritten = '999999999';

/** The name and the policies of our token. */
export async function identityOf(access: Access, signal: AbortSignal): Promise<string> {
  const { body } = await access.read(joinPath('auth/token/lookup-self'), signal);
  const name = textOf(memberOf(body, 'data', 'display_name')) ?? 'without a name';
  const policies: unknown = memberOf(body, 'data', 'policies');
  const told = Array.isArray(policies) ? policies.filter((one) => typeof one === 'string').join(', ') : '';
  return `token ${name}, policies ${told === '' ? 'none' : told}`;
}

/** Asks for each secret at a version that does not exist. KV version 1 has no versions: there, to observe is to read. */
export async function probeReads(
  place: VaultPlace,
  access: Access,
  references: readonly SecretReference[],
  signal: AbortSignal,
): Promise<readonly ReadProof[]> {
  const version = await detectVersion(place, access, signal);
  if (version === 1) return references.map(() => 'read');
  const engine = createKv2(place, access);
  return Promise.all(references.map(({ secret }) => probe(place.id, engine, secret, signal)));
}

async function probe(id: string, engine: Engine, secret: string, signal: AbortSignal): Promise<ReadProof> {
  try {
    const { state } = await engine.read({ secret, version: neverWritten }, signal);
    return state === 'present' ? 'read' : 'allowed';
  } catch (error) {
    signal.throwIfAborted();
    const failure = asVoxsyncError(error, 'unexpected', id);
    return failure.code === 'secret-not-found' ? 'allowed' : failure;
  }
}

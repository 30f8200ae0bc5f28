// The versions of secrets: from listings where they show them, from DescribeSecret where they do not.
import { VoxsyncError } from '../../errors.ts';
import type { SecretReference } from '../../secret/reference.ts';
import { secretKey } from '../../secret/reference.ts';
import type { Observation } from '../source.ts';
import type { SecretsApi } from './api.ts';
import { isDenied } from './failures.ts';
import { askAll, distinct } from './gather.ts';
import type { Lookup } from './lookup.ts';
import { lookUp } from './lookup.ts';
import { isArn, isFilterable } from './naming.ts';
import type { Description } from './settle.ts';
import { describeSecret, judge } from './settle.ts';
import { versionFor } from './versions.ts';

const concurrency = 4;

/**
 * Observes secrets, in the order asked. Throws only when the signal is aborted.
 * - Names are looked up in ListSecrets, which can prove a presence and nothing else.
 * - ARNs, and whatever the listing leaves open, are settled by DescribeSecret, once for each secret.
 */
export async function observeSecrets(
  api: SecretsApi,
  references: readonly SecretReference[],
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  signal.throwIfAborted();
  const asked = distinct(references);
  const names = new Set(asked.map(({ secret }) => secret).filter(isListable));
  const lookup = await lookUp(api, [...names], signal);
  const observations = new Map<string, Observation>();
  const open = new Map<string, SecretReference[]>();
  for (const reference of asked) {
    const observation = observeListed(reference, lookup);
    if (observation !== undefined) observations.set(secretKey(reference), observation);
    else open.set(reference.secret, [...(open.get(reference.secret) ?? []), reference]);
  }
  await askAll([...open], concurrency, async ([secret, sharing]) => {
    const description = withAlternative(await describeSecret(api, secret, signal), lookup);
    for (const reference of sharing) {
      observations.set(secretKey(reference), judge(api.id, reference, description));
    }
  });
  return references.flatMap((reference) => observations.get(secretKey(reference)) ?? []);
}

function isListable(secret: string): boolean {
  return !isArn(secret) && isFilterable(secret);
}

/** What the listing proves; `undefined` when it leaves the reference open. */
function observeListed(reference: SecretReference, lookup: Lookup): Observation | undefined {
  const entry = lookup.shown.get(reference.secret);
  if (entry === undefined || entry.DeletedDate !== undefined) {
    const failure = lookup.failed.get(reference.secret);
    return failure === undefined ? undefined : { state: 'unresolved', error: failure };
  }
  const version = versionFor(reference, entry.SecretVersionsToStages);
  return version === undefined ? undefined : { state: 'present', version };
}

/** Where both ways are denied, either permission would help: the hint tells both. */
function withAlternative(description: Description, lookup: Lookup): Description {
  if (!lookup.isDenied || !(description instanceof VoxsyncError) || !isDenied(description)) {
    return description;
  }
  const { code, message, remoteCode } = description;
  const hint = `${description.hint} While a secret is there, \`secretsmanager:ListSecrets\` on \`*\` shows it as well.`;
  return new VoxsyncError(code, message, { hint, remoteCode });
}

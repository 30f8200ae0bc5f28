// The values that a decision hangs on, and no other: read in bulk, kept as fingerprints on one side and in boxes on the other.
import { asVoxsyncError, isAbort } from '../errors.ts';
import { sourceValuesNeeded, targetValuesNeeded } from '../plan/needs.ts';
import type { Rules } from '../plan/rules.ts';
import type { Actual } from '../secret/actual.ts';
import type { SecretBox } from '../secret/box.ts';
import type { DesiredState, DiscoveryScope } from '../secret/desired.ts';
import { isNamed } from '../secret/desired.ts';
import { mapBounded } from './bounded.ts';
import type { CollectContext, Collected } from './collect.ts';
import { holdUnsettled, settleGone } from './gone.ts';
import { isUnread, problemOf } from './held.ts';
import type { MappedSecret } from './mapping.ts';
import type { Site } from './sites.ts';
import type { Valued } from './value.ts';
import { valueOf } from './value.ts';

/** All that the plan of one site is made from, and the values it may have to write. */
export interface Evidence {
  readonly site: Site;
  readonly rules: Rules;
  readonly desired: DesiredState;
  readonly actual: readonly Actual[];
  readonly values: ReadonlyMap<string, SecretBox>;
}

/** Reads what decides. A value that cannot be read holds its own secret, and no other. */
export async function gatherEvidence(
  collected: readonly Collected[],
  context: CollectContext,
  signal: AbortSignal,
): Promise<readonly Evidence[]> {
  const settled = await settleGone(collected, context.readings);
  const known = settled.map((one) => holdUnsettled(one, context.readings));
  const examined = await Promise.all(known.map((one) => examineSuspects(one, signal)));
  const needs = examined.map((one) => ({ one, mapped: mappedNeeded(one) }));
  await context.readings.read(
    needs.flatMap(({ mapped }) => mapped.flatMap(({ inputs }) => Object.values(inputs))),
  );
  return needs.map(({ one, mapped }) => withValues(one, mapped, context));
}

function mappedNeeded({ desired, actual, rules }: Collected): readonly MappedSecret[] {
  const names = sourceValuesNeeded(desired.state, actual, rules);
  return names.flatMap((name) => desired.mapped.get(name) ?? []);
}

/** Reads those values of the target that may not be what their markers say. */
async function examineSuspects(one: Collected, signal: AbortSignal): Promise<Collected> {
  const { site, desired, rules } = one;
  const needed = new Set(targetValuesNeeded(desired.state, one.actual, rules));
  if (needed.size === 0) return one;
  const suspects = one.actual.filter(({ id }) => needed.has(id));
  const examined = await mapBounded(suspects, site.target.concurrency, (secret) =>
    fingerprinted(secret, site, signal),
  );
  const byId = new Map(examined.map((secret) => [secret.id, secret]));
  return { ...one, actual: one.actual.map((secret) => byId.get(secret.id) ?? secret) };
}

async function fingerprinted(secret: Actual, { target, place }: Site, signal: AbortSignal): Promise<Actual> {
  try {
    const value = await target.readValue(place.applicationId, secret.id, signal);
    return { ...secret, fingerprint: target.keys.fingerprint(value) };
  } catch (error) {
    if (isAbort(error, signal)) throw error;
    return { ...secret, problem: problemOf(asVoxsyncError(error, 'unexpected', secret.name)) };
  }
}

function withValues(one: Collected, mapped: readonly MappedSecret[], context: CollectContext): Evidence {
  if (mapped.length === 0) return { ...one, desired: one.desired.state, values: new Map() };
  const keyed = { ...context, keys: one.site.target.keys };
  const valued = new Map(mapped.map((secret) => [secret.name, valueOf(secret, keyed, context.templates)]));
  const values = [...valued].flatMap(([name, { value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const secrets = one.desired.state.secrets.flatMap((secret) => {
    const read = isNamed(secret) ? valued.get(secret.name) : undefined;
    return read === undefined ? secret : (read.desired ?? []);
  });
  const scopes = scopesBeside([...valued.values()], one);
  return { ...one, desired: { secrets, scopes }, values: new Map(values) };
}

/** A value that could not be read leaves its mapping's discoveries in doubt, as a version that could not be told did. */
function scopesBeside(valued: readonly Valued[], { desired }: Collected): readonly DiscoveryScope[] {
  const selectors = valued.flatMap((one) =>
    one.desired !== undefined && isUnread(one.desired) ? (desired.besides.get(one.desired.name) ?? []) : [],
  );
  const doubted = new Set(selectors);
  return desired.state.scopes.map((scope) =>
    doubted.has(scope.selector) ? { ...scope, isResolved: false } : scope,
  );
}

// From "the listing shows it as deleted" to "it is proven absent": asked by name, and only where something hangs on it.
import type { Actual } from '../secret/actual.ts';
import { isNamed } from '../secret/desired.ts';
import { formatOrigin, pathTag } from '../secret/origin.ts';
import type { Collected } from './collect.ts';
import type { GoneSecret } from './expansion.ts';
import { groupBy } from './group.ts';
import { unresolved } from './held.ts';
import type { Readings } from './readings.ts';

/** Settles those deleted source secrets from which an application still holds a secret of ours. */
export async function settleGone(
  collected: readonly Collected[],
  readings: Readings,
): Promise<readonly Collected[]> {
  const candidates = collected.map((one) => ({ one, gone: goneWithTrace(one) }));
  await readings.observe(candidates.flatMap(({ gone }) => gone.map(({ reference }) => reference)));
  return candidates.map(({ one, gone }) =>
    withSettled(
      one,
      gone.filter(({ reference }) => readings.observationOf(reference).state === 'absent'),
    ),
  );
}

/** Holds what the application has of those that could not be settled, so that somebody hears why; their discoveries are in doubt. */
export function holdUnsettled(one: Collected, readings: Readings): Collected {
  const { state, gone } = one.desired;
  if (gone.length === 0) return one;
  const claimed = new Set(state.secrets.filter(isNamed).map(({ name }) => name));
  const traces = tracesIn(one);
  const unsettled = goneWithTrace(one).flatMap((gone) => {
    const observation = readings.observationOf(gone.reference);
    return observation.state === 'unresolved' ? [{ ...gone, error: observation.error }] : [];
  });
  const unread = unsettled.flatMap((gone) => {
    const names = (traces.get(originOf(gone)) ?? []).map(({ name }) => name);
    const { place, reference, error } = gone;
    return names
      .filter((name) => !claimed.has(name))
      .map((name) => unresolved({ name, place, references: [reference] }, error));
  });
  const doubted = new Set(unsettled.map(({ selector }) => selector));
  const scopes = state.scopes.map((scope) =>
    doubted.has(scope.selector) ? { ...scope, isResolved: false } : scope,
  );
  return withState(one, { secrets: [...state.secrets, ...unread], scopes });
}

function goneWithTrace(one: Collected): readonly GoneSecret[] {
  if (one.desired.gone.length === 0) return [];
  const traces = tracesIn(one);
  return one.desired.gone.filter((gone) => traces.has(originOf(gone)));
}

/** The secrets of ours that the application holds, by where they come from. */
function tracesIn({ actual, rules }: Collected): ReadonlyMap<string, readonly Actual[]> {
  return groupBy(actual, ({ described }) =>
    described.ownership === 'marked' && described.marker.owner === rules.owner ? described.marker.origin : '',
  );
}

function withSettled(one: Collected, gone: readonly GoneSecret[]): Collected {
  if (gone.length === 0) return one;
  const { state } = one.desired;
  const scopes = state.scopes.map((scope) => {
    const tags = gone.filter(({ selector }) => selector === scope.selector).map(tagOf);
    return { ...scope, settled: new Set([...scope.settled, ...tags]) };
  });
  return withState(one, { ...state, scopes });
}

function withState(one: Collected, state: Collected['desired']['state']): Collected {
  return { ...one, desired: { ...one.desired, state } };
}

function originOf(gone: GoneSecret): string {
  return formatOrigin(gone.selector, tagOf(gone));
}

function tagOf({ reference }: GoneSecret): string {
  return pathTag(reference.source, reference.secret);
}

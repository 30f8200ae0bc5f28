// From "the listing shows it as deleted" to "it is proven absent": asked by name, and only where something hangs on it.
import { formatOrigin, pathTag } from '../secret/origin.ts';
import type { Collected } from './collect.ts';
import type { GoneSecret } from './expansion.ts';
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

function goneWithTrace({ desired, actual, rules }: Collected): readonly GoneSecret[] {
  const origins = actual.flatMap(({ described }) =>
    described.ownership === 'marked' && described.marker.owner === rules.owner
      ? [described.marker.origin]
      : [],
  );
  const held = new Set(origins);
  return desired.gone.filter((gone) => held.has(formatOrigin(gone.selector, tagOf(gone))));
}

function withSettled(one: Collected, gone: readonly GoneSecret[]): Collected {
  if (gone.length === 0) return one;
  const { state } = one.desired;
  const scopes = state.scopes.map((scope) => {
    const tags = gone.filter(({ selector }) => selector === scope.selector).map(tagOf);
    return { ...scope, settled: new Set([...scope.settled, ...tags]) };
  });
  return { ...one, desired: { ...one.desired, state: { ...state, scopes } } };
}

function tagOf({ reference }: GoneSecret): string {
  return pathTag(reference.source, reference.secret);
}

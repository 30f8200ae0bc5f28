// A limit that nobody tells us and that refusals teach: each one halves it, and successes raise it again step by step.

/** The level that was refused last is tried again after this many times the usual successes. */
const caution = 10;

/** Immutable; every change is another one. */
export interface Limit {
  /** What is allowed now. */
  readonly current: number;
  /** What is never exceeded. */
  readonly ceiling: number;
  /** How much it rises at once. */
  readonly step: number;
  /** Since it last changed. */
  readonly successes: number;
  /** The level that was refused last. */
  readonly refusedAt: number;
}

/** A limit that was never refused. */
export function limitOf(current: number, { ceiling = current, step = 1 } = {}): Limit {
  return { current, ceiling, step, successes: 0, refusedAt: Infinity };
}

/** After a refusal. One is left always, or the whole of a ceiling below one. */
export function halved(limit: Limit): Limit {
  const half = Math.max(1, Math.floor(limit.current / 2));
  return { ...limit, current: Math.min(half, limit.ceiling), successes: 0, refusedAt: limit.current };
}

/** After a success. As many as the limit stands at, so about one round of calls, raise it by a step. */
export function raised(limit: Limit): Limit {
  const next = Math.min(limit.ceiling, limit.current + limit.step);
  if (next === limit.current) return limit;
  const wasRefused = next >= limit.refusedAt;
  const successes = limit.successes + 1;
  if (successes < limit.current * (wasRefused ? caution : 1)) return { ...limit, successes };
  return { ...limit, current: next, successes: 0, refusedAt: wasRefused ? Infinity : limit.refusedAt };
}

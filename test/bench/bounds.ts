// The latency bound: how long a scenario takes when nothing costs time but waiting for answers.
import type { Calls } from './emulator.ts';
import { changedIn, type ScenarioId } from './scenarios.ts';

/** Calls that voxsync has under way at once. */
const concurrency = 8;
const deletesPerCall = 50;

interface Task {
  readonly scenario: ScenarioId;
  readonly secrets: number;
  readonly latencyMs: number;
  readonly pageSize: number;
}

/** For whoever makes these calls anyway: so many at a time. */
export function boundOfCalls(calls: Calls, atOnce: number, latencyMs: number): number {
  return Math.ceil(totalOf(calls) / atOnce) * latencyMs;
}

/**
 * For voxsync: the rounds that the task takes, whatever it calls besides. One for the application, one for the first
 * page of the listing, one for each eight other pages; one for each eight values read or calls that write; and after
 * writes, the listing once more.
 */
export function boundOfTask({ scenario, secrets, latencyMs, pageSize }: Task): number {
  const changed = changedIn(scenario, secrets);
  const before = scenario === 'first' ? 0 : secrets;
  const after = scenario === 'removed' ? secrets - changed : secrets;
  const reads = scenario === 'drifted' ? changed : 0;
  const writes = scenario === 'removed' ? Math.ceil(changed / deletesPerCall) : changed;
  const confirming = writes === 0 ? 0 : listingRounds(after, pageSize);
  const rounds = 1 + listingRounds(before, pageSize) + inRounds(reads) + inRounds(writes) + confirming;
  return rounds * latencyMs;
}

export function totalOf(calls: Calls): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

/** The first page tells how many there are; the others are read side by side. */
function listingRounds(rows: number, pageSize: number): number {
  const pages = Math.max(1, Math.ceil(rows / pageSize));
  return 1 + inRounds(pages - 1);
}

function inRounds(calls: number): number {
  return Math.ceil(calls / concurrency);
}

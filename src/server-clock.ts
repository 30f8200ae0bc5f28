// The clock of a server, as far as the Date headers of its answers tell it.

/** A header tells whole seconds, and the way here takes some; what is nearer counts as no difference. */
const toleranceMs = 1500;
/** An answer that took longer says too little of the time at which it was given. */
const longestExchangeMs = 5000;
/** Answers that are heard: enough that two of them may be wrong. */
const witnessCount = 5;

export class ServerClock {
  /** How far its clock is from ours, by the last answers, the newest last. */
  #offsetsMs: readonly number[] = [];

  /** Takes in the Date header of one answer; the times are this machine's, in milliseconds since 1970. */
  note(header: string | undefined, sentAtMs: number, receivedAtMs: number): void {
    const told = header === undefined ? Number.NaN : Date.parse(header);
    const tookMs = receivedAtMs - sentAtMs;
    if (Number.isNaN(told) || tookMs < 0 || tookMs > longestExchangeMs) return;
    // The middle of the second that was told, against the middle of the exchange.
    const offsetMs = told + 500 - (sentAtMs + receivedAtMs) / 2;
    const settled = Math.abs(offsetMs) <= toleranceMs ? 0 : offsetMs;
    this.#offsetsMs = [...this.#offsetsMs, settled].slice(-witnessCount);
  }

  /**
   * Milliseconds since 1970 by the server's clock; by this machine's until an answer has told another. Deletes wait for
   * it and markers keep it, so one answer that is far off does not move it: the middle one of the last answers counts.
   */
  nowMs(): number {
    return Date.now() + middleOf(this.#offsetsMs);
  }

  /** The same by the newest answer alone: for tokens, which the server compares with its clock at once. */
  toldMs(): number {
    return Date.now() + (this.#offsetsMs.at(-1) ?? 0);
  }
}

/** The middle one; of two, the one nearer to our own clock. */
function middleOf(offsetsMs: readonly number[]): number {
  const sorted = offsetsMs.toSorted((one, other) => one - other);
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return Math.abs(lower) <= Math.abs(upper) ? lower : upper;
}

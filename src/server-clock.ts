// The clock of a server, as far as the Date headers of its answers tell it.

/** A header tells whole seconds, and the way here takes some; what is nearer counts as no difference. */
const toleranceMs = 1500;
/** An answer that took longer says too little of the time at which it was given. */
const longestExchangeMs = 5000;

export class ServerClock {
  #offsetMs = 0;

  /** Takes in the Date header of one answer; the times are this machine's, in milliseconds since 1970. */
  note(header: string | undefined, sentAtMs: number, receivedAtMs: number): void {
    const told = header === undefined ? Number.NaN : Date.parse(header);
    const tookMs = receivedAtMs - sentAtMs;
    if (Number.isNaN(told) || tookMs < 0 || tookMs > longestExchangeMs) return;
    // The middle of the second that was told, against the middle of the exchange.
    const offsetMs = told + 500 - (sentAtMs + receivedAtMs) / 2;
    this.#offsetMs = Math.abs(offsetMs) <= toleranceMs ? 0 : offsetMs;
  }

  /** Milliseconds since 1970 by the server's clock; by this machine's until an answer has told another. */
  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }
}

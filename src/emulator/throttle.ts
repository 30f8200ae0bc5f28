// The limits on calls per second and calls at once, counted for each account.
import { ApiRefusal } from './codes.ts';
import type { EmulatorSwitches } from './switches.ts';

interface Usage {
  underWay: number;
  /** When the calls of the last second came, in milliseconds. */
  recent: number[];
}

/** Counts the calls of each account, and refuses those over the limits. */
export class Throttle {
  readonly #usage = new Map<number, Usage>();

  /** Lets a call in and returns what lets it out again. Throws `ApiRefusal` for one call too many. */
  enter(accountId: number, switches: EmulatorSwitches, nowMs: number): () => void {
    const usage = this.#usage.get(accountId) ?? { underWay: 0, recent: [] };
    this.#usage.set(accountId, usage);
    usage.recent = usage.recent.filter((at) => at > nowMs - 1000);
    const { callsPerSecond, concurrentCalls, throttleCode } = switches;
    const isTooFast = callsPerSecond > 0 && usage.recent.length >= callsPerSecond;
    const isTooMany = concurrentCalls > 0 && usage.underWay >= concurrentCalls;
    if (isTooFast || isTooMany) throw new ApiRefusal(throttleCode);
    if (callsPerSecond > 0) usage.recent.push(nowMs);
    usage.underWay += 1;
    return () => {
      usage.underWay -= 1;
    };
  }
}

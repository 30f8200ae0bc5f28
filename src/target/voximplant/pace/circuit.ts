// When calls that fail one after the other are no longer worth sending: a circuit opens, lets one through now and then, and closes at the first success.
import { VoxsyncError } from '../../../errors.ts';
import type { Verdict } from './verdict.ts';

export interface CircuitSettings {
  /** What the calls are about, for the message. */
  readonly what: string;
  /** So many failures in a row open it; half as many when they have gone on for long. */
  readonly failures: number;
  /** But only when they are about so many applications; a call about none counts for all. */
  readonly applications: number;
}

/** How a call ended. */
export interface Ending {
  /** The number of the call. */
  readonly call: number;
  readonly applicationId: number | undefined;
  readonly verdict: Verdict;
  readonly thrown?: unknown;
}

/** An account that asks for pauses is asked seldom, and would take minutes to refuse enough. */
const longMs = 20_000;
/** The pause before the first call that is let through; it doubles while these fail. */
const firstPauseMs = 1000;
/** Far below any schedule, so that a pass never starts too early to be let through. */
export const longestPauseMs = 10_000;

interface Opened {
  readonly pauseMs: number;
  readonly endsAt: number;
  /** The number of the call that was let through and has not ended. */
  readonly probe: number | undefined;
}

/** The state of one circuit. No timers: times are given. */
export class Circuit {
  readonly #settings: CircuitSettings;
  readonly #applications = new Set<number | undefined>();
  #failures = 0;
  #failingSince: number | undefined;
  #cause: VoxsyncError | undefined;
  #opened: Opened | undefined;

  constructor(settings: CircuitSettings) {
    this.#settings = settings;
  }

  get isOpen(): boolean {
    return this.#opened !== undefined;
  }

  /** What a call that is not sent fails with; `undefined` while closed. */
  get failure(): VoxsyncError | undefined {
    if (this.#opened === undefined || this.#cause === undefined) return undefined;
    const { code, message, hint, isRetryable, remoteCode } = this.#cause;
    const text = `not asked: the last ${this.#failures} calls to ${this.#settings.what} failed: ${message}`;
    return new VoxsyncError(code, text, { hint, retryable: isRetryable, remoteCode });
  }

  /** Whether a call may be sent now. */
  admits(nowMs: number): boolean {
    const opened = this.#opened;
    return opened === undefined || (opened.probe === undefined && nowMs >= opened.endsAt);
  }

  /** A call that was admitted is sent. */
  start(call: number): void {
    if (this.#opened !== undefined) this.#opened = { ...this.#opened, probe: call };
  }

  end(ending: Ending, nowMs: number): void {
    if (ending.verdict === 'works') this.#close();
    else if (this.#opened === undefined) this.#countFailure(ending, nowMs);
    else if (this.#opened.probe === ending.call) this.#pauseAgain(ending, this.#opened, nowMs);
  }

  #close(): void {
    this.#applications.clear();
    this.#failures = 0;
    this.#failingSince = undefined;
    this.#cause = undefined;
    this.#opened = undefined;
  }

  #countFailure({ verdict, thrown, applicationId }: Ending, nowMs: number): void {
    if (verdict !== 'fails' || !(thrown instanceof VoxsyncError)) return;
    this.#failures += 1;
    this.#failingSince ??= nowMs;
    this.#cause = thrown;
    this.#applications.add(applicationId);
    const needed = this.#settings.failures / (nowMs - this.#failingSince >= longMs ? 2 : 1);
    if (this.#failures >= needed && this.#isSpread()) this.#pause(firstPauseMs, nowMs);
  }

  /** Failures of one application say little about the others. */
  #isSpread(): boolean {
    return this.#applications.has(undefined) || this.#applications.size >= this.#settings.applications;
  }

  #pauseAgain({ verdict, thrown }: Ending, { pauseMs }: Opened, nowMs: number): void {
    const hasFailed = verdict === 'fails' && thrown instanceof VoxsyncError;
    if (hasFailed) {
      this.#failures += 1;
      this.#cause = thrown;
    }
    // An aborted call, or one whose failure may be its own, has told nothing: the same pause once more.
    this.#pause(hasFailed ? pauseMs * 2 : pauseMs, nowMs);
  }

  #pause(wantedMs: number, nowMs: number): void {
    const pauseMs = Math.min(Math.max(wantedMs, this.#cause?.retryAfterMs ?? 0), longestPauseMs);
    this.#opened = { pauseMs, endsAt: nowMs + pauseMs, probe: undefined };
  }
}

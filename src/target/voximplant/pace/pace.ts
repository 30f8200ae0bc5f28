// The pace of an account: its allowance and its circuits, made real by a queue and a timer. One for all its applications.
import PQueue from 'p-queue';
import { VoxsyncError } from '../../../errors.ts';
import { retryAfterLimitMs } from '../../../retry.ts';
import { Allowance, type AllowanceSettings } from './allowance.ts';
import type { Ending } from './circuit.ts';
import { Circuits } from './circuits.ts';
import { congestionOf } from '../error-codes.ts';
import { verdictOn } from './verdict.ts';

/** What the pace must know of a call. */
export interface PacedCall {
  readonly isWrite: boolean;
  readonly applicationId: number | undefined;
}

/** How an account is doing. */
export interface PaceState {
  /** Calls that may be under way at once. */
  readonly concurrency: number;
  /** `undefined` where nothing limits them. */
  readonly requestsPerSecond: number | undefined;
  /** Whether either is less than the config allows. */
  readonly isSlowed: boolean;
  /** Why calls of the account, or of one of its applications, are not sent; `undefined` while all are. */
  readonly stopped: VoxsyncError | undefined;
}

export interface PaceSettings extends AllowanceSettings {
  /** How long the account rests after a refused rate, unless the answer says how long. */
  readonly coolDownMs: number;
  /** So many failures in a row, and no success between them, stop the calls. */
  readonly failures: number;
  /** Told of every change, and of the state at the start. */
  readonly onChange?: ((state: PaceState) => void) | undefined;
}

export class Pace {
  readonly #settings: PaceSettings;
  readonly #allowance: Allowance;
  readonly #circuits: Circuits;
  readonly #queue: PQueue;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #told = '';

  constructor(settings: PaceSettings) {
    this.#settings = settings;
    this.#allowance = new Allowance(settings);
    this.#circuits = new Circuits(settings.failures);
    this.#queue = new PQueue({ concurrency: settings.concurrency });
    this.#tell();
  }

  /**
   * Sends a call when its turn comes. An abort before that throws the signal's reason. Where all calls have failed for a
   * while, it throws their failure and sends nothing: such a write has not taken effect.
   */
  async run<T>(call: PacedCall, send: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    // Before the queue too, where calls without an answer may hold every place.
    this.#refuseIfStopped(call);
    // A derived signal, so that many waiting calls on one signal do not look like a leak of listeners.
    return this.#queue.add(() => this.#takeTurn(call, send), { signal: AbortSignal.any([signal]) });
  }

  /** Holds nothing back any more. */
  close(): void {
    this.#isClosed = true;
    this.#hold();
  }

  #refuseIfStopped({ applicationId }: PacedCall): void {
    const refusal = this.#circuits.refusal(applicationId, performance.now());
    if (refusal !== undefined) throw refusal;
  }

  async #takeTurn<T>({ applicationId, isWrite }: PacedCall, send: () => Promise<T>): Promise<T> {
    this.#refuseIfStopped({ applicationId, isWrite });
    const call = this.#allowance.start(performance.now());
    this.#circuits.start(call, applicationId);
    this.#hold();
    let ending: Ending = { call, applicationId, verdict: 'works' };
    try {
      return await send();
    } catch (thrown) {
      ending = { call, applicationId, verdict: verdictOn(thrown, isWrite), thrown };
      throw thrown;
    } finally {
      this.#learn(ending, performance.now());
    }
  }

  #learn(ending: Ending, nowMs: number): void {
    if (ending.verdict === 'works') this.#allowance.succeed(ending.call, nowMs);
    else if (ending.thrown instanceof VoxsyncError) this.#slowDown(ending.call, ending.thrown, nowMs);
    this.#circuits.end(ending, nowMs);
    const { concurrency } = this.#allowance;
    if (this.#queue.concurrency !== concurrency) this.#queue.concurrency = concurrency;
    this.#hold();
    this.#tell();
  }

  #slowDown(call: number, failure: VoxsyncError, nowMs: number): void {
    const congestion = congestionOf(failure);
    const isNews = congestion !== undefined && this.#allowance.refuse(call, congestion, nowMs);
    const coolDownMs = isNews && congestion === 'rate' ? this.#settings.coolDownMs : 0;
    const restMs = Math.min(failure.retryAfterMs ?? coolDownMs, retryAfterLimitMs);
    if (restMs > 0) this.#allowance.rest(restMs, nowMs);
  }

  /** Holds back what has not started until its time has come. What is not going to be sent need not wait for that. */
  #hold(): void {
    clearTimeout(this.#timer);
    const waitMs = this.#allowance.startsNextAt - performance.now();
    if (waitMs <= 0 || this.#circuits.isAccountOpen || this.#isClosed) this.#queue.start();
    else {
      this.#queue.pause();
      this.#timer = setTimeout(() => this.#queue.start(), waitMs);
    }
  }

  #tell(): void {
    const { concurrency, rate: requestsPerSecond, isReduced: isSlowed } = this.#allowance;
    const stopped = this.#circuits.failure;
    const key = [concurrency, requestsPerSecond, isSlowed, stopped !== undefined].join(' ');
    if (key !== this.#told) this.#settings.onChange?.({ concurrency, requestsPerSecond, isSlowed, stopped });
    this.#told = key;
  }
}

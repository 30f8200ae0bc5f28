// What an account allows, learned from what it refuses: how many calls at once, and how many a second. No timers: times are given.
import type { Congestion } from '../error-codes.ts';
import { halved, limitOf, raised, type Limit } from './limit.ts';

/** What the config allows at most. */
export interface AllowanceSettings {
  readonly concurrency: number;
  /** Without it there is no rate until the account refuses one. */
  readonly requestsPerSecond?: number | undefined;
}

/** A start that was late by less than this does not delay the ones after it: timers are never on time. */
const latenessMs = 10;
/** A rate that is this many times what is used limits nothing. */
const ample = 2;

/** The state of one account; shared by all its calls. */
export class Allowance {
  readonly #settings: AllowanceSettings;
  readonly #used = new UsedRate();
  readonly #halvedAt: Record<Congestion, number> = { concurrency: 0, rate: 0 };
  #concurrency: Limit;
  #rate: Limit | undefined;
  #starts = 0;
  #startsNextAt = -Infinity;

  constructor(settings: AllowanceSettings) {
    this.#settings = settings;
    this.#concurrency = limitOf(settings.concurrency);
    this.#rate = settings.requestsPerSecond === undefined ? undefined : limitOf(settings.requestsPerSecond);
  }

  /** Calls at once. */
  get concurrency(): number {
    return this.#concurrency.current;
  }

  /** Calls a second; `undefined` where nothing limits them. */
  get rate(): number | undefined {
    return this.#rate?.current;
  }

  /** Whether it is less than the config allows. */
  get isReduced(): boolean {
    return [this.#concurrency, this.#rate].some((limit) => limit && limit.current < limit.ceiling);
  }

  /** No call should start before. */
  get startsNextAt(): number {
    return this.#startsNextAt;
  }

  /** A call starts; gives its number. */
  start(nowMs: number): number {
    this.#used.count(nowMs);
    if (this.#rate !== undefined) {
      const isOnTime = nowMs - this.#startsNextAt < latenessMs;
      this.#startsNextAt = (isOnTime ? this.#startsNextAt : nowMs) + 1000 / this.#rate.current;
    }
    this.#starts += 1;
    return this.#starts;
  }

  /** A call succeeded: what was halved recovers, slowly. */
  succeed(call: number, nowMs: number): void {
    if (this.#isNews(call, 'concurrency')) this.#concurrency = raised(this.#concurrency);
    if (this.#rate === undefined || !this.#isNews(call, 'rate')) return;
    const rate = raised(this.#rate);
    const isAmple = rate.ceiling === Infinity && rate.current >= ample * this.#used.at(nowMs);
    this.#rate = rate.current > this.#rate.current && isAmple ? undefined : rate;
  }

  /** A call was refused for congestion: halves what that is about, once for a burst of refusals. Tells whether it did. */
  refuse(call: number, congestion: Congestion, nowMs: number): boolean {
    if (!this.#isNews(call, congestion)) return false;
    this.#halvedAt[congestion] = this.#starts;
    if (congestion === 'concurrency') this.#concurrency = halved(this.#concurrency);
    else this.#rate = halved(this.#rate ?? this.#firstRate(nowMs));
    return true;
  }

  /** No call should start in the next while. */
  rest(durationMs: number, nowMs: number): void {
    this.#startsNextAt = Math.max(this.#startsNextAt, nowMs + durationMs);
  }

  /** Calls that had started before the last halving were sent at the old pace, and say nothing about the new one. */
  #isNews(call: number, congestion: Congestion): boolean {
    return call > this.#halvedAt[congestion];
  }

  /** What was used when it was refused. Little use says little, so not less than two rounds of calls a second. */
  #firstRate(nowMs: number): Limit {
    const current = Math.max(2 * this.#settings.concurrency, Math.round(this.#used.at(nowMs)));
    return limitOf(current, { ceiling: Infinity, step: Math.max(1, Math.round(current / 20)) });
  }
}

/** Calls a second, as an average that forgets within seconds. */
class UsedRate {
  #calls = 0;
  #countedAt = 0;

  at(nowMs: number): number {
    return this.#calls * Math.exp((this.#countedAt - nowMs) / 1000);
  }

  count(nowMs: number): void {
    this.#calls = this.at(nowMs) + 1;
    this.#countedAt = nowMs;
  }
}

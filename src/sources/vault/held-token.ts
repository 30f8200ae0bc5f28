// One token of ours, from its login until it is given back: counts its uses, and renews it in time.
import type { SecretBox } from '../../secret/box.ts';
import type { VaultClient } from './client.ts';
import { issuedBy, type IssuedToken } from './login.ts';
import { renewalDelayMs } from './renewal.ts';

/**
 * The states: in use, then dropped (Vault honours it still, but nobody sends it any more) or dead. Of time it knows
 * what Vault says is left, and a clock that nobody sets.
 */
export class HeldToken {
  readonly token: SecretBox;
  /** Whether Vault counts the requests made with it. */
  readonly isCounted: boolean;
  readonly policies: readonly string[];
  readonly #issued: IssuedToken;
  readonly #client: VaultClient;
  readonly #ending: AbortSignal;
  #state: 'in use' | 'dropped' | 'dead' = 'in use';
  #usesLeft: number;
  #endsAt = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** `ending` ends the renewals under way. */
  constructor(issued: IssuedToken, client: VaultClient, ending: AbortSignal) {
    this.token = issued.token;
    this.policies = issued.policies;
    this.isCounted = issued.uses !== Number.POSITIVE_INFINITY;
    this.#issued = issued;
    this.#usesLeft = issued.uses;
    this.#client = client;
    this.#ending = ending;
    this.#last(issued.leaseMs);
  }

  get isInUse(): boolean {
    return this.#state === 'in use';
  }

  /** As far as we know. */
  get isHonoured(): boolean {
    return this.#state !== 'dead' && performance.now() < this.#endsAt;
  }

  /** Whether one more request may be made with it, which counts; the last one is its death. */
  take(): boolean {
    if (!this.isInUse) return false;
    this.#usesLeft -= 1;
    if (this.#usesLeft < 1) this.#leave('dead');
    return true;
  }

  drop(): void {
    if (this.isInUse) this.#leave('dropped');
  }

  /** Vault does not know it any more. */
  die(): void {
    this.#leave('dead');
  }

  /** Gives it back. Throws as a request does. */
  async revoke(signal: AbortSignal): Promise<void> {
    this.#leave('dead');
    await this.#client.write('auth/token/revoke-self', {}, { token: this.token, signal });
  }

  #leave(state: 'dropped' | 'dead'): void {
    clearTimeout(this.#timer);
    this.#state = state;
  }

  /** From now on it lasts so long. A lease of 0 never ends. */
  #last(leaseMs: number): void {
    clearTimeout(this.#timer);
    if (leaseMs === 0) return;
    this.#endsAt = performance.now() + leaseMs;
    this.#timer = setTimeout(() => void this.#renew(), renewalDelayMs(leaseMs)).unref();
  }

  /** A token that is not renewed, or only for a rest of its time, is dropped; the next request logs in. */
  async #renew(): Promise<void> {
    // A renewal would cost a use.
    const answer = this.#issued.isRenewable && !this.isCounted ? await this.#ask() : 'refused';
    if (!this.isInUse) return;
    const { leaseMs: fullMs } = this.#issued;
    if (answer === 'unanswered' && this.#leftMs() * 10 > fullMs) this.#last(this.#leftMs());
    else if (typeof answer === 'number' && answer * 2 >= fullMs) this.#last(answer);
    else this.drop();
  }

  /** What is left of the lease after a renewal. */
  async #ask(): Promise<number | 'refused' | 'unanswered'> {
    const call = { token: this.token, signal: this.#ending };
    try {
      const answer = await this.#client.write('auth/token/renew-self', {}, call);
      if (answer.status >= 500) return 'unanswered';
      return issuedBy(answer)?.leaseMs ?? 'refused';
    } catch {
      return 'unanswered';
    }
  }

  #leftMs(): number {
    return this.#endsAt - performance.now();
  }
}

// A session of our own: logs in when needed, once for all who wait, renews the token in time, and revokes it at the end.
import type { SecretBox } from '../../secret/box.ts';
import type { VaultClient } from './client.ts';
import { issuedBy, type IssuedToken, type Login } from './login.ts';
import { renewalDelayMs } from './renewal.ts';
import type { Session } from './session.ts';
import { withSignal } from './waiting.ts';

const closeDeadlineMs = 2000;
/** A token that cannot look itself up makes every refusal look like its own end; so one login a minute must do. */
const replacementPauseMs = 60_000;

/** The states: no token, a login under way (`#pending`), a token with its renewal ahead (`#current`). */
export class LoginSession implements Session {
  readonly #client: VaultClient;
  readonly #login: Login;
  readonly #ending = new AbortController();
  #current: IssuedToken | undefined;
  #pending: Promise<IssuedToken> | undefined;
  #usesLeft = 0;
  #isClosing = false;
  #replacing: Promise<boolean> | undefined;
  #replacedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** `login` may throw any VoxsyncError; whoever waits for the token gets it. */
  constructor(client: VaultClient, login: Login) {
    this.#client = client;
    this.#login = login;
  }

  async token(signal: AbortSignal): Promise<SecretBox> {
    for (;;) {
      const issued = this.#current ?? (await withSignal(() => this.#logIn(), signal));
      // Others who waited for it too may have used it up; but at the end nobody logs in once more.
      if (this.#take(issued) || this.#isClosing) return issued.token;
    }
  }

  async replace(refused: SecretBox, signal: AbortSignal): Promise<SecretBox | undefined> {
    // Somebody else has been here with the same refused token.
    if (this.#current?.token !== refused) return this.token(signal);
    const isReplaced = await withSignal(() => {
      this.#replacing ??= this.#replaceDead(refused).finally(() => {
        this.#replacing = undefined;
      });
      return this.#replacing;
    }, signal);
    return isReplaced ? this.token(signal) : undefined;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    const deadline = AbortSignal.timeout(closeDeadlineMs);
    try {
      if (this.#pending !== undefined) await withSignal(async () => this.#pending, deadline);
      const token = this.#current?.token;
      this.#forget();
      if (token === undefined) return;
      await this.#client.write('auth/token/revoke-self', {}, { token, signal: deadline });
    } catch {
      // The token expires by itself.
    } finally {
      this.#ending.abort();
      this.#forget();
    }
  }

  #logIn(): Promise<IssuedToken> {
    this.#pending ??= this.#login(this.#ending.signal)
      .then((issued) => {
        this.#usesLeft = issued.uses;
        return this.#hold(issued);
      })
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  /** A refusal stands when the token is alive: then the path is forbidden. */
  async #replaceDead(refused: SecretBox): Promise<boolean> {
    const { signal } = this.#ending;
    if (this.#current !== undefined) this.#take(this.#current);
    const { status } = await this.#client.read('auth/token/lookup-self', { token: refused, signal });
    const now = performance.now();
    if (status !== 403 || now - this.#replacedAt < replacementPauseMs) return false;
    this.#replacedAt = now;
    // Unless somebody has logged in meanwhile.
    if (this.#current?.token === refused) this.#forget();
    return true;
  }

  /** One of the uses of a token; the last one leaves no token. */
  #take(issued: IssuedToken): boolean {
    if (this.#current !== issued) return false;
    this.#usesLeft -= 1;
    if (this.#usesLeft < 1) this.#forget();
    return true;
  }

  #hold(issued: IssuedToken): IssuedToken {
    this.#current = issued;
    clearTimeout(this.#timer);
    // A lease of 0 never ends.
    if (issued.leaseMs > 0 && !this.#ending.signal.aborted) {
      this.#timer = setTimeout(() => void this.#renew(issued), renewalDelayMs(issued.leaseMs)).unref();
    }
    return issued;
  }

  /** A token that is not renewed, or only for a rest of its time, is dropped; the next request logs in. */
  async #renew(issued: IssuedToken): Promise<void> {
    // A renewal would cost a use.
    const isWorthIt = issued.isRenewable && issued.uses === Number.POSITIVE_INFINITY;
    const renewed = isWorthIt ? await this.#askForRenewal(issued.token) : undefined;
    if (this.#current !== issued) return;
    if (renewed === undefined || renewed.leaseMs * 2 < issued.fullLeaseMs) this.#forget();
    else this.#hold({ ...issued, leaseMs: renewed.leaseMs });
  }

  async #askForRenewal(token: SecretBox): Promise<IssuedToken | undefined> {
    const { signal } = this.#ending;
    try {
      return issuedBy(await this.#client.write('auth/token/renew-self', {}, { token, signal }));
    } catch {
      return undefined;
    }
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#current = undefined;
  }
}

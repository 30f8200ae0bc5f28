// A session of our own: logs in when needed, once for all who wait, replaces what Vault ended, and gives everything back at the end.
import type { SecretBox } from '../../secret/box.ts';
import type { VaultClient } from './client.ts';
import { HeldToken } from './held-token.ts';
import type { Login } from './login.ts';
import type { Session } from './session.ts';
import { withSignal } from './waiting.ts';

const closeDeadlineMs = 2000;
/** Where nobody can tell a dead token from a forbidden path, one login a minute must do. */
const replacementPauseMs = 60_000;

export class LoginSession implements Session {
  readonly #name: string;
  readonly #client: VaultClient;
  readonly #login: Login;
  readonly #ending = new AbortController();
  /** All that Vault may still honour, the current one included. */
  readonly #held = new Set<HeldToken>();
  #current: HeldToken | undefined;
  #pending: Promise<HeldToken> | undefined;
  #replacing: Promise<boolean> | undefined;
  #replacedAt = Number.NEGATIVE_INFINITY;
  /** Our tokens may not look themselves up, so every refusal looks like their end. */
  #isBlind = false;
  #isClosing = false;

  /** `name` is for messages. `login` may throw any VoxsyncError; whoever waits for the token gets it. */
  constructor(name: string, client: VaultClient, login: Login) {
    this.#name = name;
    this.#client = client;
    this.#login = login;
  }

  get identity(): string {
    const policies = this.#current?.policies ?? [];
    return policies.length === 0 ? this.#name : `${this.#name} with the policies ${policies.join(', ')}`;
  }

  async token(signal: AbortSignal): Promise<SecretBox> {
    for (;;) {
      const held = this.#usable() ?? (await withSignal(() => this.#logIn(), signal));
      // Others who waited for it too may have used it up; but at the end nobody logs in once more.
      if (held.take() || this.#isClosing) return held.token;
    }
  }

  async replace(refused: SecretBox, signal: AbortSignal): Promise<SecretBox | undefined> {
    const held = this.#usable();
    // Somebody else has been here with the same refused token.
    if (held?.token !== refused) return this.token(signal);
    const isReplaced = await withSignal(() => {
      this.#replacing ??= this.#replaceDead(held).finally(() => {
        this.#replacing = undefined;
      });
      return this.#replacing;
    }, signal);
    return isReplaced ? this.token(signal) : undefined;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const deadline = AbortSignal.timeout(closeDeadlineMs);
    await withSignal(async () => this.#replacing, deadline).catch(() => {});
    await withSignal(async () => this.#pending, deadline).catch(() => {});
    // What cannot be given back in time expires by itself.
    const left = [...this.#held].filter(({ isHonoured }) => isHonoured);
    await Promise.allSettled(left.map((held) => held.revoke(deadline)));
    this.#ending.abort();
    for (const held of this.#held) held.die();
  }

  #usable(): HeldToken | undefined {
    return this.#current?.isInUse === true ? this.#current : undefined;
  }

  #logIn(): Promise<HeldToken> {
    this.#pending ??= this.#login(this.#ending.signal)
      .then((issued) => this.#hold(new HeldToken(issued, this.#client, this.#ending.signal)))
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  #hold(token: HeldToken): HeldToken {
    for (const held of this.#held) if (!held.isHonoured) this.#held.delete(held);
    this.#held.add(token);
    this.#current = token;
    return token;
  }

  /** A refusal stands when the token is alive: then the path is forbidden. */
  async #replaceDead(held: HeldToken): Promise<boolean> {
    if (await this.#isKnown(held)) return false;
    const now = performance.now();
    if (this.#isBlind && now - this.#replacedAt < replacementPauseMs) return false;
    this.#replacedAt = now;
    held.drop();
    const fresh = this.#usable() ?? (await this.#logIn());
    // Whether one that lives may look itself up says what the answer for the one before was worth.
    this.#isBlind = fresh.isCounted || !(await this.#isKnown(fresh));
    if (!this.#isBlind) held.die();
    return true;
  }

  /** Whether Vault knows the token, as far as it may ask. */
  async #isKnown(held: HeldToken): Promise<boolean> {
    held.take();
    const call = { token: held.token, signal: this.#ending.signal };
    return (await this.#client.read('auth/token/lookup-self', call)).status !== 403;
  }
}

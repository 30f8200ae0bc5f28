// Listings that tell the metadata with every name: OpenBao offers them, Vault does not. The first one finds it out; no version is asked for.
import { VoxsyncError } from '../../errors.ts';
import type { Access } from './access.ts';
import { entriesIn, type Entry } from './listing.ts';
import { joinPath } from './path.ts';
import type { VaultPlace } from './settings.ts';
import { withSignal } from './waiting.ts';

/** How long a refusal is believed: the server, or what it allows us, may change while we run. */
const askAgainMs = 3_600_000;

/** The most entries that are asked for at once: keeps an answer far below the most that is read of one. */
export const pageSize = 1000;

/** A part of a folder: so many entries, from the first name after this one. */
interface Part {
  /** With a slash at its end; empty for the whole mount. */
  readonly folder: string;
  readonly after: string;
  readonly limit: number;
}

/** The detailed listings of one mount of KV version 2, with what is known of whether there are any. */
export class DetailedListings {
  readonly #place: VaultPlace;
  readonly #access: Access;
  #isOffered = false;
  #first: Promise<void> | undefined;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(place: VaultPlace, access: Access) {
    this.#place = place;
    this.#access = access;
  }

  /**
   * All entries of a folder, or somewhat more than `limit` of them; `undefined` where the mount does not offer it or our
   * policy does not allow it, and the plain way is to be taken. Throws what may pass, and the reason of an aborted signal.
   */
  async all(folder: string, limit: number, signal: AbortSignal): Promise<readonly Entry[] | undefined> {
    const entries: Entry[] = [];
    for (;;) {
      const after = entries.at(-1)?.name ?? '';
      const page = await this.some({ folder, after, limit: pageSize }, signal);
      if (page === undefined) return undefined;
      entries.push(...page);
      if (page.length !== pageSize || entries.length > limit) return entries;
    }
  }

  /** As `all`, of a part of the folder. */
  async some(part: Part, signal: AbortSignal): Promise<readonly Entry[] | undefined> {
    // As long as nobody knows, one asks and the others wait.
    while (!this.#isOffered && this.#first !== undefined) await withSignal(this.#waitForFirst, signal);
    if (performance.now() < this.#notBefore) return undefined;
    const asking = this.#ask(part, signal);
    if (!this.#isOffered) this.#first = this.#settle(asking);
    return asking;
  }

  readonly #waitForFirst = async (): Promise<void> => this.#first;

  async #settle(asking: Promise<unknown>): Promise<void> {
    await asking.catch(() => {});
    this.#first = undefined;
  }

  async #ask({ folder, after, limit }: Part, signal: AbortSignal): Promise<readonly Entry[] | undefined> {
    const path = joinPath(this.#place.mount, 'detailed-metadata', folder.slice(0, -1));
    const query = new URLSearchParams({ limit: String(limit), ...(after !== '' && { after }) });
    try {
      const answer = await this.#access.tryList(path, signal, query.toString());
      const entries = entriesIn(this.#place, path, answer);
      if (entries === undefined) return this.#giveUp();
      this.#isOffered = true;
      return entries;
    } catch (error) {
      if (!isFinal(error)) throw error;
      return this.#giveUp();
    }
  }

  /** Where other folders are told in detail, it is this one alone that is not. */
  #giveUp(): undefined {
    if (!this.#isOffered) this.#notBefore = performance.now() + askAgainMs;
  }
}

/** Whether asking again is of no use: the path does not exist, is forbidden, or gives what cannot be read. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof VoxsyncError)) return false;
  const { code, remoteCode } = error;
  return code === 'source-answer-invalid' || remoteCode === 403;
}

// Listings over pages, read so that nothing that was there all the time can be missed, or not believed at all.
import { VoxsyncError } from '../../errors.ts';
import { retrying, type RetryTimes } from '../../retry.ts';

/** One page as it arrived. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** `undefined` when the answer does not say. */
  readonly total: number | undefined;
}

export interface Listing<Row> {
  /** What is listed, for the message. */
  readonly what: string;
  readonly readPage: (count: number, offset: number) => Promise<Page<Row>>;
  readonly pageSize: PageSize;
  readonly signal: AbortSignal;
  /** How often to list anew when a listing disagrees with itself. */
  readonly times: RetryTimes;
}

const pageLimit = 2000;

/** How many rows to ask for: many, until the API refuses that. One for all listings of an account, so that it learns once. */
export class PageSize {
  #sizes: readonly number[] = [1000, 100, 20];

  get current(): number {
    return this.#sizes[0] ?? 20;
  }

  /** Keeps to smaller sizes than the one refused; tells whether there is one. */
  shrink(refused: number): boolean {
    const smaller = this.#sizes.filter((size) => size < refused);
    if (smaller.length === 0) return false;
    this.#sizes = smaller;
    return true;
  }
}

/** All rows, by id. Throws `target-inconsistent` when several listings in a row disagreed with themselves, or what `readPage` throws. */
export async function listAll<Row extends { readonly id: number }>(
  listing: Listing<Row>,
): Promise<readonly Row[]> {
  return retrying(() => new Sweep(listing.what, (offset) => readSized(listing, offset)).read(), {
    ...listing.times,
    signal: listing.signal,
    repeats: (error) => error.code === 'target-inconsistent',
  });
}

/** A refused parameter of a listing can only be the size: the others were right a page ago, or have codes of their own. */
async function readSized<Row>(listing: Listing<Row>, offset: number): Promise<Page<Row>> {
  const size = listing.pageSize.current;
  try {
    return await listing.readPage(size, offset);
  } catch (thrown) {
    if (!(thrown instanceof VoxsyncError) || thrown.code !== 'secret-refused') throw thrown;
    if (listing.pageSize.shrink(size)) return readSized(listing, offset);
    const { message, remoteCode } = thrown;
    throw new VoxsyncError('target-refused', message, { remoteCode });
  }
}

/**
 * One listing from start to end. Every page but the first starts at the last row already known: finding another one
 * there shows that rows have moved, although the counts may agree.
 */
class Sweep<Row extends { readonly id: number }> {
  readonly #what: string;
  readonly #readPage: (offset: number) => Promise<Page<Row>>;
  readonly #rows = new Map<number, Row>();
  readonly #pages: Page<Row>[] = [];
  #last: Row | undefined;

  constructor(what: string, readPage: (offset: number) => Promise<Page<Row>>) {
    this.#what = what;
    this.#readPage = readPage;
  }

  async read(): Promise<readonly Row[]> {
    let hasMore = await this.#readNext();
    while (hasMore && !this.#isComplete()) hasMore = await this.#readNext();
    if (!this.#agrees()) throw this.#inconsistent('its pages and total_count do not agree');
    return [...this.#rows.values()];
  }

  /** Whether the page brought anything new. */
  async #readNext(): Promise<boolean> {
    if (this.#pages.length >= pageLimit) throw this.#inconsistent(`it does not end after ${pageLimit} pages`);
    const overlap = this.#overlap();
    const page = await this.#readPage(this.#rows.size - overlap);
    this.#pages.push(page);
    if (overlap === 1 && page.rows[0]?.id !== this.#last?.id) throw this.#inconsistent('its rows moved');
    const fresh = page.rows.slice(overlap);
    for (const row of fresh) {
      if (this.#rows.has(row.id)) throw this.#inconsistent('a row came twice');
      this.#rows.set(row.id, row);
    }
    this.#last = fresh.at(-1) ?? this.#last;
    return fresh.length > 0;
  }

  /** Pages of a single row leave no room for one that is known. */
  #overlap(): 0 | 1 {
    return (this.#pages[0]?.rows.length ?? 0) > 1 ? 1 : 0;
  }

  #isComplete(): boolean {
    const total = this.#pages[0]?.total;
    return total !== undefined && this.#rows.size >= total && !this.#mayCountOnePageOnly();
  }

  /** A round number of rows may be the largest page there is, and `total_count` the count of that page alone. */
  #mayCountOnePageOnly(): boolean {
    return this.#countsOnePageOnly() && (this.#pages.length > 1 || this.#rows.size % 10 === 0);
  }

  #countsOnePageOnly(): boolean {
    return this.#pages.every((page) => page.total === page.rows.length);
  }

  #agrees(): boolean {
    const isUncounted = this.#pages.every((page) => page.total === undefined);
    const isCounted = this.#pages.every((page) => page.total === this.#rows.size);
    return isCounted || isUncounted || (this.#pages.length > 1 && this.#countsOnePageOnly());
  }

  #inconsistent(why: string): VoxsyncError {
    return new VoxsyncError('target-inconsistent', `the listing of ${this.#what} cannot be trusted: ${why}`);
  }
}

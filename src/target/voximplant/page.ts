// One page of a listing, and what an account has shown of its pages so far.
import { VoxsyncError } from '../../errors.ts';
import type { RetryTimes } from '../../retry.ts';

/** One page as it arrived. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** `undefined` when the answer does not say. */
  readonly total: number | undefined;
}

/** What to list, and how. */
export interface Listing<Row> {
  /** What is listed, for the message. */
  readonly what: string;
  readonly readPage: (count: number, offset: number) => Promise<Page<Row>>;
  readonly pageSize: PageSize;
  readonly signal: AbortSignal;
  /** How often to list anew when a listing disagrees with itself. */
  readonly times: RetryTimes;
}

/** No listing is longer; what does not end by then disagrees with itself. */
export const pageLimit = 2000;

/** How many rows to ask for, and whether counts can be believed. One for all listings of an account, so that it learns once. */
export class PageSize {
  #sizes: readonly number[] = [1000, 100, 20];
  #countsAll = false;

  get current(): number {
    return this.#sizes[0] ?? 20;
  }

  /** Whether `total_count` was seen to count more than the rows of its own page. */
  get countsAll(): boolean {
    return this.#countsAll;
  }

  /** A listing over several pages came out as its `total_count` said. */
  noteTrueCount(): void {
    this.#countsAll = true;
  }

  /** The next one to try; `undefined` below the smallest. */
  below(refused: number): number | undefined {
    return this.#sizes.find((size) => size < refused);
  }

  /** Asks for no more rows than were answered. */
  keepTo(answered: number): void {
    this.#sizes = this.#sizes.filter((size) => size <= answered);
  }
}

/**
 * A refused parameter of a listing is most likely the size, but may be an application that is not there. So a smaller size
 * is tried, and kept to only when it is answered.
 */
export async function readSized<Row>(
  listing: Listing<Row>,
  offset: number,
  size = listing.pageSize.current,
): Promise<Page<Row>> {
  try {
    const page = await listing.readPage(size, offset);
    listing.pageSize.keepTo(size);
    return page;
  } catch (thrown) {
    if (!(thrown instanceof VoxsyncError) || thrown.code !== 'secret-refused') throw thrown;
    const smaller = listing.pageSize.below(size);
    if (smaller !== undefined) return readSized(listing, offset, smaller);
    const { message, remoteCode } = thrown;
    throw new VoxsyncError('target-refused', message, { remoteCode });
  }
}

/** The failure of a listing that contradicts itself. */
export function inconsistent(what: string, why: string): VoxsyncError {
  return new VoxsyncError('target-inconsistent', `the listing of ${what} cannot be trusted: ${why}`);
}

// The listing for decisions that need every row: read to its very end, and over several pages until two readings agree.
import { isDeepStrictEqual } from 'node:util';
import { retrying } from '../../retry.ts';
import type { Listing, Page } from './page.ts';
import { inconsistent, pageLimit, readSized } from './page.ts';

/** One reading from start to end: the pages that held rows, then an empty one. */
interface Sweep<Row> {
  readonly rows: ReadonlyMap<number, Row>;
  readonly pages: readonly Page<Row>[];
}

/**
 * All rows: the end is where a page is empty, whatever the counts say. One page is one moment; rows of several pages
 * may have moved meanwhile, so these are believed only when two readings in a row have the same rows. Counts that fit
 * neither the rows nor the page they come with are never believed: they speak of rows that nobody showed.
 * Throws `target-inconsistent` when nothing could be believed, or what `readPage` throws.
 */
export async function listWhole<Row extends { readonly id: number }>(
  listing: Listing<Row>,
  first?: Page<Row>,
): Promise<readonly Row[]> {
  let seed = first;
  let previous: Sweep<Row> | undefined;

  async function attempt(): Promise<readonly Row[]> {
    const start = seed;
    // What began with a page of another moment must not be asked to agree with it for ever.
    seed = undefined;
    const one = previous ?? (await sweep(listing, start));
    previous = undefined;
    if (one.pages.length <= 1) return believed(one, listing.what);
    previous = await sweep(listing);
    if (isDeepStrictEqual(one.rows, previous.rows)) return believed(previous, listing.what);
    throw inconsistent(listing.what, 'two readings in a row differ');
  }

  return retrying(attempt, {
    ...listing.times,
    signal: listing.signal,
    repeats: (error) => error.code === 'target-inconsistent',
  });
}

function believed<Row>({ rows, pages }: Sweep<Row>, what: string): readonly Row[] {
  const isUncounted = pages.every(({ total }) => total === undefined);
  const isCounted = pages.every(({ total }) => total === rows.size);
  const countsPagesAlone = pages.every((page) => page.total === page.rows.length);
  if (isUncounted || isCounted || countsPagesAlone) return [...rows.values()];
  throw inconsistent(what, `${rows.size} rows came, and total_count says something else`);
}

async function sweep<Row extends { readonly id: number }>(
  listing: Listing<Row>,
  first?: Page<Row>,
): Promise<Sweep<Row>> {
  const rows = new Map<number, Row>();
  const pages: Page<Row>[] = [];
  while (pages.length < pageLimit) {
    const page = (pages.length === 0 ? first : undefined) ?? (await readSized(listing, rows.size));
    if (page.rows.length === 0) return { rows, pages: pages.length === 0 ? [page] : pages };
    pages.push(page);
    for (const row of page.rows) {
      if (rows.has(row.id)) throw inconsistent(listing.what, 'a row came twice');
      rows.set(row.id, row);
    }
  }
  throw inconsistent(listing.what, `it does not end after ${pageLimit} pages`);
}

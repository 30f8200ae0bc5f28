// The cheap listing: as many calls as there are pages, side by side, and whether any row can be missing from it.
import { VoxsyncError } from '../../errors.ts';
import type { Care, Listed } from '../target.ts';
import type { Listing, Page } from './page.ts';
import { inconsistent, pageLimit, readSized } from './page.ts';
import { listWhole } from './sweep.ts';

/** All rows: `cheap`, for as many calls as there are pages, or `whole`. Throws as `listWhole` does. */
export async function listRows<Row extends { readonly id: number }>(
  listing: Listing<Row>,
  care: Care,
): Promise<Listed<Row>> {
  const first = await readSized(listing, 0);
  try {
    const listed = await readOn(listing, first);
    if (listed.isWhole || care === 'cheap') return listed;
  } catch (thrown) {
    if (!(thrown instanceof VoxsyncError) || thrown.code !== 'target-inconsistent') throw thrown;
    return { rows: await listWhole(listing), isWhole: true };
  }
  return { rows: await listWhole(listing, first), isWhole: true };
}

/** What the counts of the pages say. Throws `target-inconsistent` when they contradict the rows. */
async function readOn<Row extends { readonly id: number }>(
  listing: Listing<Row>,
  first: Page<Row>,
): Promise<Listed<Row>> {
  const { rows, total } = first;
  if (total === undefined) return { rows: await listWhole(listing, first), isWhole: true };
  if (rows.length < total) return readOthers(listing, first, total);
  if (rows.length > total) throw inconsistent(listing.what, `total_count is ${total}, and more rows came`);
  const isWhole = total === 0 || listing.pageSize.countsAll;
  if (!isWhole && looksCut(total, listing)) return { rows: await listWhole(listing, first), isWhole: true };
  return { rows: distinct([first], listing.what), isWhole };
}

/** A page may be cut at a round number of rows, fewer than were asked for, and its `total_count` count that page alone. */
function looksCut(rowCount: number, { pageSize }: Pick<Listing<unknown>, 'pageSize'>): boolean {
  return rowCount % 10 === 0 && rowCount < pageSize.current;
}

/** Pages after the first, side by side. Rows may move meanwhile without any count telling, so they are not the whole. */
async function readOthers<Row extends { readonly id: number }>(
  listing: Listing<Row>,
  first: Page<Row>,
  total: number,
): Promise<Listed<Row>> {
  const stride = first.rows.length;
  const pageCount = Math.ceil(total / stride);
  if (stride === 0 || pageCount > pageLimit)
    throw inconsistent(listing.what, `total_count is ${total}, and a page has ${stride} rows`);
  const offsets = Array.from({ length: pageCount - 1 }, (_, index) => (index + 1) * stride);
  const others = await Promise.all(offsets.map((offset) => readSized(listing, offset)));
  const pages = [first, ...others];
  const rows = distinct(pages, listing.what);
  if (rows.length !== total || pages.some((page) => page.total !== total))
    throw inconsistent(listing.what, 'its pages and total_count do not agree');
  listing.pageSize.noteTrueCount();
  return { rows, isWhole: false };
}

function distinct<Row extends { readonly id: number }>(
  pages: readonly Page<Row>[],
  what: string,
): readonly Row[] {
  const rows = pages.flatMap((page) => page.rows);
  if (new Set(rows.map(({ id }) => id)).size < rows.length) throw inconsistent(what, 'a row came twice');
  return rows;
}

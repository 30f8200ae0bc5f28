// Listings without a network: rows in pages, with counts that tell the truth or not, and changes between the pages.
import type { Listing, Page } from '../../src/target/voximplant/page.ts';
import { PageSize } from '../../src/target/voximplant/page.ts';
import { never, quick } from './setup.ts';

export interface Row {
  readonly id: number;
}

export interface Pages {
  readonly offsets: readonly number[];
  readonly readPage: Listing<Row>['readPage'];
  readonly mostAtOnce: () => number;
}

export interface HowPaged {
  readonly total?: 'exact' | 'page' | 'short' | 'long' | 'omitted' | 'moving';
  /** Called before each page, with its number. */
  readonly mutate?: (rows: Row[], page: number) => void;
}

export const rowsUpTo = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1 }));

export const ids = (rows: readonly Row[]) => rows.map(({ id }) => id).toSorted((a, b) => a - b);

/** A listing with pages of `cap` rows. */
export function pagesOf(rows: Row[], cap: number, { total = 'exact', mutate }: HowPaged = {}): Pages {
  const offsets: number[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const readPage = async (count: number, offset: number): Promise<Page<Row>> => {
    mutate?.(rows, offsets.length);
    offsets.push(offset);
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    const page = rows.slice(offset, offset + Math.min(cap, count));
    const counts = {
      exact: rows.length,
      page: page.length,
      short: rows.length - 1,
      long: rows.length + 1,
      omitted: undefined,
      moving: rows.length + (offsets.length % 2) - 1,
    };
    const told = counts[total];
    await Promise.resolve();
    atOnce -= 1;
    return { rows: page, total: told };
  };
  return { offsets, readPage, mostAtOnce: () => mostAtOnce };
}

export function listingOf(readPage: Listing<Row>['readPage'], pageSize = new PageSize()): Listing<Row> {
  return { what: 'rows', readPage, pageSize, signal: never, times: quick };
}

// The whole listing: what is believed while rows come and go, and what is not.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import type { Listing } from '../../src/target/voximplant/page.ts';
import { listWhole } from '../../src/target/voximplant/sweep.ts';
import type { Row } from './listings.ts';
import { ids, listingOf, pagesOf, rowsUpTo } from './listings.ts';
import { failureOf, quick } from './setup.ts';

/** A listing, or `undefined` when it was not believed. */
async function listOrDoubt(readPage: Listing<Row>['readPage']): Promise<readonly Row[] | undefined> {
  try {
    return await listWhole(listingOf(readPage));
  } catch (thrown) {
    if (thrown instanceof VoxsyncError && thrown.code === 'target-inconsistent') return undefined;
    throw thrown;
  }
}

test('one page and an empty one are enough', async () => {
  const { offsets, readPage } = pagesOf(rowsUpTo(30), 1000);
  expect(ids(await listWhole(listingOf(readPage)))).toEqual(ids(rowsUpTo(30)));
  expect(offsets).toEqual([0, 30]);
});

test('several pages are read twice', async () => {
  const { offsets, readPage } = pagesOf(rowsUpTo(30), 20);
  expect(ids(await listWhole(listingOf(readPage)))).toEqual(ids(rowsUpTo(30)));
  expect(offsets).toEqual([0, 20, 30, 0, 20, 30]);
});

test('a first page that is there already is not read again', async () => {
  const { offsets, readPage } = pagesOf(rowsUpTo(10), 1000);
  await listWhole(listingOf(readPage), { rows: rowsUpTo(10), total: undefined });
  expect(offsets).toEqual([10]);
});

describe('a listing that changes', () => {
  test('is read anew when a row before the next page goes and another comes at the end', async () => {
    const mutate = (rows: Row[], page: number) => {
      if (page !== 1) return;
      rows.splice(3, 1);
      rows.push({ id: 99 });
    };
    const found = ids(await listWhole(listingOf(pagesOf(rowsUpTo(30), 10, { mutate }).readPage)));
    expect(found).toContain(11);
    expect(found).toContain(99);
    expect(found).not.toContain(4);
  });

  test('never hides a row that was there all the time, whether it is counted or not', async () => {
    const changes = fc.array(
      fc.record({
        page: fc.integer({ min: 0, max: 25 }),
        kind: fc.constantFrom('delete', 'append', 'prepend', 'swap'),
        at: fc.nat(100),
      }),
      { maxLength: 8 },
    );
    const totals = fc.constantFrom('exact', 'page', 'omitted');
    let believed = 0;
    await fc.assert(
      fc.asyncProperty(changes, fc.integer({ min: 2, max: 12 }), totals, async (planned, cap, total) => {
        let nextId = 1000;
        const mutate = (rows: Row[], page: number) => {
          for (const { kind, at } of planned.filter((change) => change.page === page)) {
            if (kind === 'append') rows.push({ id: nextId });
            else if (kind === 'prepend') rows.unshift({ id: nextId });
            else {
              const [row] = rows.splice(at % rows.length, 1);
              if (kind === 'swap' && row !== undefined) rows.push(row);
            }
            nextId += 1;
          }
        };
        const rows = rowsUpTo(40);
        const found = await listOrDoubt(pagesOf(rows, cap, { mutate, total }).readPage);
        if (found !== undefined) believed += 1;
        const remaining = new Set(rows.map(({ id }) => id));
        const lasting = rowsUpTo(40).filter(({ id }) => remaining.has(id));
        const missed = lasting.filter(({ id }) => found?.some((row) => row.id === id) === false);
        expect(missed).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(believed).toBeGreaterThan(800);
  });

  test.each([
    ['ends early', async (_: number, offset: number) => ({ rows: rowsUpTo(5).slice(offset), total: 9 })],
    ['is empty though it counts', async () => ({ rows: [], total: 3 })],
    ['repeats its rows', async () => ({ rows: [...rowsUpTo(2), ...rowsUpTo(2)], total: 4 })],
    ['gives the same page for every offset', async () => ({ rows: rowsUpTo(2), total: 4 })],
  ])('is not believed when it %s', async (_, readPage) => {
    let calls = 0;
    const counted = (count: number, offset: number) => {
      calls += 1;
      return readPage(count, offset);
    };
    const failure = await failureOf(listWhole(listingOf(counted)));
    expect(failure.code).toBe('target-inconsistent');
    expect(failure.isRetryable).toBe(true);
    expect(calls).toBeGreaterThanOrEqual(quick.attempts);
    expect(calls).toBeLessThanOrEqual(quick.attempts * 2);
  });

  test('ends, even when the listing does not', async () => {
    let calls = 0;
    const endless = async () => {
      calls += 1;
      return { rows: [{ id: calls }], total: undefined };
    };
    const failure = await failureOf(listWhole({ ...listingOf(endless), times: { ...quick, attempts: 1 } }));
    expect(failure.code).toBe('target-inconsistent');
    expect(calls).toBe(2000);
  });
});

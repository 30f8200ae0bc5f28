// The cheap listing: how many calls it costs, and when it says that something may be missing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import type { Listing } from '../../src/target/voximplant/page.ts';
import { PageSize } from '../../src/target/voximplant/page.ts';
import { listRows } from '../../src/target/voximplant/pages.ts';
import type { Row } from './listings.ts';
import { ids, listingOf, pagesOf, rowsUpTo } from './listings.ts';
import { applicationId, failureOf, never, openBench } from './setup.ts';

const cheaply = (listing: Listing<Row>) => listRows(listing, 'cheap');

describe('a quiet listing', () => {
  test.each([0, 1, 7, 19, 999, 1000])('of %i rows costs one call', async (count) => {
    const { offsets, readPage } = pagesOf(rowsUpTo(count), 1000);
    expect(ids((await cheaply(listingOf(readPage))).rows)).toEqual(ids(rowsUpTo(count)));
    expect(offsets).toEqual([0]);
  });

  test('over pages costs one call a page, side by side', async () => {
    const { offsets, readPage, mostAtOnce } = pagesOf(rowsUpTo(95), 10);
    const { rows, isWhole } = await cheaply(listingOf(readPage));
    expect(ids(rows)).toEqual(ids(rowsUpTo(95)));
    expect(offsets).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(mostAtOnce()).toBe(9);
    expect(isWhole).toBe(false);
  });

  test('of any length comes whole, whatever the largest page', async () => {
    const sizes = fc.tuple(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 1, max: 50 }));
    await fc.assert(
      fc.asyncProperty(sizes, async ([count, cap]) => {
        const { readPage } = pagesOf(rowsUpTo(count), cap);
        expect(ids((await cheaply(listingOf(readPage))).rows)).toEqual(ids(rowsUpTo(count)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('one page', () => {
  const isWhole = async (count: number, pageSize = new PageSize()) =>
    (await cheaply(listingOf(pagesOf(rowsUpTo(count), 1000).readPage, pageSize))).isWhole;

  test('is the whole when it is empty, and may be cut when it is not', async () => {
    expect([await isWhole(0), await isWhole(1), await isWhole(1000)]).toEqual([true, false, false]);
  });

  test('of a round number of rows, fewer than asked for, looks cut and is read on', async () => {
    const { offsets, readPage } = pagesOf(rowsUpTo(50), 1000);
    expect((await cheaply(listingOf(readPage))).isWhole).toBe(true);
    expect(offsets).toEqual([0, 50]);
    const cut = pagesOf(rowsUpTo(57), 50, { total: 'page' });
    expect(ids((await cheaply(listingOf(cut.readPage))).rows)).toEqual(ids(rowsUpTo(57)));
  });

  test('is the whole once a count was seen to be true', async () => {
    const pageSize = new PageSize();
    await cheaply(listingOf(pagesOf(rowsUpTo(30), 20).readPage, pageSize));
    expect(await isWhole(21, pageSize)).toBe(true);
  });

  test('that may be cut is read on where the whole is asked for', async () => {
    const { offsets, readPage } = pagesOf(rowsUpTo(57), 25, { total: 'page' });
    expect((await cheaply(listingOf(readPage))).rows).toHaveLength(25);
    expect(ids((await listRows(listingOf(readPage), 'whole')).rows)).toEqual(ids(rowsUpTo(57)));
    expect(offsets.length).toBeGreaterThan(2);
  });
});

describe('counts that contradict the rows', () => {
  test.each([
    [
      'rows that moved',
      { mutate: (rows: Row[], page: number) => void (page === 1 && rows.unshift(...rows.splice(20))) },
    ],
    ['no count at all', { total: 'omitted' } as const],
  ])('%s: the listing is read to its end, twice', async (_, how) => {
    const { offsets, readPage } = pagesOf(rowsUpTo(45), 20, how);
    const { rows, isWhole } = await cheaply(listingOf(readPage));
    expect([ids(rows), isWhole]).toEqual([ids(rowsUpTo(45)), true]);
    expect(offsets.length).toBeGreaterThanOrEqual(8);
  });

  test.each(['short', 'long', 'moving'] as const)('a count that is %s is never believed', async (total) => {
    const { readPage } = pagesOf(rowsUpTo(45), 20, { total });
    expect((await failureOf(cheaply(listingOf(readPage)))).code).toBe('target-inconsistent');
  });

  test('a count of millions beside a page of one row is not followed', async () => {
    let calls = 0;
    const readPage = async (_: number, offset: number) => {
      calls += 1;
      return { rows: offset === 0 ? rowsUpTo(1) : [], total: 5_000_000 };
    };
    expect((await failureOf(cheaply(listingOf(readPage)))).code).toBe('target-inconsistent');
    expect(calls).toBeLessThan(20);
  });
});

describe('the size of a page', () => {
  const refuseOver = (limit: number, sizes: number[]) => async (count: number, offset: number) => {
    sizes.push(count);
    if (count > limit) throw new VoxsyncError('secret-refused', 'count', { remoteCode: 101 });
    return { rows: rowsUpTo(5).slice(offset), total: 5 };
  };

  test('shrinks when it is refused, once and for all', async () => {
    const sizes: number[] = [];
    const pageSize = new PageSize();
    await cheaply(listingOf(refuseOver(50, sizes), pageSize));
    await cheaply(listingOf(refuseOver(50, sizes), pageSize));
    expect(sizes).toEqual([1000, 100, 20, 20]);
  });

  test('shrinks by one step, though two listings are refused at once', async () => {
    const sizes: number[] = [];
    const pageSize = new PageSize();
    const readPage = refuseOver(100, sizes);
    await Promise.all([cheaply(listingOf(readPage, pageSize)), cheaply(listingOf(readPage, pageSize))]);
    expect(sizes).toEqual([1000, 1000, 100, 100]);
  });

  test('is not to blame when the smallest is refused too, and stays what it was', async () => {
    const sizes: number[] = [];
    const pageSize = new PageSize();
    const failure = await failureOf(cheaply(listingOf(refuseOver(0, []), pageSize)));
    expect([failure.code, failure.remoteCode]).toEqual(['target-refused', 101]);
    await cheaply(listingOf(refuseOver(1000, sizes), pageSize));
    expect(sizes).toEqual([1000]);
  });
});

describe('over the emulator', () => {
  const seeded = async (switches: Parameters<typeof openBench>[0], count: number) => {
    const bench = await openBench(switches);
    for (let index = 0; index < count; index += 1)
      bench.emulator.state.addSecret(applicationId, { name: `N${index}`, value: 'v' });
    return bench;
  };

  const whole = async (bench: Awaited<ReturnType<typeof openBench>>) =>
    (await bench.target.list(applicationId, 'whole', never)).rows;

  test.each(['short', 'long'] as const)('a total_count that is %s is never believed', async (totalCount) => {
    const bench = await seeded({ switches: { totalCount } }, 1);
    const cheap = bench.target.list(applicationId, 'cheap', never);
    const failures = await Promise.all([failureOf(cheap), failureOf(whole(bench))]);
    await bench.close();
    expect(failures.map(({ code }) => code)).toEqual(['target-inconsistent', 'target-inconsistent']);
  });

  test.each([
    { totalCount: 'page', maxCount: 37 },
    { totalCount: 'omitted', maxCount: 37 },
    { order: 'shuffled', maxCount: 37 },
    { countOverMax: 'refused', maxCount: 50 },
    { maxCount: 1 },
  ] as const)('all of 120 secrets come whole under %j', async (switches) => {
    const bench = await seeded({ switches }, 120);
    const listed = await whole(bench);
    await bench.close();
    expect(new Set(listed.map(({ name }) => name)).size).toBe(120);
  });

  test('an order that changes with every call is not believed over several pages', async () => {
    const bench = await seeded({ switches: { order: 'unstable', maxCount: 37 } }, 120);
    const failure = await failureOf(whole(bench));
    await bench.close();
    expect(failure.code).toBe('target-inconsistent');
  });

  test('applications come over pages as well', async () => {
    const applications = Array.from({ length: 45 }, (_, index) => ({ name: `app-${index}` }));
    const bench = await openBench({ applications, switches: { maxCount: 20 } });
    const { rows: found } = await bench.target.applications('cheap', never);
    await bench.close();
    expect(found.map(({ shortName }) => shortName).toSorted()).toEqual(
      applications.map(({ name }) => name).toSorted(),
    );
  });
});

// Listings that change while they are read: what is believed, and what is not.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { listAll, PageSize, type Page } from '../../src/target/voximplant/pages.ts';
import { applicationId, failureOf, never, openBench, quick } from './setup.ts';

interface Row {
  readonly id: number;
}

const rowsUpTo = (count: number): Row[] => Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
const list = (readPage: (count: number, offset: number) => Promise<Page<Row>>, pageSize = new PageSize()) =>
  listAll({ what: 'rows', readPage, pageSize, signal: never, times: quick });

/** A listing with pages of `cap` rows; `mutate` is called before each page. */
function server(rows: Row[], cap: number, mutate: (rows: Row[], page: number) => void = () => undefined) {
  const offsets: number[] = [];
  const readPage = async (count: number, offset: number): Promise<Page<Row>> => {
    mutate(rows, offsets.length);
    offsets.push(offset);
    return { rows: rows.slice(offset, offset + Math.min(cap, count)), total: rows.length };
  };
  return { offsets, readPage };
}

const ids = (rows: readonly Row[]) => rows.map(({ id }) => id).toSorted((a, b) => a - b);

/** A listing, or `undefined` when it was not believed. */
async function listOrDoubt(readPage: Parameters<typeof list>[0]): Promise<readonly Row[] | undefined> {
  try {
    return await list(readPage);
  } catch (thrown) {
    if (thrown instanceof VoxsyncError && thrown.code === 'target-inconsistent') return undefined;
    throw thrown;
  }
}

describe('a quiet listing', () => {
  test.each([0, 1, 7, 19, 999])('of %i rows costs one call', async (count) => {
    const { offsets, readPage } = server(rowsUpTo(count), 1000);
    expect(ids(await list(readPage))).toEqual(ids(rowsUpTo(count)));
    expect(offsets).toEqual([0]);
  });

  test('goes on by the rows that came, starting at the last one known', async () => {
    const { offsets, readPage } = server(rowsUpTo(50), 20);
    expect(await list(readPage)).toHaveLength(50);
    expect(offsets).toEqual([0, 19, 38]);
  });

  test('of any length comes whole, whatever the largest page', async () => {
    const sizes = fc.tuple(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 1, max: 50 }));
    await fc.assert(
      fc.asyncProperty(sizes, async ([count, cap]) => {
        expect(ids(await list(server(rowsUpTo(count), cap).readPage))).toEqual(ids(rowsUpTo(count)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a listing that changes', () => {
  test('is read anew when a row before the next page goes and another comes at the end', async () => {
    const { readPage } = server(rowsUpTo(30), 10, (rows, page) => {
      if (page !== 1) return;
      rows.splice(3, 1);
      rows.push({ id: 99 });
    });
    const found = ids(await list(readPage));
    expect(found).toContain(11);
    expect(found).toContain(99);
    expect(found).not.toContain(4);
  });

  test('never hides a row that was there all the time', async () => {
    const changes = fc.array(
      fc.record({
        page: fc.integer({ min: 0, max: 12 }),
        kind: fc.constantFrom('delete', 'append', 'prepend'),
        at: fc.nat(100),
      }),
      { maxLength: 8 },
    );
    let believed = 0;
    await fc.assert(
      fc.asyncProperty(changes, fc.integer({ min: 2, max: 12 }), async (planned, cap) => {
        const rows = rowsUpTo(40);
        let nextId = 1000;
        const { readPage } = server(rows, cap, (_, page) => {
          for (const { kind, at } of planned.filter((change) => change.page === page)) {
            if (kind === 'append') rows.push({ id: nextId });
            else if (kind === 'prepend') rows.unshift({ id: nextId });
            else rows.splice(at % rows.length, 1);
            nextId += 1;
          }
        });
        const found = await listOrDoubt(readPage);
        if (found !== undefined) believed += 1;
        const remaining = new Set(rows.map(({ id }) => id));
        const lasting = rowsUpTo(40).filter(({ id }) => remaining.has(id));
        const missed = lasting.filter(({ id }) => found?.some((row) => row.id === id) === false);
        expect(missed).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(believed).toBeGreaterThan(400);
  });

  test.each([
    ['ends early', async (_: number, offset: number) => ({ rows: rowsUpTo(5).slice(offset), total: 9 })],
    ['counts too few', async (_: number, offset: number) => ({ rows: rowsUpTo(5).slice(offset), total: 3 })],
    ['is empty though it counts', async () => ({ rows: [], total: 3 })],
    [
      'shows a row twice and counts nothing',
      async (_: number, offset: number) => ({
        rows: offset === 0 ? rowsUpTo(2) : [{ id: 2 }, { id: 1 }, { id: 3 + offset }].slice(0, 4 - offset),
        total: undefined,
      }),
    ],
    ['repeats its rows', async () => ({ rows: [...rowsUpTo(2), ...rowsUpTo(2)], total: 4 })],
  ])('is not believed when it %s', async (_, readPage) => {
    let calls = 0;
    const counted = (count: number, offset: number) => {
      calls += 1;
      return readPage(count, offset);
    };
    const failure = await failureOf(list(counted));
    expect(failure.code).toBe('target-inconsistent');
    expect(failure.isRetryable).toBe(true);
    expect(calls).toBeGreaterThanOrEqual(quick.attempts);
    expect(calls).toBeLessThanOrEqual(quick.attempts * 2);
  });

  test('ends, even when the listing does not', async () => {
    let calls = 0;
    const endless = async () => {
      calls += 1;
      return { rows: [{ id: calls }], total: 1_000_000 };
    };
    const listing = { what: 'rows', readPage: endless, pageSize: new PageSize(), signal: never };
    const failure = await failureOf(listAll({ ...listing, times: { ...quick, attempts: 1 } }));
    expect(failure.code).toBe('target-inconsistent');
    expect(calls).toBe(2000);
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
    await list(refuseOver(50, sizes), pageSize);
    await list(refuseOver(50, sizes), pageSize);
    expect(sizes).toEqual([1000, 100, 20, 20]);
  });

  test('shrinks by one step, though two listings are refused at once', async () => {
    const sizes: number[] = [];
    const pageSize = new PageSize();
    const readPage = refuseOver(100, sizes);
    await Promise.all([list(readPage, pageSize), list(readPage, pageSize)]);
    expect(sizes).toEqual([1000, 1000, 100, 100]);
  });

  test('is not to blame when the smallest is refused too', async () => {
    const failure = await failureOf(list(refuseOver(0, [])));
    expect([failure.code, failure.remoteCode]).toEqual(['target-refused', 101]);
  });
});

test.each(['short', 'long'] as const)('a total_count that is %s is never believed', async (totalCount) => {
  const bench = await openBench({ switches: { totalCount } });
  bench.emulator.state.addSecret(applicationId, { name: 'A', value: 'v' });
  const failure = await failureOf(bench.target.list(applicationId, never));
  await bench.close();
  expect(failure.code).toBe('target-inconsistent');
});

test('applications come over pages as well', async () => {
  const applications = Array.from({ length: 45 }, (_, index) => ({ name: `app-${index}` }));
  const bench = await openBench({ applications, switches: { maxCount: 20 } });
  const found = await bench.target.applications(never);
  await bench.close();
  expect(found.map(({ shortName }) => shortName).toSorted()).toEqual(
    applications.map(({ name }) => name).toSorted(),
  );
});

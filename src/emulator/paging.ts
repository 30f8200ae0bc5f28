// Pages of a listing: which rows, in which order, and what the counts say.
import { createHash } from 'node:crypto';
import { ApiRefusal } from './codes.ts';
import { optionalNumber, type Reading } from './parameters.ts';
import type { EmulatorSwitches } from './switches.ts';

interface Row {
  readonly id: number;
  readonly name: string;
}

/** One page. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** `undefined` when the answer leaves it out. */
  readonly total: number | undefined;
}

/** The rows that `count` and `offset` ask for. `callNumber` is what an unstable order depends on. */
export function pageOf<T extends Row>(reading: Reading, rows: readonly T[], callNumber: number): Page<T> {
  const offset = optionalNumber(reading, 'offset') ?? 0;
  const page = ordered(rows, reading, callNumber).slice(offset, offset + countOf(reading));
  return { rows: page, total: totalOf(reading, rows.length, page.length) };
}

function countOf(reading: Reading): number {
  const { defaultCount, maxCount, countOverMax } = reading.switches;
  const count = optionalNumber(reading, 'count') ?? defaultCount;
  if (count > maxCount && countOverMax === 'refused') throw new ApiRefusal(101, 'count');
  return Math.min(count, maxCount);
}

function totalOf(reading: Reading, total: number, rows: number): number | undefined {
  const said = {
    exact: total,
    page: rows,
    short: Math.max(0, total - 1),
    long: total + 1,
    omitted: undefined,
  };
  return said[reading.switches.totalCount];
}

function ordered<T extends Row>(rows: readonly T[], reading: Reading, callNumber: number): readonly T[] {
  const orders: Record<EmulatorSwitches['order'], () => readonly T[]> = {
    id: () => rows.toSorted((a, b) => a.id - b.id),
    newest: () => rows.toSorted((a, b) => b.id - a.id),
    name: () => byText(rows, (row) => row.name),
    shuffled: () => byText(rows, (row) => digest(String(row.id))),
    unstable: () => byText(rows, (row) => digest(`${callNumber} ${row.id}`)),
  };
  return orders[reading.switches.order]();
}

function byText<T>(rows: readonly T[], textOf: (row: T) => string): readonly T[] {
  const keyed = rows.map((row) => ({ row, text: textOf(row) }));
  return keyed.toSorted((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text))).map(({ row }) => row);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

// Who watches the forty changes being made: what must not be the case after any call is written down.
import * as forty from './forty.ts';
import { places, rowsOf, valuesOfName, type Row, type Where } from './forty.ts';
import type { Stage } from './stage.ts';

/** Looks at every secret after every call from now on, and tells what is wrong, in words. */
export function watch(stage: Stage): readonly string[] {
  const complaints: string[] = [];
  const before = new Map(places.map((where) => [where, rowsOf(stage, where)]));
  stage.emulator.journal.follow(({ method }) => {
    for (const where of places) {
      for (const complaint of wrongIn(where, before.get(where) ?? [], rowsOf(stage, where)))
        complaints.push(`after ${method}: ${where} ${complaint}`);
    }
  });
  return complaints;
}

function* wrongIn(where: Where, before: readonly Row[], now: readonly Row[]): Generator<string> {
  const byName = new Map(now.map((row) => [row.name, row]));
  if (byName.size < now.length) yield 'has a name twice';
  for (const name of forty.old) {
    const isThere = byName.has(name) || byName.has(name.replace('OLD', 'NEW'));
    if (!isThere) yield `${name} is gone, and nothing is in its place`;
  }
  for (const { name, value } of now)
    if (!valuesOfName(where, name).includes(value)) yield `${name} has a value of nobody`;
  const known = new Set([...before.map(({ name }) => name), ...forty.renamed, ...forty.more]);
  for (const { name } of now) if (!known.has(name)) yield `${name} was never asked for`;
  for (const row of before) yield* wrongWith(where, row, byName.get(row.name));
}

function* wrongWith(where: Where, before: Row, now: Row | undefined): Generator<string> {
  const { name } = before;
  if (forty.lasting.includes(name) && now?.id !== before.id) yield `${name} is gone`;
  const isUntouchable = forty.strangers.includes(name) || forty.kept.includes(name);
  if (isUntouchable && JSON.stringify(now) !== JSON.stringify(before)) yield `${name} was touched`;
  if (now === undefined) return;
  yield* tornApart(before, now, valuesOfName(where, name)[1]);
}

/** Value and marker are one write: none of them stands beside the other of another time. */
function* tornApart(before: Row, now: Row, wanted: string | undefined): Generator<string> {
  const isOfBefore = now.value === before.value;
  const isMarkedAnew = now.description !== before.description;
  if (!isOfBefore && !isMarkedAnew) yield `${now.name} has a new value and an old marker`;
  if (isOfBefore && isMarkedAnew && wanted !== before.value)
    yield `${now.name} has an old value and a new marker`;
}

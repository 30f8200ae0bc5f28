// Many discoveries over one file: it is read once for all of them, and each finds what starts with its prefix and no more.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { namesWithPrefix } from '../../src/sources/prefix.ts';
import { snapshotSource, textEntry } from '../../src/sources/snapshot.ts';

test('a prefix finds the names that start with it, in order, whatever letters they have', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', 'é', '\u{1F511}'), maxLength: 5 });
  fc.assert(
    fc.property(fc.array(letters), letters, (names, prefix) => {
      const map = new Map(names.map((name) => [name, true]));
      const expected = [...map.keys()].filter((name) => name.startsWith(prefix)).toSorted();
      expect(namesWithPrefix(map, prefix)).toEqual(expected);
    }),
  );
});

test('those who ask at once share one load, and those who ask later have a new one', async () => {
  let loads = 0;
  const source = snapshotSource('here', async () => {
    loads += 1;
    return new Map([
      ['a/one', textEntry(`load ${loads}`, '')],
      ['b/two', textEntry(`load ${loads}`, '')],
    ]);
  });
  const { signal } = new AbortController();
  const ask = () => Promise.all(['a/', 'b/', ''].map((prefix) => source.discover({ prefix }, signal)));
  const names = (await ask()).map((one) => one.state === 'listed' && one.found.map(({ secret }) => secret));
  expect(names).toEqual([['a/one'], ['b/two'], ['a/one', 'b/two']]);
  expect(loads).toBe(1);
  await ask();
  expect(loads).toBe(2);
  // Another pass has another signal, and may be cut off by it alone.
  await Promise.all([
    source.discover({ prefix: '' }, signal),
    source.discover({ prefix: '' }, new AbortController().signal),
  ]);
  expect(loads).toBe(4);
});

test('a load that failed is tried again by whoever asks next', async () => {
  let loads = 0;
  const source = snapshotSource('here', async () => {
    loads += 1;
    if (loads === 1) throw new Error('not yet');
    return new Map();
  });
  const { signal } = new AbortController();
  expect((await source.discover({ prefix: '' }, signal)).state).toBe('unresolved');
  expect((await source.discover({ prefix: '' }, signal)).state).toBe('listed');
});

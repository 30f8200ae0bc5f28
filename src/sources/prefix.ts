// The names that start with a prefix, found without looking at the others: a pass may ask for a thousand prefixes.

const sortedNames = new WeakMap<ReadonlyMap<string, unknown>, readonly string[]>();

/** The names of a map that start with `prefix`, in order. The map must not change; its names are sorted once. */
export function namesWithPrefix(map: ReadonlyMap<string, unknown>, prefix: string): readonly string[] {
  const names = sortedNames.get(map) ?? [...map.keys()].toSorted();
  sortedNames.set(map, names);
  const start = firstNotBefore(names, prefix);
  let end = start;
  while (names[end]?.startsWith(prefix) === true) end += 1;
  return names.slice(start, end);
}

/** The index of the first name that does not sort before a text, by code unit. */
function firstNotBefore(names: readonly string[], text: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((names[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

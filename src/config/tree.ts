// Looking around in a tree whose shape nobody has checked yet.
import type { Path } from './problem.ts';

/** The entries of a mapping; none for anything else. */
export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** The value of a mapping's own key. */
export function at(value: unknown, key: string): unknown {
  return entriesOf(value).find(([name]) => name === key)?.[1];
}

/** The entries of a list; none for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A copy of the tree with one value replaced. */
export function replaceAt(tree: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(tree))
    return tree.map((entry, index) => (index === step ? replaceAt(entry, rest, value) : entry));
  return Object.fromEntries(
    entriesOf(tree).map(([key, entry]) => [key, key === step ? replaceAt(entry, rest, value) : entry]),
  );
}

/** The value at a path. */
export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce(
    (value, step) => (typeof step === 'number' ? listOf(value)[step] : at(value, String(step))),
    tree,
  );
}

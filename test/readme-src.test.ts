// The map of the code against the code: every file under src/ has one line in src/README.md, and no line is stale.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('../src', import.meta.url));
const map = await readFile(path.join(source, 'README.md'), 'utf8');

test('every file appears exactly once, under its folder', async () => {
  const found = await readdir(source, { recursive: true });
  const files = found.filter((file) => file.endsWith('.ts')).map((file) => file.split(path.sep).join('/'));
  expect(files.length).toBeGreaterThan(100);
  expect(listedFiles(map).toSorted()).toEqual(files.toSorted());
});

test('every file named in the text exists', async () => {
  const named = [...map.matchAll(/`((?:[a-z-]+\/)*[a-z-]+\.ts)`/g)].map(([, file = '']) => file);
  const root = path.dirname(source);
  const all = await Promise.all(
    [source, path.join(root, 'test')].map((folder) => readdir(folder, { recursive: true })),
  );
  const known = [...(all[0] ?? []), ...(all[1] ?? []).map((file) => `test/${file}`)];
  const isKnown = (file: string) => known.some((one) => one === file || one.endsWith(`/${file}`));
  expect(named.filter((file) => !isKnown(file))).toEqual([]);
});

/** Paths relative to src/, from headings such as ``### `src/plan/` `` and the lines below them. */
function listedFiles(markdown: string): readonly string[] {
  const parts = markdown.split(/^### `src\//m).slice(1);
  return parts.flatMap((part) => {
    const folder = part.slice(0, part.indexOf('`'));
    return [...part.matchAll(/^- `([^`]+\.ts)`: ./gm)].map(([, file = '']) => `${folder}${file}`);
  });
}

// Mutation testing that finds nothing to mutate passes: so each pattern of its config must still name files.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const { mutate }: { readonly mutate: readonly string[] } = JSON.parse(
  await readFile(path.join(import.meta.dirname, 'stryker.config.json'), 'utf8'),
);

/** Each alternative in braces is a pattern of its own. */
const patterns = mutate
  .map((pattern) => pattern.replace(/^!/, ''))
  .flatMap((one) => minimatch.braceExpand(one));

describe('the config of mutation testing', () => {
  it.each(patterns)('%s names files', async (pattern) => {
    const files = await readdir(path.join(root, 'src'), { recursive: true });
    const paths = files.map((file) => path.posix.join('src', file.replaceAll(path.sep, '/')));
    expect(paths.some((file) => file.endsWith('.ts') && minimatch(file, pattern))).toBe(true);
  });
});

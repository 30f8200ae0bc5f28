// The builder with a recipe of a shell command: what it builds, when, and what it leaves behind.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildRecipe } from './builder.ts';
import { locateRecipe } from './locate.ts';
import { outputFolder, type Recipe } from './recipe.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxsync-builder-'));
  vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'));
  await writeFile(join(root, 'pinned.txt'), 'first');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

/** Copies its pinned file into an executable, and notes every run in `runs`. */
function recipe(changes: Partial<Recipe> = {}): Recipe {
  const script = 'echo run >> runs; mkdir "$1" && cp pinned.txt "$1/server" && chmod +x "$1/server"';
  return {
    folder: root,
    files: ['pinned.txt'],
    tool: { command: 'echo', args: ['tool 3.11'], atLeast: [3, 11], title: 'a tool' },
    steps: (output) => [{ command: '/bin/sh', args: ['-c', script, 'sh', output] }],
    products: ['server'],
    ...changes,
  };
}

async function countRuns(): Promise<number> {
  return (await readFile(join(root, 'runs'), 'utf8')).trim().split('\n').length;
}

describe('a recipe', () => {
  test('is built once, and anew when a pinned file changes', async () => {
    expect(locateRecipe('toy', recipe())).toEqual({ missing: 'toy is not built; run npm run backends' });
    expect(await buildRecipe('toy', recipe())).toMatchObject({ kind: 'built' });
    expect(await buildRecipe('toy', recipe())).toEqual({ kind: 'already there' });
    expect(await countRuns()).toBe(1);
    expect(locateRecipe('toy', recipe())).toEqual({ path: join(outputFolder('toy', recipe()), 'server') });
    await writeFile(join(root, 'pinned.txt'), 'second');
    expect(await buildRecipe('toy', recipe())).toMatchObject({ kind: 'built' });
    expect(await readFile(join(outputFolder('toy', recipe()), 'server'), 'utf8')).toBe('second');
  });

  test('is built by one of two builders that begin together', async () => {
    const outcomes = await Promise.all([buildRecipe('toy', recipe()), buildRecipe('toy', recipe())]);
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['already there', 'built']);
    expect(await countRuns()).toBe(1);
  });

  test('replaces what a killed builder left, lock included', async () => {
    const output = outputFolder('toy', recipe());
    await mkdir(output, { recursive: true });
    await writeFile(join(output, 'server'), 'half', { mode: 0o755 });
    await writeFile(`${output}.lock`, 'of the dead');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${output}.lock`, longAgo, longAgo);
    expect(locateRecipe('toy', recipe())).toHaveProperty('missing');
    expect(await buildRecipe('toy', recipe())).toMatchObject({ kind: 'built' });
    expect(await readFile(join(output, 'server'), 'utf8')).toBe('first');
    expect(await readdir(dirname(output))).toHaveLength(1);
  });

  test('that fails says why and leaves nothing', async () => {
    const script = 'mkdir "$1"; echo no such module >&2; exit 3';
    const broken = recipe({
      steps: (output) => [{ command: '/bin/sh', args: ['-c', script, 'sh', output] }],
    });
    const outcome = await buildRecipe('toy', broken);
    expect(outcome).toEqual({ kind: 'failed', reason: '/bin/sh ended with exit code 3:\nno such module' });
    expect(await readdir(dirname(outputFolder('toy', broken)))).toEqual([]);
  });

  test('whose product is gone counts as absent and is built again', async () => {
    await buildRecipe('toy', recipe());
    await rm(join(outputFolder('toy', recipe()), 'server'));
    expect(locateRecipe('toy', recipe())).toHaveProperty('missing', expect.stringContaining('lacks server'));
    expect(await buildRecipe('toy', recipe())).toMatchObject({ kind: 'built' });
  });

  test.each([
    ['too old', 'echo', 'it needs a tool, and found tool 3.11'],
    ['absent', 'no-such-tool', 'it needs a tool'],
  ])('is skipped when its tool is %s', async (_case, command, reason) => {
    const tool = { command, args: ['tool 3.11'], atLeast: [3, 12], title: 'a tool' } as const;
    expect(await buildRecipe('toy', recipe({ tool }))).toEqual({ kind: 'skipped', reason });
    expect(existsSync(join(root, 'cache'))).toBe(false);
  });
});

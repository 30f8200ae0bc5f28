// What a recipe is: the pinned files, the tool and the commands that make one server, and the hash that names the result.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A tool of the machine, found by a command that prints a version such as `1.25.1`. */
export interface Tool {
  readonly command: string;
  readonly args: readonly string[];
  /** The oldest major and minor version that will do. */
  readonly atLeast: readonly [major: number, minor: number];
  /** What to say when it is absent or too old, such as `go 1.25 or newer`. */
  readonly title: string;
}

/** One command of a build; it runs in the recipe's folder. */
export interface Step {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of the build. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Recipe {
  /** The absolute path of the folder that holds the pinned files. */
  readonly folder: string;
  /** The pinned files; their content decides when to build anew. */
  readonly files: readonly string[];
  readonly tool: Tool;
  /** The build; `output` is the absolute path of the folder to fill, which does not exist before. */
  steps(output: string): readonly Step[];
  /** What the output must hold to be usable, relative to it; the first one is the executable. */
  readonly products: readonly [executable: string, ...others: string[]];
}

/** Twelve hex digits that change with the pinned files, the commands and the kind of machine. */
export function hashRecipe(recipe: Recipe): string {
  const files = recipe.files.map((file) => readFileSync(join(recipe.folder, file), 'utf8'));
  const parts = [
    recipe.files,
    files,
    recipe.steps('OUTPUT'),
    recipe.products,
    process.platform,
    process.arch,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

/** Where the built servers of this user are: one folder per name and hash. */
export function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'];
  // The XDG specification: an empty or a relative path counts as not set.
  const root = cache?.startsWith('/') ? cache : join(homedir(), '.cache');
  return join(root, 'voxsync', 'backends');
}

/** The folder a recipe is built into. */
export function outputFolder(name: string, recipe: Recipe): string {
  return join(cacheFolder(), `${name}-${hashRecipe(recipe)}`);
}

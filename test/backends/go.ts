// What the servers written in Go have in common: how a pinned module becomes programs, the same on every machine.
import { join } from 'node:path';
import type { Recipe, Step } from './recipe.ts';

export interface GoModule {
  /** The absolute path of the folder that holds `go.mod` and `go.sum`. */
  readonly folder: string;
  /** The main files of our own, relative to the folder. */
  readonly files: readonly string[];
  /** The oldest Go 1.x that `go.mod` accepts. */
  readonly minor: number;
  /** A build tag. */
  readonly tag?: string;
  /** What to build, by its path in the output: a package of the module, or of one that it requires. */
  readonly programs: readonly [server: Program, ...others: Program[]];
}

type Program = readonly [product: string, mainPackage: string];

/** The recipe of a module whose first program is the server. */
export function goRecipe({ folder, files, minor, tag, programs }: GoModule): Recipe {
  const [[server], ...others] = programs;
  return {
    folder,
    files: ['go.mod', 'go.sum', ...files],
    tool: { command: 'go', args: ['version'], atLeast: [1, minor], title: `go 1.${minor} or newer` },
    steps: (output) =>
      programs.map(([product, mainPackage]) => buildStep(join(output, product), mainPackage, tag)),
    products: [server, ...others.map(([product]) => product)],
  };
}

function buildStep(product: string, mainPackage: string, tag: string | undefined): Step {
  return {
    command: 'go',
    args: ['build', ...(tag === undefined ? [] : ['-tags', tag]), '-trimpath', '-buildvcs=false']
      // No symbol table and no debug data: a third of the size.
      .concat('-mod=readonly', '-ldflags', '-s -w', '-o', product, mainPackage),
    environment: { CGO_ENABLED: '0', GOWORK: 'off' },
  };
}

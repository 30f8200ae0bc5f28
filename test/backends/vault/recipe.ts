// How the Vault server is built: the pinned Go module beside this file, without its user interface and cloud plugins.
import { join } from 'node:path';
import type { Recipe } from '../recipe.ts';

export const vault: Recipe = {
  folder: import.meta.dirname,
  files: ['go.mod', 'go.sum', 'main.go'],
  tool: { command: 'go', args: ['version'], atLeast: [1, 25], title: 'go 1.25 or newer' },
  steps: (output) => [
    {
      command: 'go',
      args: ['build', '-tags', 'minimal', '-trimpath', '-buildvcs=false', '-mod=readonly']
        // No symbol table and no debug data: a third of the size.
        .concat('-ldflags', '-s -w', '-o', join(output, 'vault'), '.'),
      environment: { CGO_ENABLED: '0', GOWORK: 'off' },
    },
  ],
  products: ['vault'],
};

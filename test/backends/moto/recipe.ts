// How the AWS stand-in is built: moto's server and all it needs, by hash, in a Python virtual environment.
import { installSteps, python } from '../python.ts';
import type { Recipe } from '../recipe.ts';

export const moto: Recipe = {
  folder: import.meta.dirname,
  files: ['requirements.txt'],
  tool: python,
  steps: (output) => installSteps(output),
  // The interpreter is a link: an upgrade of the machine's Python that breaks it must count as absent.
  products: ['bin/moto_server', 'bin/python'],
};

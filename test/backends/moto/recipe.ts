// How the AWS stand-in is built: moto's server and all it needs, by hash, in a Python virtual environment.
import { join } from 'node:path';
import type { Recipe } from '../recipe.ts';

const printVersion = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';

export const moto: Recipe = {
  folder: import.meta.dirname,
  files: ['requirements.txt'],
  tool: {
    command: 'python3',
    args: ['-c', printVersion],
    atLeast: [3, 11],
    title: 'python3 3.11 or newer with its venv and ensurepip modules',
  },
  steps: (output) => [
    { command: 'python3', args: ['-m', 'venv', output] },
    {
      command: join(output, 'bin', 'python'),
      args: ['-m', 'pip', 'install', '--no-input', '--quiet', '--disable-pip-version-check']
        // The pinned file names every package: nothing is left to be resolved.
        .concat('--no-deps', '--require-hashes', '-r', 'requirements.txt'),
    },
  ],
  // The interpreter is a link: an upgrade of the machine's Python that breaks it must count as absent.
  products: ['bin/moto_server', 'bin/python'],
};

// What recipes of Python packages share: the interpreter, and the installing of pinned packages by their hashes.
import { join } from 'node:path';
import type { Step, Tool } from './recipe.ts';

const printVersion = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';

export const python: Tool = {
  command: 'python3',
  args: ['-c', printVersion],
  atLeast: [3, 11],
  title: 'python3 3.11 or newer with its venv and ensurepip modules',
};

/** Makes a virtual environment of the output, and installs what `requirements.txt` pins into it, or into the folder `target` of it. */
export function installSteps(output: string, target?: string): readonly Step[] {
  return [
    { command: 'python3', args: ['-m', 'venv', output] },
    {
      command: join(output, 'bin', 'python'),
      args: ['-m', 'pip', 'install', '--no-input', '--quiet', '--disable-pip-version-check']
        // The pinned file names every package: nothing is left to be resolved.
        .concat('--no-deps', '--require-hashes', '-r', 'requirements.txt')
        .concat(target === undefined ? [] : ['--target', join(output, target)]),
    },
  ];
}

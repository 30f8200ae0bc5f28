// The scripts as contenders: programs over the vendor's client, bundled once so that Node runs them without a loader.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { awsEnvironment, type Contender, type ContenderId } from './contender.ts';

/** Below node_modules, so that a bundle finds the packages that stay outside of it. */
const bundles = fileURLToPath(new URL('../../../node_modules/.cache/voxsync-bench', import.meta.url));
const programs = fileURLToPath(new URL('../programs', import.meta.url));

/** The path of a program of ours as Node runs it. */
export function bundleOf(program: string): string {
  return join(bundles, `${program}.mjs`);
}

/** Makes the bundles. */
export async function bundlePrograms(): Promise<void> {
  const bundle = await rolldown({
    input: ['script', 'push-secret', 'pure-plan'].map((name) => join(programs, `${name}.ts`)),
    platform: 'node',
    external: /^[^./]/,
    logLevel: 'warn',
  });
  await bundle.write({ dir: bundles, entryFileNames: '[name].mjs' });
}

/** The straightforward script, with so many calls at once. */
export function scriptContender(id: ContenderId, title: string, concurrency: number): Contender {
  return contenderOf({ id, title, concurrency, program: 'script' });
}

export const pushSecretContender = contenderOf({
  id: 'push-secret',
  title: 'PushSecret pattern',
  concurrency: 1,
  program: 'push-secret',
});

function contenderOf({
  program,
  ...shown
}: Omit<Contender, 'prepare'> & { readonly program: string }): Contender {
  return {
    ...shown,
    async prepare(task) {
      const { folder, application } = task;
      const file = join(folder, `${application}.json`);
      await writeFile(file, JSON.stringify({ ...task, concurrency: shown.concurrency }));
      return {
        folder,
        args: [bundleOf(program), file],
        environment: {
          ...awsEnvironment,
          VOXIMPLANT_CREDENTIALS: task.credentialsFile,
          // The vendor's client posts to https alone, and obeys this: it then speaks plain HTTP to the emulator.
          https_proxy: new URL(task.endpoint).origin,
        },
      };
    },
  };
}

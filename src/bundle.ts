// `npm run build`: makes `dist/`, in CommonJS, which Node 20 starts faster than modules, and in chunks that are loaded when needed.
import { fileURLToPath } from 'node:url';
import type { InputOptions } from 'rolldown';
import { rolldown } from 'rolldown';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const leftOut = here('left-out.ts');

/**
 * How everything of ours is bundled. Left out are axios, since node-vault is given our transport; undici's HTTP/2, since
 * we offer HTTP/1.1 alone; and pino's worker threads, since our log writes its lines itself.
 */
export const bundling: InputOptions = {
  platform: 'node',
  logLevel: 'warn',
  transform: { target: 'node20.19' },
  resolve: {
    mainFields: ['module', 'main'],
    alias: { axios: leftOut, './client-h2.js': leftOut, 'thread-stream': leftOut },
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(here('../dist'));

/** Makes the bundle in a folder, in the place of whatever was there. */
async function bundle(dir: string): Promise<void> {
  // The package around it makes `.js` a module.
  const source = '{ "type": "commonjs" }\n';
  const ours = await rolldown({
    ...bundling,
    input: here('main.ts'),
    plugins: [
      {
        name: 'package.json of dist',
        generateBundle() {
          this.emitFile({ type: 'asset', fileName: 'package.json', source });
        },
      },
    ],
  });
  await ours.write({ dir, format: 'cjs', comments: false, cleanDir: true });
}

// `npm run build`: makes `dist/`, in CommonJS, whose compiled code can be kept, and in chunks that are loaded when needed.
import { fileURLToPath } from 'node:url';
import type { InputOptions, Plugin } from 'rolldown';
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

/**
 * Makes the bundle in a folder, in the place of whatever was there: the program in chunks, each named by its content,
 * and `main.js`, which starts it.
 */
async function bundle(dir: string): Promise<void> {
  // Our own loader runs the chunks, so nothing in them may ask Node's to import.
  const format = { dir, format: 'cjs', comments: false, dynamicImportInCjs: false } as const;
  const program = await rolldown({ ...bundling, input: here('cli/process.ts'), plugins: [commonJsFolder()] });
  const { output } = await program.write({ ...format, entryFileNames: '[name]-[hash].js', cleanDir: true });
  const transform = { ...bundling.transform, define: { programChunk: JSON.stringify(output[0].fileName) } };
  const main = await rolldown({ ...bundling, transform, input: here('main.ts') });
  await main.write(format);
}

/** The package around the folder makes `.js` a module. */
function commonJsFolder(): Plugin {
  const source = '{ "type": "commonjs" }\n';
  return {
    name: 'package.json of dist',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'package.json', source });
    },
  };
}

// The bundle carries no axios: node-vault gets our module in its place, and works without it.
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { listenOnLoopback } from '../../proxy/faulty-proxy.ts';
import { fileWith } from './setup.ts';

const root = join(import.meta.dirname, '../../..');

test('reads a secret with axios aliased away, and prints nothing with DEBUG=node-vault', async () => {
  const server = createServer((incoming, outgoing) => {
    const isMount = incoming.url?.includes('/sys/') === true;
    const data = isMount
      ? { path: 'secret/', type: 'kv', options: { version: '1' } }
      : { password: 'canary-value' };
    outgoing.end(JSON.stringify({ data }));
  });
  const address = await listenOnLoopback(server);
  onTestFinished(() => void server.close());
  const token = await fileWith('canary-token');
  const settings = { kind: 'vault', address, auth: { method: 'token', token: { file: token } } };
  const main = `
    import { openVaultSource } from './src/sources/vault/source.ts';
    const source = await openVaultSource('vault', ${JSON.stringify(settings)});
    const [reading] = await source.read([{ secret: 'a' }], new AbortController().signal);
    await source.close();
    console.log(reading.state);`;
  const { outputFiles, metafile } = await build({
    stdin: { contents: main, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    alias: { axios: './src/sources/vault/no-axios.ts' },
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toContain('src/sources/vault/no-axios.ts');
  expect(inputs.filter((input) => input.includes('node_modules/axios'))).toEqual([]);
  const file = await fileWith(outputFiles[0]!.contents);
  const env = { ...process.env, DEBUG: '*' };
  const run = promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', `import(${JSON.stringify(file)})`],
    { env },
  );
  const { stdout, stderr } = await run;
  expect(stdout).toBe('present\n');
  expect(stderr).toBe('');
});

test('the stand-in refuses to work', async () => {
  const { create } = await import('../../../src/sources/vault/no-axios.ts');
  expect(create).toThrow('axios is not part of voxsync');
});

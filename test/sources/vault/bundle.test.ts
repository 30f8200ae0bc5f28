// The bundle carries no axios: node-vault gets our module in its place, and works without it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { expect, onTestFinished, test } from 'vitest';
import { bundling } from '../../../src/bundle.ts';
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
  const folder = await mkdtemp(join(root, 'node_modules', '.voxsync-bundle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const main = join(folder, 'main.ts');
  await writeFile(
    main,
    `import { openVaultSource } from ${JSON.stringify(join(root, 'src/sources/vault/source.ts'))};
    void (async () => {
      const source = await openVaultSource('vault', ${JSON.stringify(settings)});
      const [reading] = await source.read([{ secret: 'a' }], new AbortController().signal);
      await source.close();
      console.log(reading.state);
    })();`,
  );
  const bundle = await rolldown({ ...bundling, input: main });
  const { output } = await bundle.write({ dir: folder, format: 'cjs', entryFileNames: '[name].cjs' });
  const inputs = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  expect(inputs).toContain(join(root, 'src/left-out.ts'));
  expect(inputs.filter((input) => input.includes('node_modules/axios'))).toEqual([]);
  const env = { ...process.env, DEBUG: '*' };
  const run = promisify(execFile)(process.execPath, [join(folder, 'main.cjs')], { env });
  const { stdout, stderr } = await run;
  expect(stdout).toBe('present\n');
  expect(stderr).toBe('');
});

test('the stand-in refuses to work', async () => {
  const { create } = await import('../../../src/left-out.ts');
  expect(create).toThrow('not in the bundle');
});

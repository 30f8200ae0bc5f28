// What a suite that needs servers shows where they are not built.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const project = new URL('../..', import.meta.url).pathname;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxsync-suite-'));
  const suitePath = join(import.meta.dirname, 'suite.ts');
  const source = `
    import { test } from 'vitest';
    import { describeWithBackend } from ${JSON.stringify(suitePath)};
    describeWithBackend(['vault', 'etcd'], 'reads from Vault', () => {
      test('one', () => {});
      test('two', () => {});
    });`;
  await writeFile(join(folder, 'needs-servers.test.ts'), source);
  const config = { root: project, test: { dir: folder, include: ['**/*.test.ts'] } };
  await writeFile(join(folder, 'vitest.config.mjs'), `export default ${JSON.stringify(config)};`);
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs that suite with an empty cache, in a vitest of its own. */
async function runSuite(ci: string): Promise<{ exitCode: number; output: string }> {
  const entry = join(project, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [entry, 'run', '--config', join(folder, 'vitest.config.mjs')];
  const { VITEST: _, ...inherited } = process.env;
  const env = { ...inherited, CI: ci, NO_COLOR: '1', XDG_CACHE_HOME: join(folder, 'cache') };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env }, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

test('one visible line that says why it is skipped', async () => {
  const { exitCode, output } = await runSuite('');
  expect(exitCode).toBe(0);
  const lines = output.split('\n').filter((line) => line.includes('npm run backends'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('reads from Vault (skipped: no vault, etcd; run npm run backends)');
});

test('a failing test in CI', async () => {
  const { exitCode, output } = await runSuite('true');
  expect(exitCode).toBe(1);
  expect(output).toContain('vault is not built; run npm run backends');
  expect(output).toContain('etcd is not built; run npm run backends');
});

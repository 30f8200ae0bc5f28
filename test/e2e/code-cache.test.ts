// What a start keeps for the next: where, under which conditions, and that it never stands in the way.
import { chmod, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mapped, openStage, type Stage } from './stage.ts';

const place = '.cache/voxsync/compiled';

/** A stage on which a sync of one secret has run, with a value to look for. */
async function openUsed(): Promise<Stage & { readonly cache: string }> {
  const stage = await openStage();
  await stage.saveSecrets({ KEY: 'not-for-a-cache' });
  await stage.configure({ mappings: [mapped('app', ['KEY'])] });
  await expectSync(stage);
  const [name] = await readdir(path.join(stage.folder, place));
  return { ...stage, cache: path.join(stage.folder, place, name ?? 'nothing was kept') };
}

async function expectSync({ voxsync }: Stage): Promise<void> {
  expect(await voxsync('sync', '--log-level', 'warn')).toMatchObject({ exitCode: 0, stderr: '' });
}

test('the first start keeps what it compiled, and the next finds nothing to add', async () => {
  const stage = await openUsed();
  expect(path.basename(stage.cache)).toContain(`${process.version}-${process.arch}`);
  const before = await stat(stage.cache);
  expect(before.mode & 0o022).toBe(0);
  await expectSync(stage);
  expect((await stat(stage.cache)).mtimeMs).toBe(before.mtimeMs);
  expect(await readFile(stage.cache, 'latin1')).not.toContain('not-for-a-cache');
});

test('another command adds its part, and takes nothing away', async () => {
  const stage = await openUsed();
  const { size } = await stat(stage.cache);
  await stage.voxsync('explain', 'KEY');
  expect((await stat(stage.cache)).size).toBeGreaterThan(size);
  const both = await readFile(stage.cache);
  await expectSync(stage);
  expect(await readFile(stage.cache)).toEqual(both);
});

test('a cache of yesterday is made anew, one of today is not', async () => {
  const stage = await openUsed();
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  await utimes(stage.cache, yesterday, yesterday);
  await expectSync(stage);
  expect((await stat(stage.cache)).mtimeMs).toBeGreaterThan(yesterday.getTime() + 1000);
});

test('a damaged cache is replaced, and hurts nobody', async () => {
  const stage = await openUsed();
  const whole = await readFile(stage.cache);
  for (const at of [10, Math.floor(whole.length / 2), whole.length - 10]) {
    const damaged = Buffer.from(whole);
    damaged.fill(0xa5, at, at + 8);
    await writeFile(stage.cache, damaged);
    await expectSync(stage);
    expect((await readFile(stage.cache)).equals(damaged)).toBe(false);
  }
});

test('a cache that others may write is not run', async () => {
  const stage = await openUsed();
  await chmod(stage.cache, 0o666);
  await expectSync(stage);
  // It was compiled anew, and the new one is nobody else's to write.
  expect((await stat(stage.cache)).mode & 0o022).toBe(0);
});

test('NODE_COMPILE_CACHE says where, NODE_DISABLE_COMPILE_CACHE that nothing is kept', async () => {
  const stage = await openStage();
  const elsewhere = path.join(stage.folder, 'elsewhere');
  stage.env['NODE_DISABLE_COMPILE_CACHE'] = '1';
  await stage.voxsync('--version');
  stage.env['NODE_COMPILE_CACHE'] = elsewhere;
  await stage.voxsync('--version');
  const kept = async () =>
    (await readdir(stage.folder, { recursive: true })).filter((one) => one.endsWith('.code'));
  expect(await kept()).toEqual([]);
  delete stage.env['NODE_DISABLE_COMPILE_CACHE'];
  await stage.voxsync('--version');
  expect((await kept()).map((one) => path.dirname(one))).toEqual(['elsewhere']);
});

test('no chunk asks Node to import, which only its own loader can', async () => {
  const dist = new URL('../../dist/', import.meta.url);
  const chunks = (await readdir(dist)).filter((name) => name.endsWith('.js'));
  expect(chunks.length).toBeGreaterThan(20);
  for (const name of chunks)
    expect(await readFile(new URL(name, dist), 'utf8')).not.toMatch(/(?<![\w.$])import\(/);
});

test('a folder that cannot be made is no error', async () => {
  const stage = await openStage();
  await stage.save('.cache', 'a file');
  await stage.saveSecrets({ KEY: 'value' });
  await stage.configure({ mappings: [mapped('app', ['KEY'])] });
  expect(await stage.voxsync('sync', '--log-level', 'warn')).toMatchObject({ exitCode: 0, stderr: '' });
});

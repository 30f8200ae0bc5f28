// `voxsync demo` as a process: it tells its seven scenes and leaves nothing behind.
import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { untilWritten } from './program.ts';
import { openStage } from './stage.ts';

test('tells all seven scenes and leaves nothing behind', async () => {
  const stage = await openStage();
  const { exitCode, stdout, stderr } = await stage.voxsync('demo');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect([...stdout.matchAll(/^(\d)\. .+$/gm)].map(([, number]) => number)).toEqual([
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
  ]);
  expect(stdout).toContain('refused: 4 deletes of 5 secrets that are ours (guard.maxDeletes.count 2).');
  expect(stdout).not.toContain('demo-');
  expect(await readdir(stage.temporary)).toEqual([]);
});

test('leaves nothing behind when it is interrupted', async () => {
  const stage = await openStage();
  const demo = stage.start('demo');
  await untilWritten(demo.stdout, /^1\. /m);
  demo.kill('SIGINT');
  expect((await demo.ended).exitCode).toBe(130);
  expect(await readdir(stage.temporary)).toEqual([]);
});

// What `voxsync sync` says at its end, and of an account that cannot be opened.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Stage } from './stage.ts';
import { openStage } from './stage.ts';

/** The source holds these names, and `app` is to have them. */
async function stageWith(names: readonly string[]): Promise<Stage> {
  const stage = await openStage();
  await stage.save('secrets.json', JSON.stringify(Object.fromEntries(names.map((name) => [name, 'x']))));
  await stage.configure({ ...config, mappings: [mapped(names)] });
  return stage;
}

const config = { sources: { local: { kind: 'file', path: 'secrets.json' } } };
const mapped = (names: readonly string[]) => ({
  application: 'app',
  secrets: names.map((name) => ({ name, from: { source: 'local', secret: name } })),
});

test('names an account that cannot be opened once', async () => {
  const stage = await stageWith(['KEY']);
  const credentials = path.join(stage.folder, 'credentials.json');
  const first = async () => (await stage.voxsync('sync')).stdout.split('\n')[0];
  await stage.save('credentials.json', '{}');
  expect(await first()).toMatch(/^error: account main: credentials: [^:]*$/);
  await rm(credentials);
  expect(await first()).toBe(`error: account main: credentials: the file ${credentials} does not exist`);
});

test('ends with each failed change and its reason, and what to do once for all that share it', async () => {
  const stage = await stageWith(['A', 'B', 'C']);
  stage.emulator.faults.add({ method: 'AddSecret', kind: 'error', code: 134, count: 'all' });
  const { exitCode, stdout } = await stage.voxsync('sync');
  expect(exitCode).toBe(3);
  expect((stdout.split('Applied: ')[1] ?? '').split('\n')).toEqual([
    '3 failed.',
    ...['A', 'B', 'C'].map(
      (name) =>
        `error: account main, application app: create ${name}: Voximplant answered AddSecret with error 134: a parameter that is too long`,
    ),
    'hint:  Voximplant refused this one secret; the others were not affected.',
    '',
  ]);
});

test('tells the first twenty failures, and of how many more the log tells', async () => {
  const names = Array.from({ length: 23 }, (_, at) => `NAME_${at}`);
  const stage = await stageWith(names);
  stage.emulator.faults.add({ method: 'AddSecret', kind: 'error', code: 100, count: 'all' });
  const { exitCode, stdout, stderr } = await stage.voxsync('sync');
  expect(exitCode).toBe(5);
  const ending = stdout.split('Applied: 23 failed.\n')[1] ?? '';
  expect(ending.match(/^error: account main, application app: create NAME_/gm)).toHaveLength(20);
  expect(ending).toMatch(/\nAnd 3 more failed; the log tells of each\.\n$/);
  expect(stderr.match(/"msg":"change failed"/g)).toHaveLength(23);
});

test('an acknowledgement for another plan is told of, and logged as a warning', async () => {
  const stage = await stageWith(['KEY']);
  const { stdout, stderr } = await stage.voxsync('sync', '--acknowledge', 'other-plan-1');
  expect(stdout).toMatch(/The plan acknowledged, other-plan-1, is not this one, .*had no effect\.\n$/);
  const warnings = stderr.split('\n').filter((line) => line.includes('"level":"warn"'));
  expect(warnings.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      msg: 'acknowledgement had no effect',
      acknowledged: 'other-plan-1',
      planId: expect.stringMatching(/^[\w-]{12}$/),
    }),
  ]);
  expect((await stage.voxsync('sync')).stderr).not.toContain('"level":"warn"');
});

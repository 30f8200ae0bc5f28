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

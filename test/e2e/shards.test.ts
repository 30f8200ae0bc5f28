// Several processes that share the applications out.
import { expect, test } from 'vitest';
import { valuesOf } from './looks.ts';
import { mapped, openStage } from './stage.ts';

test('an Indexed Job shares the applications out, and each of its pods says which shard it is', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `app-${index}`);
  const stage = await openStage({ applications: names.map((name) => ({ name })) });
  await stage.saveSecrets({ KEY: '1' });
  await stage.configure({ mappings: [mapped('app-*', ['KEY'])] });
  for (const index of [0, 1, 2]) {
    stage.env['JOB_COMPLETION_INDEX'] = String(index);
    expect((await stage.voxsync('sync', '--shard', '3')).exitCode).toBe(0);
  }
  expect(valuesOf(stage, names)).toEqual(Object.fromEntries(names.map((name) => [`${name} KEY`, '1'])));
  expect(stage.emulator.journal.countByMethod()).toMatchObject({ AddSecret: 12 });
  expect((await stage.voxsync('sync', '--shard', '3/3')).exitCode).toBe(2);
});

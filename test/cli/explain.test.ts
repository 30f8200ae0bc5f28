// `voxsync explain`: one secret, where it is asked for, and whether its value was looked at.
import { expect, test } from 'vitest';
import { reasons } from '../../src/plan/reason.ts';
import type { Stage } from './stage.ts';
import { openStage } from './stage.ts';

/** KEY is in sync in three applications. */
async function stageInSync(changes: Readonly<Record<string, unknown>> = {}): Promise<Stage> {
  const stage = await openStage({ applications: ['app', 'ivr', 'crm'].map((name) => ({ name })) });
  await stage.save('secrets.json', JSON.stringify({ KEY: 'right' }));
  const secrets = [{ name: 'KEY', from: { source: 'local', secret: 'KEY' } }];
  const sources = { local: { kind: 'file', path: 'secrets.json' } };
  await stage.configure({ sources, mappings: [{ application: ['app', 'ivr', 'crm'], secrets }], ...changes });
  await stage.voxsync('sync');
  stage.emulator.journal.clear();
  return stage;
}

const headsOf = (stdout: string) => stdout.match(/^KEY in \w+/gm);

test('takes one application an option, so that the name can follow it', async () => {
  const stage = await stageInSync();
  const one = await stage.voxsync('explain', '--application', 'ivr', 'KEY');
  expect([one.exitCode, headsOf(one.stdout)]).toEqual([0, ['KEY in ivr']]);
  const two = await stage.voxsync('explain', '--application', 'ivr', '--application', 'crm', 'KEY');
  expect([two.exitCode, headsOf(two.stdout)?.toSorted()]).toEqual([0, ['KEY in crm', 'KEY in ivr']]);
});

test('says that no value was read, and with --verify-values reads and compares it', async () => {
  const stage = await stageInSync({ drift: { detect: 'off' } });
  const explain = (...args: readonly string[]) =>
    stage.voxsync('explain', '--application', 'app', ...args, 'KEY');
  expect((await explain('--verify-values')).stdout).toMatch(/ value {7}read\n[^]*in-sync/);
  stage.emulator.state.changeSecret('app', 'KEY', { value: 'wrong' });
  stage.emulator.journal.clear();
  const unread = await explain();
  expect(unread.stdout).toMatch(/ value {7}not read\n/);
  expect(unread.stdout).toContain(`reason      in-sync: ${reasons['in-sync']}\n`);
  expect(stage.emulator.journal.countByMethod()).not.toHaveProperty('GetSecretValue');
  const read = await explain('--verify-values');
  expect(read.stdout).toMatch(/ value {7}read\n[^]*decision {4}update value\n {2}reason {6}drifted: /);
  expect(stage.emulator.journal.countByMethod()).toMatchObject({ GetSecretValue: 1 });
  expect(stage.emulator.state.readValue('app', 'KEY')).toBe('wrong');
});

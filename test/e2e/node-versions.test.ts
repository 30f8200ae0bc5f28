// The whole story once under every other Node that the cache of this machine holds.
import { expect, test } from 'vitest';
import { foundNodes, noNode, otherNodes } from './nodes.ts';
import { mapped, openStage } from './stage.ts';
import { oddValue } from './values.ts';

test.runIf(process.env['CI'] === 'true')('every supported line of Node is there to be tested', () => {
  const lines = new Set(foundNodes.map(({ name }) => name.split('.')[0]));
  expect(lines).toEqual(new Set(['node-20', 'node-22', 'node-24']));
});

test.for(otherNodes)('creates, rests, rotates and prunes under $name', async ({ node }, { skip }) => {
  skip(node === undefined, noNode);
  const stage = await openStage({ node });
  const value = (index: number) => oddValue(index);
  const secrets = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`KEY_${index}`, value(index)]),
  );
  const sync = async (wanted: Record<string, string>) => {
    await stage.saveSecrets(wanted);
    await stage.configure({ mappings: [mapped('app', Object.keys(wanted))] });
    const { exitCode, stdout, stderr } = await stage.voxsync('sync', '--log-level', 'warn');
    const { state } = stage.emulator;
    const names = state.secrets('app').map(({ name }) => name);
    expect(Object.fromEntries(names.map((name) => [name, state.readValue('app', name)]))).toEqual(wanted);
    return [exitCode, stderr, stdout.trimEnd().split('\n').at(-1)];
  };
  expect(await sync(secrets)).toEqual([0, '', 'Applied: 12 created.']);
  expect(await sync(secrets)).toEqual([0, '', 'Plan: nothing to do; 12 in sync.']);
  const { KEY_0: _gone, ...rest } = secrets;
  expect(await sync({ ...rest, KEY_1: 'rotated' })).toEqual([0, '', 'Applied: 1 updated, 1 deleted.']);
});

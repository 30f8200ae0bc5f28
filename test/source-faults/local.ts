// Files and directories as the source under test: what stands where they are can be anything.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Ground } from './scene.ts';

export interface LocalGround extends Ground {
  /** The file or directory. */
  readonly place: string;
  /** Takes secrets away, by their paths. */
  remove(...paths: readonly string[]): Promise<unknown>;
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'voxsync-local-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function openFile(): Promise<LocalGround> {
  const place = path.join(await makeFolder(), 'secrets.json');
  const secrets = new Map<string, object>();
  const write = () => writeFile(place, JSON.stringify(Object.fromEntries(secrets), undefined, 1));
  return {
    place,
    settings: { kind: 'file', path: place },
    lost: { path: `${place}.lost` },
    separator: '/',
    put: async (changes) => {
      for (const [name, fields] of Object.entries(changes)) secrets.set(name, fields);
      await write();
    },
    remove: async (...paths) => {
      for (const name of paths) secrets.delete(name);
      await write();
    },
  };
}

export async function openDirectory(): Promise<LocalGround> {
  const place = path.join(await makeFolder(), 'mounted');
  await mkdir(place);
  return {
    place,
    settings: { kind: 'directory', path: place },
    lost: { path: `${place}.lost` },
    separator: '.',
    put: (secrets) =>
      Promise.all(
        Object.entries(secrets).map(([name, fields]) =>
          writeFile(path.join(place, name), JSON.stringify(fields)),
        ),
      ),
    remove: (...paths) => Promise.all(paths.map((name) => rm(path.join(place, name)))),
  };
}

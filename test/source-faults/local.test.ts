// Files and directories that are missing, cut, empty or unreadable while passes go over them.
import { mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe } from 'vitest';
import { testAbsence, type Way } from './absence.ts';
import { testDoubts, type Mend } from './doubt.ts';
import { openDirectory, openFile, type LocalGround } from './local.ts';
import { type Ground, type Scene } from './scene.ts';

/** The ground of the test under way. */
let ground: LocalGround;
const opened = (open: () => Promise<LocalGround>) => async (): Promise<Ground> => (ground = await open());

/** Puts the place, or a secret's file in it, aside, lets something else stand in its place, and puts it back. */
const replaced =
  (by: (place: string) => Promise<unknown>, group?: string, name = 'two') =>
  async (scene: Scene): Promise<Mend> => {
    const place = path.join(ground.place, group === undefined ? '' : scene.pathOf(group, name));
    await rename(place, `${ground.place}.aside`);
    await by(place);
    return async () => {
      await rm(place, { recursive: true, force: true });
      await rename(`${ground.place}.aside`, place);
    };
  };

const all = 'source-unavailable absence-unproven absence-unproven';

describe('a file', () => {
  testDoubts(opened(openFile), [
    {
      name: 'is deleted',
      strike: replaced(async () => {}),
      unchanged: `3 ${all}`,
      says: /secrets\.json\) cannot be read: ENOENT\n +hint: .*path/,
    },
    {
      name: 'is truncated to nothing',
      strike: replaced((place) => writeFile(place, '')),
      unchanged: `3 ${all}`,
      says: /secrets\.json\) is empty/,
    },
    {
      name: 'is half written',
      strike: replaced(async (place) => {
        await writeFile(place, await readFile(`${ground.place}.aside`));
        await truncate(place, 60);
      }),
      unchanged: `3 ${all}`,
      says: /secrets\.json\) is not valid JSON/,
    },
    {
      name: 'holds something else',
      strike: replaced((place) => writeFile(place, '<html></html>')),
      unchanged: `3 ${all}`,
    },
    {
      name: 'is no text',
      strike: replaced((place) => writeFile(place, Buffer.from([0xff, 0xfe, 0, 1]))),
      unchanged: `3 ${all}`,
      says: /is not UTF-8/,
    },
    {
      name: 'is a directory',
      strike: replaced((place) => mkdir(place)),
      unchanged: `3 ${all}`,
      says: /EISDIR/,
    },
    {
      name: 'is a link that leads in a circle',
      strike: replaced((place) => symlink(place, place)),
      unchanged: `3 ${all}`,
      says: /ELOOP/,
    },
    {
      name: 'is another one each time that it is read',
      strike: replaced((place) => symlink('/proc/sys/kernel/random/uuid', place)),
      unchanged: `3 ${all}`,
      says: /keeps changing while it is read/,
    },
    {
      name: 'is a pipe or a device',
      strike: replaced((place) => symlink('/dev/null', place)),
      unchanged: `3 ${all}`,
      says: /pipe or a device/,
    },
    {
      name: 'has a key without a value',
      strike: replaced(async (place) => {
        const secrets = JSON.parse(await readFile(`${ground.place}.aside`, 'utf8'));
        const two = Object.keys(secrets).find((name) => name.endsWith('found/two'));
        await writeFile(place, JSON.stringify({ ...secrets, [two!]: null }));
      }),
      unchanged: '3 in-sync absence-unproven in-sync',
      says: /found\/two" has no value/,
    },
  ]);
});

describe('a directory', () => {
  testDoubts(opened(openDirectory), [
    {
      name: 'is not mounted',
      strike: replaced((place) => mkdir(place)),
      unchanged: `3 ${all}`,
      says: /mounted\/\) is empty\n +hint: .*not mounted/,
    },
    {
      name: 'is gone',
      strike: replaced(async () => {}),
      unchanged: `3 ${all}`,
      says: /mounted\/\) cannot be read: ENOENT/,
    },
    {
      name: 'is a file',
      strike: replaced((place) => writeFile(place, '{}')),
      unchanged: `3 ${all}`,
      says: /ENOTDIR/,
    },
    {
      name: 'holds folders only',
      strike: replaced((place) => mkdir(path.join(place, 'lost+found'), { recursive: true })),
      unchanged: `3 ${all}`,
    },
    {
      name: 'is a volume whose state is gone',
      strike: replaced(async (place) => {
        await mkdir(place);
        await symlink('..2026_01_01', path.join(place, '..data'));
      }),
      unchanged: `3 ${all}`,
      says: /is empty/,
    },
    {
      name: 'has a file that cannot be read',
      strike: replaced((place) => symlink(place, place), 'found'),
      unchanged: '3 in-sync absence-unproven in-sync',
      says: /found\.two cannot be read: ELOOP/,
    },
    {
      name: 'has a link to nowhere',
      strike: replaced((place) => symlink('nowhere', place), 'named'),
      unchanged: '3 in-sync/source-unavailable in-sync in-sync',
      says: /named\.two cannot be read: ENOENT/,
    },
    {
      name: 'has a file that is half written',
      strike: replaced((place) => writeFile(place, '{"value":"FOU'), 'found'),
      unchanged: '3 in-sync in-sync/invalid in-sync',
      says: /found\.two", field "value", is not JSON\n +hint: +\S/,
    },
    {
      name: 'has a file that was emptied',
      strike: replaced((place) => writeFile(place, ''), 'all', 'db'),
      unchanged: '3 in-sync in-sync absence-unproven',
      says: /all\.db" is not JSON/,
    },
  ]);
});

const key = (name: string): Way => ({
  name,
  take: (...paths) => ground.remove(...paths),
  isTold: true,
  proof: /named.one: not in tested \(/,
});

describe('an absence', () => {
  testAbsence(opened(openFile), [key('of a key in a file')]);
  testAbsence(opened(openDirectory), [key('of a file in a directory')]);
});

// The file that compiled code is kept in: what it gives back, and when it is not believed.
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readCodeCache, writeCodeCache } from '../../src/launch/code-cache.ts';

const code = new Map([
  ['a-1.js', Buffer.from('compiled a')],
  ['b-2.js', Buffer.from([0, 255, 0, 255])],
]);
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

let folder: string;
let file: string;

beforeEach(async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'voxsync-launch-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  folder = path.join(root, 'compiled');
  file = path.join(folder, 'program-1-v20-x64.code');
});

/** As plain data: what is read are views of one buffer. */
const readBack = () => [...readCodeCache(file).code].map(([name, bytes]) => [name, Buffer.from(bytes)]);

describe('a cache', () => {
  it('gives back what was written, and only its user may write it', async () => {
    writeCodeCache(file, () => code);
    expect(readBack()).toEqual([...code]);
    expect(readCodeCache(file).isOld).toBe(false);
    expect((await stat(folder)).mode & 0o022).toBe(0);
    expect((await stat(file)).mode & 0o022).toBe(0);
    expect(await readdir(folder)).toEqual([path.basename(file)]);
  });

  it('is replaced as a whole', () => {
    writeCodeCache(file, () => code);
    writeCodeCache(file, () => new Map([['c-3.js', Buffer.from('c')]]));
    expect(readBack()).toEqual([['c-3.js', Buffer.from('c')]]);
  });

  it('is old after a day', async () => {
    writeCodeCache(file, () => code);
    await utimes(file, daysAgo(1.1), daysAgo(1.1));
    expect(readCodeCache(file).isOld).toBe(true);
    expect(readBack()).toEqual([...code]);
  });
});

it('is kept though a process of the same id was killed while it wrote', async () => {
  writeCodeCache(file, () => new Map());
  await writeFile(`${file}.${process.pid}`, 'half');
  writeCodeCache(file, () => code);
  expect(readBack()).toEqual([...code]);
});

describe('nothing is taken from a file', () => {
  it('that is not there', () => {
    expect(readBack()).toEqual([]);
  });

  it('of which any one byte is another', async () => {
    writeCodeCache(file, () => code);
    const whole = await readFile(file);
    for (let index = 0; index < whole.length; index += 1) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(index) ^ 0x10, index);
      await writeFile(file, damaged);
      expect(readBack(), `byte ${index}`).toEqual([]);
    }
  });

  it('that ends early, wherever', async () => {
    writeCodeCache(file, () => code);
    const whole = await readFile(file);
    for (let length = 0; length < whole.length; length += 1) {
      await writeFile(file, whole.subarray(0, length));
      expect(readBack(), `${length} bytes`).toEqual([]);
    }
  });

  it.each([0o620, 0o602, 0o666])('that others may write: mode %o', async (mode) => {
    writeCodeCache(file, () => code);
    await chmod(file, mode);
    expect(readBack()).toEqual([]);
  });
});

describe('where it cannot be written', () => {
  it('nothing is compiled for it, and nobody hears of it', async () => {
    await writeFile(folder, 'a file in the place of the folder');
    let isAsked = false;
    writeCodeCache(file, () => {
      isAsked = true;
      return code;
    });
    expect(isAsked).toBe(false);
    expect(readBack()).toEqual([]);
  });

  it('what was there stays, and no half of a file is left', async () => {
    writeCodeCache(file, () => code);
    writeCodeCache(file, () => {
      throw new Error('no code today');
    });
    expect(readBack()).toEqual([...code]);
    expect(await readdir(folder)).toEqual([path.basename(file)]);
  });
});

it('takes away caches that nobody made anew for a month, and touches nothing else', async () => {
  writeCodeCache(file, () => code);
  const names = ['old-v20-x64.code', 'old-v20-x64.code.123', 'young-v22-x64.code', 'notes.txt'];
  for (const name of names) await writeFile(path.join(folder, name), '');
  for (const name of names.filter((one) => !one.startsWith('young')))
    await utimes(path.join(folder, name), daysAgo(31), daysAgo(31));
  writeCodeCache(file, () => code);
  expect((await readdir(folder)).toSorted()).toEqual([
    'notes.txt',
    path.basename(file),
    'young-v22-x64.code',
  ]);
});

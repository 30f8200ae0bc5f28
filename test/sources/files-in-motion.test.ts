// Files and directories that change while they are read: what comes is one state or the other, or nothing is believed.
import { chmod, mkdir, mkdtemp, open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDirectorySource } from '../../src/sources/directory/source.ts';
import { openFileSource } from '../../src/sources/file/source.ts';
import type { Trim } from '../../src/sources/local.ts';
import type { Reading } from '../../src/sources/source.ts';

const { signal } = new AbortController();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'voxsync-motion-'));
});
afterAll(() => rm(folder, { recursive: true }));

const textOf = (reading: Reading | undefined): string =>
  reading?.state === 'present' ? reading.content.box.reveal() : `${reading?.state}`;

/** Runs `change` again and again, and `look` beside it, until both were done often enough. */
async function whileChanging(change: (round: number) => Promise<unknown>, look: () => Promise<void>) {
  const counts = { rounds: 0, looks: 0 };
  const ended = new AbortController();
  const changing = (async () => {
    for (; !ended.signal.aborted; counts.rounds += 1) await change(counts.rounds);
  })();
  try {
    for (; counts.looks < 200 || counts.rounds < 20; counts.looks += 1) await look();
  } finally {
    ended.abort();
    await changing;
  }
}

describe('a directory that is swapped while it is read', () => {
  const names = Array.from({ length: 12 }, (_, index) => `secret-${index}`);

  test('gives one state of it, whole, and no secret is taken for deleted', async () => {
    const place = await mkdtemp(path.join(folder, 'd-'));
    /** As the kubelet does: a new state, the link turned, the old state taken away at once. */
    const swap = async (round: number) => {
      const state = path.join(place, `..state-${round}`);
      await mkdir(state);
      await Promise.all(names.map((name) => writeFile(path.join(state, name), `round ${round}`)));
      await symlink(state, path.join(place, '..tmp'));
      await rename(path.join(place, '..tmp'), path.join(place, '..data'));
      // File by file, so that a reader meets it half gone.
      for (const name of names) await rm(path.join(place, `..state-${round - 1}`, name), { force: true });
    };
    await swap(0);
    const source = openDirectorySource('mounted', { kind: 'directory', path: place });
    const references = names.map((secret) => ({ secret }));
    const seen = new Set<string>();
    await whileChanging(
      (round) => swap(round + 1),
      async () => {
        const readings = await source.read(references, signal);
        expect(readings.filter(({ state }) => state === 'absent')).toEqual([]);
        const texts = new Set(readings.map(textOf));
        texts.delete('unresolved');
        expect(texts.size).toBeLessThanOrEqual(1);
        for (const text of texts) seen.add(text);
        const discovery = await source.discover({ prefix: 'secret-' }, signal);
        const found = discovery.state === 'listed' ? discovery.found.length : names.length;
        expect(found).toBe(names.length);
      },
    );
    expect(seen.size).toBeGreaterThan(5);
  });

  test('is unresolved when its state goes away for good', async () => {
    const place = await mkdtemp(path.join(folder, 'd-'));
    await symlink(path.join(place, '..nowhere'), path.join(place, '..data'));
    const source = openDirectorySource('mounted', { kind: 'directory', path: place });
    expect(await source.observe([{ secret: 'a' }], signal)).toMatchObject([{ state: 'unresolved' }]);
  });
});

describe('a file that is replaced while it is read', () => {
  const contentOf = (round: number): string => {
    const part = String.fromCharCode(97 + (round % 26)).repeat(100_000);
    return `first: ${part}\nsecond: ${part}\n`;
  };

  test.each(['renamed into its place', 'written over in place'])('%s: never half of each', async (way) => {
    const file = path.join(folder, `${way.split(' ')[0]}.yaml`);
    await writeFile(file, contentOf(0));
    const source = openFileSource('local', { kind: 'file', path: file });
    const change = async (round: number) => {
      const isRenamed = way.startsWith('renamed');
      // In one write: two halves of a write would be two states.
      const handle = await open(isRenamed ? `${file}.new` : file, 'w');
      await handle.write(Buffer.from(contentOf(round)));
      await handle.close();
      if (isRenamed) await rename(`${file}.new`, file);
    };
    let whole = 0;
    await whileChanging(change, async () => {
      const [first, second] = await source.read([{ secret: 'first' }, { secret: 'second' }], signal);
      const both = [first, second].filter((reading) => reading?.state === 'present').map(textOf);
      if (both.length === 2) whole += 1;
      expect(new Set(both).size).toBe(Math.min(both.length, 1));
    });
    expect(whole).toBeGreaterThanOrEqual(way.startsWith('renamed') ? 10 : 0);
  });
});

describe('what is no file that can be read', () => {
  test('a pipe or a device is refused, for it can be read only once', async () => {
    const source = openFileSource('local', { kind: 'file', path: '/dev/null' });
    const [observed] = await source.observe([{ secret: 'a' }], signal);
    expect(observed).toMatchObject({
      state: 'unresolved',
      error: {
        code: 'source-invalid',
        message: expect.stringContaining('local (null) is a pipe or a device'),
      },
    });
  });

  test('more than 16 MiB is refused', async () => {
    const file = path.join(folder, 'large.yaml');
    await writeFile(file, `a: ${'x'.repeat(17 * 1024 * 1024)}`);
    const [observed] = await openFileSource('local', { kind: 'file', path: file }).observe(
      [{ secret: 'a' }],
      signal,
    );
    expect(observed).toMatchObject({
      state: 'unresolved',
      error: { message: expect.stringContaining('16 MiB') },
    });
  });

  test.runIf(process.getuid?.() !== 0)('a file without permission says whose access is missing', async () => {
    const place = await mkdtemp(path.join(folder, 'd-'));
    await writeFile(path.join(place, 'locked'), 'x');
    await writeFile(path.join(place, 'open'), 'x');
    await chmod(path.join(place, 'locked'), 0o000);
    const source = openDirectorySource('mounted', { kind: 'directory', path: place });
    expect(await source.observe([{ secret: 'locked' }, { secret: 'open' }], signal)).toMatchObject([
      { state: 'unresolved', error: { message: expect.stringContaining('EACCES'), hint: /read access/ } },
      { state: 'present' },
    ]);
  });
});

describe('line ends and byte order marks', () => {
  const mark = '\uFEFF';

  test.each<[string, string, Trim, string]>([
    ['a', 'value\n', 'none', 'value\n'],
    ['a', 'value\n', 'newline', 'value'],
    ['a', 'value\r\n', 'newline', 'value'],
    ['a', 'value\n\n', 'newline', 'value\n'],
    ['a', 'value\r', 'newline', 'value\r'],
    ['a', ' value ', 'newline', ' value '],
    ['a', 'one\r\ntwo\r\n', 'none', 'one\r\ntwo\r\n'],
    ['a', `${mark}value`, 'none', 'value'],
    ['a', `${mark}${mark}value`, 'none', `${mark}value`],
  ])('in a directory: %s %j, trim %s, is %j', async (name, content, trim, expected) => {
    const place = await mkdtemp(path.join(folder, 'd-'));
    await writeFile(path.join(place, name), content);
    const source = openDirectorySource('mounted', { kind: 'directory', path: place, trim });
    const [reading] = await source.read([{ secret: name }], signal);
    expect(textOf(reading)).toBe(expected);
  });

  test.each<[string, string, Trim, string]>([
    ['x.yaml', 'a: |\n  one\n  two\n', 'none', 'one\ntwo\n'],
    ['x.yaml', 'a: |\n  one\n  two\n', 'newline', 'one\ntwo'],
    ['x.yaml', 'a: |\r\n  one\r\n  two\r\n', 'none', 'one\ntwo\n'],
    ['x.yaml', `${mark}a: one\r\n`, 'none', 'one'],
    ['x.yaml', 'a: "one\\r\\n"\n', 'none', 'one\r\n'],
    ['x.yaml', 'a: "one\\r\\n"\n', 'newline', 'one'],
    ['x.json', `${mark}{"a":"one\\r\\n"}`, 'none', 'one\r\n'],
    ['x.json', '{"a":"one\\n"}', 'newline', 'one'],
    ['x.env', `${mark}a=one\r\nb=two\r\n`, 'none', 'one'],
    ['x.env', 'a="one\r\ntwo"\r\n', 'none', 'one\ntwo'],
    ['x.env', 'a="one\\n"\n', 'newline', 'one'],
    ['x.env', "a='one\ntwo'\n", 'none', 'one\ntwo'],
  ])('in a file: %s %j, trim %s, is %j', async (name, content, trim, expected) => {
    const file = path.join(folder, name);
    await writeFile(file, content);
    const [reading] = await openFileSource('local', { kind: 'file', path: file, trim }).read(
      [{ secret: 'a' }],
      signal,
    );
    expect(textOf(reading)).toBe(expected);
  });
});

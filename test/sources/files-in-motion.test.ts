// Files and directories that change while they are read: what comes is one state or the other, or nothing is believed.
import { mkdir, mkdtemp, open, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { openDirectorySource } from '../../src/sources/directory/source.ts';
import { readState } from '../../src/sources/directory/state.ts';
import { viewOf } from '../../src/sources/directory/view.ts';
import { openFileSource } from '../../src/sources/file/source.ts';
import { readUntilSame, type Trim } from '../../src/sources/local.ts';
import type { Snapshot } from '../../src/sources/snapshot.ts';
import type { Reading } from '../../src/sources/source.ts';

const { signal } = new AbortController();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'voxsync-motion-'));
});
afterAll(() => rm(folder, { recursive: true }));

const textOf = (reading: Reading | undefined): string =>
  reading?.state === 'present' ? reading.content.box.reveal() : `${reading?.state}`;

/** Writes a file that looks old, so that nobody waits for its writer to come to an end. */
async function writeOld(file: string, content: string): Promise<void> {
  await writeFile(file, content);
  await utimes(file, 0, 0);
}

/** Runs `change` again and again, and `look` beside it, until both were done often enough. */
async function whileChanging(
  change: (round: number) => Promise<unknown>,
  look: () => Promise<void>,
  enough: number,
) {
  const counts = { rounds: 0, looks: 0 };
  const ended = new AbortController();
  const changing = (async () => {
    for (; !ended.signal.aborted; counts.rounds += 1) await change(counts.rounds);
  })();
  try {
    for (; counts.looks < enough || counts.rounds < 20; counts.looks += 1) await look();
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
      await Promise.all(names.map((name) => writeOld(path.join(state, name), `round ${round}`)));
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
      200,
    );
    expect(seen.size).toBeGreaterThan(5);
  });

  /** A volume that is turned to its next state after each of the first listings, the state before being taken away. */
  const openTurning = async (turns: number, namesOf: (state: number) => readonly string[]) => {
    const place = await mkdtemp(path.join(folder, 'd-'));
    let current = 0;
    const turn = async () => {
      current += 1;
      const state = path.join(place, `..state-${current}`);
      await mkdir(state);
      for (const name of namesOf(current)) await writeFile(path.join(state, name), `state ${current}`);
      await symlink(state, path.join(place, '..tmp'));
      await rename(path.join(place, '..tmp'), path.join(place, '..data'));
      await rm(path.join(place, `..state-${current - 1}`), { recursive: true, force: true });
    };
    await turn();
    const view = viewOf({ path: place }, 'mounted/', signal);
    const list = async () => {
      const listing = await view.list();
      if (current <= turns) await turn();
      return listing;
    };
    return () => readState({ ...view, list }, 'mounted/', none);
  };
  const none = () => new VoxsyncError('source-invalid', 'empty');
  const contentsOf = (snapshot: Snapshot) =>
    [...snapshot].map(([name, entry]) => [
      name,
      'content' in entry ? entry.content.box.reveal() : entry.problem.message,
    ]);

  test.each([
    ['of other names', (state: number) => [`only-${state}`, 'same']],
    ['of the same names', () => ['another', 'same']],
  ])('between listing and reading, gives the later state %s, whole', async (_, namesOf) => {
    const read = await openTurning(1, namesOf);
    expect(contentsOf(await read())).toEqual(namesOf(2).map((name) => [name, 'state 2']));
  });

  test('each time that it is read is unresolved', async () => {
    const read = await openTurning(Infinity, () => ['same']);
    await expect(read()).rejects.toMatchObject({ message: 'mounted/ keeps changing while it is read' });
  });

  test('one file of which is taken away meanwhile is told without it, not with an error', async () => {
    const place = await mkdtemp(path.join(folder, 'd-'));
    for (const name of ['kept', 'taken']) await writeFile(path.join(place, name), name);
    const view = viewOf({ path: place }, 'mounted/', signal);
    const list = async () => {
      const listing = await view.list();
      await rm(path.join(place, 'taken'), { force: true });
      return listing;
    };
    expect(contentsOf(await readState({ ...view, list }, 'mounted/', none))).toEqual([['kept', 'kept']]);
  });

  test('is unresolved when its state goes away for good', async () => {
    const place = await mkdtemp(path.join(folder, 'd-'));
    await symlink(path.join(place, '..nowhere'), path.join(place, '..data'));
    const source = openDirectorySource('mounted', { kind: 'directory', path: place });
    expect(await source.observe([{ secret: 'a' }], signal)).toMatchObject([{ state: 'unresolved' }]);
  });
});

describe('a file that is replaced while it is read', () => {
  const reading = (text: string, changedAt: number) => ({ bytes: Buffer.from(text), label: text, changedAt });
  /** What one reading after the other finds. */
  const readings = (texts: readonly string[]) => {
    const left = texts.map((text) => reading(text, 0));
    return async () => left.shift() ?? reading('never', 0);
  };

  test.each([
    [['a', 'a'], 'a'],
    [['half', 'whole', 'whole'], 'whole'],
    [['whole', 'half', 'whole', 'whole'], 'whole'],
    [['a', 'b', 'a', 'b', 'b'], 'b'],
  ])('of %j, what came twice in a row counts', async (texts, expected) => {
    expect((await readUntilSame(readings(texts), 'local', signal)).bytes.toString()).toBe(expected);
  });

  test('by a writer that is interrupted in the middle, it is waited for', async () => {
    const begun = performance.now();
    const changedAt = Date.now();
    const read = async () => reading(performance.now() - begun < 10 ? 'half' : 'whole', changedAt);
    expect((await readUntilSame(read, 'local', signal)).label).toBe('whole');
  });

  test('by a writer that begins after the time was asked, it is waited for', async () => {
    const begun = performance.now();
    const changedAt = Date.now();
    const times = [0];
    const read = async () =>
      reading(performance.now() - begun < 10 ? 'half' : 'whole', times.shift() ?? changedAt);
    expect((await readUntilSame(read, 'local', signal)).label).toBe('whole');
  });

  test('it is not waited for when the pass ends', async () => {
    const read = async () => reading('half', Date.now());
    await expect(readUntilSame(read, 'local', AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test('never the same twice is unresolved', async () => {
    const texts = ['a', 'b', 'a', 'b', 'a', 'b', 'b'];
    await expect(readUntilSame(readings(texts), 'local (x)', signal)).rejects.toMatchObject({
      message: 'local (x) keeps changing while it is read',
    });
    // A file that is another one each time that it is read.
    const source = openFileSource('local', { kind: 'file', path: '/proc/sys/kernel/random/uuid' });
    const error = { code: 'source-invalid', message: 'local (uuid) keeps changing while it is read' };
    expect(await source.read([{ secret: 'a' }], signal)).toMatchObject([{ state: 'unresolved', error }]);
  });

  const contentOf = (round: number): string => {
    // Another one each time: what comes back later could be met twice.
    const part = `${round}-`.repeat(20_000);
    return `first: ${part}\nsecond: ${part}\n`;
  };

  const renameInto = async (file: string, content: string) => {
    await writeOld(`${file}.new`, content);
    await rename(`${file}.new`, file);
  };
  const writeOver = async (file: string, content: string) => {
    // In one write: two halves of a write would be two states.
    const handle = await open(file, 'w');
    await handle.write(Buffer.from(content));
    await handle.close();
  };

  test.each([
    { way: 'renamed into its place', replace: renameInto, looks: 200, fewestWhole: 10 },
    // It is waited for each time, and may change each time.
    { way: 'written over in place', replace: writeOver, looks: 60, fewestWhole: 0 },
  ])('$way: never half of each', async ({ way, replace, looks, fewestWhole }) => {
    const file = path.join(folder, `${way.split(' ')[0]}.yaml`);
    await writeFile(file, contentOf(0));
    const source = openFileSource('local', { kind: 'file', path: file });
    let whole = 0;
    const look = async () => {
      const [first, second] = await source.read([{ secret: 'first' }, { secret: 'second' }], signal);
      const both = [first, second].filter((found) => found?.state === 'present').map(textOf);
      if (both.length === 2) whole += 1;
      expect(new Set(both).size).toBe(Math.min(both.length, 1));
    };
    await whileChanging((round) => replace(file, contentOf(round + 1)), look, looks);
    expect(whole).toBeGreaterThanOrEqual(fewestWhole);
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

  test('16 MiB are read, and a byte more is refused', async () => {
    const limit = 16 * 1024 * 1024;
    const place = await mkdtemp(path.join(folder, 'd-'));
    await writeFile(path.join(place, 'most'), Buffer.alloc(limit, 'x'));
    await writeFile(path.join(place, 'more'), Buffer.alloc(limit + 1, 'x'));
    const source = openDirectorySource('mounted', { kind: 'directory', path: place });
    const [most, more] = await source.read([{ secret: 'most' }, { secret: 'more' }], signal);
    expect(textOf(most)).toHaveLength(limit);
    expect(more).toMatchObject({
      state: 'unresolved',
      error: { code: 'source-invalid', message: expect.stringMatching(/more is larger than 16 MiB$/) },
    });
  });

  test('a file whose size says nothing is refused as soon as it is too large', async () => {
    // A regular file of 0 bytes, as its size says, and of terabytes to those who read it.
    const file = '/proc/self/pagemap';
    const [observed] = await openFileSource('local', { kind: 'file', path: file }).observe(
      [{ secret: 'a' }],
      signal,
    );
    expect(observed).toMatchObject({
      state: 'unresolved',
      error: { message: 'local (pagemap) is larger than 16 MiB' },
    });
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

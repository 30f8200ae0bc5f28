// Files and directories that are away for days, without any grace; and what a grace is for. Their other doubts are in test/source-faults.
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOfReport } from '../../src/reconcile/report.ts';
import { openDirectorySource } from '../../src/sources/directory/source.ts';
import { openFileSource } from '../../src/sources/file/source.ts';
import type { Source } from '../../src/sources/source.ts';
import type { World } from './world.ts';
import { createWorld, decisionsOf, discovery, explicit, mapping } from './world.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'voxsync-doubt-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** One secret named by a mapping, two found by a discovery, in sync. */
async function settledWorld(source: Source): Promise<World> {
  const world = await createWorld({
    source: () => source,
    mappings: [
      mapping({
        secrets: [explicit('NAMED', 'named')],
        discoveries: [discovery({ query: { prefix: 'found' } })],
      }),
    ],
  });
  await world.run();
  expect(await world.values()).toEqual(all);
  return world;
}

const all = { NAMED: 'one', FOUND_A: 'two', FOUND_B: 'three' };
const text = 'named: one\nfound-a: two\nfound-b: three\n';

const inDoubt = {
  decisions: [
    'hold FOUND_A absence-unproven',
    'hold FOUND_B absence-unproven',
    'hold NAMED source-unavailable',
  ],
  exitCode: 3,
  values: all,
};

/** What three passes make of the doubt, with days between them. */
async function passesOf(world: World) {
  const passes = [];
  for (let count = 0; count < 3; count += 1) {
    const report = await world.run();
    const decisions = decisionsOf(report).filter((decision) => !decision.includes('*'));
    passes.push({ decisions, exitCode: exitCodeOfReport(report), values: await world.values() });
    world.now += 100_000;
  }
  return passes;
}

/** What the pass does that follows the doubt. */
async function passAfter(world: World): Promise<readonly string[]> {
  const { outcomes, plan } = await world.run();
  const standing = plan.applications.flatMap((application) => application.standing);
  return [...outcomes.map(({ change }) => change.kind), ...standing.map(({ reason }) => reason)];
}

describe('a file', () => {
  async function openFile(): Promise<{ readonly file: string; readonly world: World }> {
    const file = path.join(await mkdtemp(path.join(folder, 'f-')), 'secrets.yaml');
    await writeFile(file, text);
    return { file, world: await settledWorld(openFileSource('local', { kind: 'file', path: file })) };
  }

  it.each<[string, (file: string) => Promise<unknown>]>([
    ['is taken away', (file) => rm(file)],
    ['is empty', (file) => writeFile(file, '')],
    ['holds nothing but space', (file) => writeFile(file, ' \n\n')],
  ])('that %s', async (_, spoil) => {
    const { file, world } = await openFile();
    await spoil(file);
    expect(await passesOf(world)).toEqual([inDoubt, inDoubt, inDoubt]);
    await rm(file, { recursive: true, force: true });
    await writeFile(file, text);
    expect(await passAfter(world)).toEqual(['in-sync', 'in-sync', 'in-sync']);
  });

  it('that is cut after a line looks shorter, and the grace is there for it', async () => {
    const { file, world } = await openFile();
    world.configure(world.setup.mappings, { graceSeconds: 900 });
    await writeFile(file, 'named: one\nfound-a: two\n');
    expect(decisionsOf(await world.run())).toContain('update FOUND_B prune-grace');
    world.now += 899;
    expect(decisionsOf(await world.run())).toContain('hold FOUND_B prune-grace');
    await writeFile(file, text);
    expect(decisionsOf(await world.run())).toContain('update FOUND_B description-changed');
    expect(await world.values()).toEqual(all);
  });

  it('that says in full that there are no secrets proves it, and the guard asks all the same', async () => {
    const { file, world } = await openFile();
    await writeFile(file, '{}\n');
    const report = await world.run();
    expect(decisionsOf(report)).toEqual([
      'hold FOUND_A guard-refused',
      'hold FOUND_B guard-refused',
      'hold NAMED guard-refused',
    ]);
    await world.run({ acknowledged: report.plan.id });
    expect(await world.values()).toEqual({});
  });
});

describe('a directory', () => {
  const texts = { named: 'one', 'found-a': 'two', 'found-b': 'three' };

  async function fill(place: string): Promise<void> {
    await mkdir(place, { recursive: true });
    await Promise.all(Object.entries(texts).map(([name, value]) => writeFile(path.join(place, name), value)));
  }

  /** As Kubernetes turns a mounted Secret to its next state. */
  async function turnToNothing(place: string): Promise<void> {
    await mkdir(path.join(place, '..empty'));
    await symlink('..empty', path.join(place, '..data'));
  }

  async function openDirectory(): Promise<{ readonly place: string; readonly world: World }> {
    const place = path.join(await mkdtemp(path.join(folder, 'd-')), 'mounted');
    await fill(place);
    const source = openDirectorySource('local', { kind: 'directory', path: place });
    return { place, world: await settledWorld(source) };
  }

  it.each<[string, (place: string) => Promise<unknown>]>([
    ['is taken away', (place) => rm(place, { recursive: true })],
    [
      'is not mounted, so that its mount point shows',
      (place) => rename(place, `${place}.away`).then(() => mkdir(place)),
    ],
    ['has another state, which is empty', turnToNothing],
  ])('that %s', async (_, spoil) => {
    const { place, world } = await openDirectory();
    await spoil(place);
    expect(await passesOf(world)).toEqual([inDoubt, inDoubt, inDoubt]);
    await rm(place, { recursive: true, force: true });
    await fill(place);
    expect(await passAfter(world)).toEqual(['in-sync', 'in-sync', 'in-sync']);
  });
});

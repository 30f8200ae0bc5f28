// The sources that need no server, held to the contract.
import { mkdtemp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDirectorySource } from '../../src/sources/directory/source.ts';
import { openFileSource } from '../../src/sources/file/source.ts';
import { createMemorySource } from '../../src/sources/memory.ts';
import { VoxsyncError } from '../../src/errors.ts';
import { snapshotSource } from '../../src/sources/snapshot.ts';
import type { SourceFixture } from './contract.ts';
import { describeSourceContract } from './contract.ts';

async function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'voxsync-test-'));
}

async function memoryFixture(): Promise<SourceFixture> {
  const secrets = new Map<string, string>();
  const memory = createMemorySource(secrets);
  let isBroken = false;
  const broken = snapshotSource('memory', async () => {
    throw new VoxsyncError('source-unreachable', 'memory is gone');
  });
  const now = () => (isBroken ? broken : memory);
  return {
    source: {
      observe: (references, signal) => now().observe(references, signal),
      read: (references, signal) => now().read(references, signal),
      discover: (query, signal) => now().discover(query, signal),
      close: () => memory.close(),
    },
    put: async (more) => Object.entries(more).forEach(([name, text]) => secrets.set(name, text)),
    remove: async (name) => void secrets.delete(name),
    breakDown: async () => void (isBroken = true),
    close: () => memory.close(),
  };
}

async function fileFixture(): Promise<SourceFixture> {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'secrets.json');
  const secrets: Record<string, string> = {};
  const save = () => writeFile(file, JSON.stringify(secrets));
  const source = openFileSource('local', { kind: 'file', path: file });
  return {
    source,
    put: async (more) => {
      Object.assign(secrets, more);
      await save();
    },
    remove: async (name) => {
      delete secrets[name];
      await save();
    },
    breakDown: async () => writeFile(file, (await readFile(file)).subarray(0, -1)),
    close: () => rm(folder, { recursive: true }),
  };
}

/** A volume as the kubelet lays it: files are links into `..data`, which is a link to the current state. */
async function mountedFixture(): Promise<SourceFixture> {
  const folder = await temporaryFolder();
  const secrets = new Map<string, string>();
  let generation = 0;
  const swap = async () => {
    generation += 1;
    const state = path.join(folder, `..state-${generation}`);
    await mkdir(state);
    for (const [name, text] of secrets) await writeFile(path.join(state, name), text);
    await symlink(state, path.join(folder, '..data_tmp'));
    await rename(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
  };
  return {
    source: openDirectorySource('mounted', { kind: 'directory', path: folder }),
    put: async (more) => {
      for (const [name, text] of Object.entries(more)) secrets.set(name, text);
      await swap();
    },
    remove: async (name) => {
      secrets.delete(name);
      await swap();
    },
    breakDown: async () => {
      secrets.clear();
      await swap();
    },
    close: () => rm(folder, { recursive: true }),
  };
}

describeSourceContract('memory', memoryFixture);
describeSourceContract('file', fileFixture);
describeSourceContract('directory', mountedFixture);

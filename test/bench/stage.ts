// What a part of the bench plays on: a folder, an emulator in a process of its own, and a file of secrets as the source.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Task } from './contenders/contender.ts';
import { startEmulatorProcess, type EmulatorProcess } from './emulator.ts';

export interface Stage {
  readonly folder: string;
  readonly emulator: EmulatorProcess;
  /** Writes the file of secrets. */
  readonly saveSecrets: (secrets: Readonly<Record<string, string>>) => Promise<void>;
  /** A task with that file as its source and `base` as its group, unless told otherwise. */
  readonly task: (application: string, changes?: Partial<Task>) => Task;
}

export interface StageOptions {
  readonly latencyMs: number;
  readonly applications: readonly string[];
  /** The largest page of a listing; 1,000 without it. */
  readonly pageSize?: number;
}

/** Opens a stage, does the work on it, and takes it away whatever happened. */
export async function onStage<T>(options: StageOptions, work: (stage: Stage) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    const emulator = await startEmulatorProcess({ ...options, folder });
    const path = join(folder, 'secrets.json');
    const { url: endpoint, credentialsFile } = emulator;
    const base = {
      folder,
      endpoint,
      credentialsFile,
      origin: { kind: 'file', path },
      groups: ['base'],
    } as const;
    try {
      return await work({
        folder,
        emulator,
        saveSecrets: (secrets) => writeFile(path, JSON.stringify(secrets)),
        task: (application, changes) => ({ ...base, application, ...changes }),
      });
    } finally {
      await emulator.stop();
    }
  });
}

/** Does the work in a folder of its own, which is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'voxsync-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

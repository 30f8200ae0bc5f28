// What a test plays on: an emulator in this process, and a folder with its credentials, a config and a secrets file.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import {
  startEmulator,
  writeCredentialsFile,
  type Credentials,
  type Emulator,
  type EmulatorOptions,
} from '../../src/emulator/emulator.ts';
import { generateCredentials } from '../../src/emulator/credentials.ts';
import { startOnTerminal, startProgram, startShell, type Finished, type Running } from './program.ts';

export const owner = 'e2e';

export interface Stage {
  readonly emulator: Emulator;
  readonly folder: string;
  /** Where the program's temporary files go. */
  readonly temporary: string;
  /** Writes `voxsync.yaml`: a base with one account and the file source `local`, and on top of it these keys. */
  readonly configure: (changes: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Writes the file behind the source `local`. */
  readonly saveSecrets: (secrets: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly save: (name: string, content: string | Uint8Array) => Promise<void>;
  /** Added to the program's environment from now on. */
  readonly env: Record<string, string>;
  /** Runs a command to its end. */
  readonly voxsync: (...args: readonly string[]) => Promise<Finished>;
  /** Starts a command; it is killed at the end of the test if it still runs. */
  readonly start: (...args: readonly string[]) => Running;
  /** The same on a terminal of its own. */
  readonly startOnTerminal: (...args: readonly string[]) => Running;
  readonly shell: (line: string) => Promise<Finished>;
  /** Every file in the folder, by its path, with its bytes as text. */
  readonly files: () => Promise<ReadonlyMap<string, string>>;
}

export interface StageOptions extends EmulatorOptions {
  /** Another Node to run the program. */
  readonly node?: string | undefined;
}

let shared: Promise<Credentials> | undefined;

/** An emulator with the applications `app` (1001) and `ivr` (1002) unless told otherwise. Gone at the end of the test. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  // Making a key pair takes long, so one serves every stage of a test file.
  shared ??= generateCredentials(12_345, 'e2e@example.com');
  const applications = [{ name: 'app' }, { name: 'ivr' }];
  const emulator = await startEmulator({ applications, credentials: await shared, ...options });
  onTestFinished(() => emulator.close());
  const folder = await mkdtemp(path.join(tmpdir(), 'voxsync-e2e-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const temporary = path.join(folder, 'tmp');
  await mkdir(temporary);
  await writeCredentialsFile(path.join(folder, 'credentials.json'), emulator.credentials);
  const stage = stageIn(folder, emulator, options.node);
  await stage.configure({});
  return stage;
}

function stageIn(folder: string, emulator: Emulator, node: string | undefined): Stage {
  const env: Record<string, string> = {};
  const temporary = path.join(folder, 'tmp');
  const surroundings = { folder, temporary, env, node };
  const started = (running: Running): Running => {
    onTestFinished(async () => {
      running.kill('SIGKILL');
      await running.ended;
    });
    return running;
  };
  const start: Stage['start'] = (...args) => started(startProgram(args, surroundings));
  const save: Stage['save'] = (name, content) => writeFile(path.join(folder, name), content);
  return {
    emulator,
    folder,
    temporary,
    env,
    save,
    start,
    configure: (changes) =>
      save('voxsync.yaml', JSON.stringify({ ...baseConfig(emulator.url), ...changes }, undefined, 2)),
    saveSecrets: (secrets) => save('secrets.json', JSON.stringify(secrets)),
    voxsync: (...args) => start(...args).ended,
    startOnTerminal: (...args) => started(startOnTerminal(args, surroundings)),
    shell: (line) => startShell(line, surroundings).ended,
    files: () => filesIn(folder),
  };
}

function baseConfig(endpoint: string): Readonly<Record<string, unknown>> {
  return {
    owner,
    policy: 'sync',
    accounts: { main: { endpoint, credentials: { file: 'credentials.json' } } },
    sources: { local: { kind: 'file', path: 'secrets.json' } },
    mappings: [],
    prune: { grace: '0s' },
    guard: { maxDeletes: {}, maxUpdates: {} },
  };
}

/** A mapping of secrets of `local` to secrets of the same names. */
export function mapped(application: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  return {
    application,
    secrets: names.map((name) => ({ name, from: { source: 'local', secret: name } })),
  };
}

async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
  return new Map(
    await Promise.all(
      files.map(async (file) => [path.relative(folder, file), await readFile(file, 'latin1')] as const),
    ),
  );
}

// A config, an emulator and the program in this process: commands as users type them, without a bundle or a child.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { errorText } from '../../src/cli/failures.ts';
import type { Io } from '../../src/cli/io.ts';
import { runProgram } from '../../src/cli/program.ts';
import { generateCredentials } from '../../src/emulator/credentials.ts';
import {
  startEmulator,
  writeCredentialsFile,
  type Credentials,
  type Emulator,
  type EmulatorOptions,
} from '../../src/emulator/emulator.ts';
import { VoxsyncError } from '../../src/errors.ts';

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Stage {
  readonly emulator: Emulator;
  readonly folder: string;
  /** Writes `voxsync.yaml`: a base with one account, and on top of it these keys. */
  configure(changes: Readonly<Record<string, unknown>>): Promise<void>;
  /** Writes a file beside the config. */
  save(name: string, content: string | Uint8Array): Promise<void>;
  /** Runs a command; an error becomes its exit code and its text on stderr, as in the process. */
  voxsync(...args: readonly string[]): Promise<Ended>;
  /** The same on a terminal, where `answer` is the person. */
  onTerminal(answer: Answer, ...args: readonly string[]): Promise<Ended>;
}

/** What a person types, `undefined` for the end of the input; an error interrupts. */
export type Answer = (question: string) => string | undefined | Promise<string | undefined>;

let shared: Promise<Credentials> | undefined;

/** An emulator with the application `app` unless told otherwise, and a folder. Gone at the end of the test. */
export async function openStage(options: EmulatorOptions = {}): Promise<Stage> {
  // Making a key pair takes long, so one serves every stage of a test file.
  shared ??= generateCredentials(12_345, 'cli@example.com');
  const emulator = await startEmulator({
    applications: [{ name: 'app' }],
    credentials: await shared,
    ...options,
  });
  onTestFinished(() => emulator.close());
  const folder = await mkdtemp(path.join(tmpdir(), 'voxsync-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeCredentialsFile(path.join(folder, 'credentials.json'), emulator.credentials);
  const save: Stage['save'] = (name, content) => writeFile(path.join(folder, name), content);
  const base = {
    owner: 'cli',
    policy: 'sync',
    accounts: { main: { endpoint: emulator.url, credentials: { file: 'credentials.json' } } },
    sources: {},
    mappings: [],
    prune: { grace: '0s' },
    guard: { maxDeletes: {}, maxUpdates: {} },
  };
  return {
    emulator,
    folder,
    save,
    configure: (changes) => save('voxsync.yaml', JSON.stringify({ ...base, ...changes })),
    voxsync: (...args) => run(path.join(folder, 'voxsync.yaml'), args),
    onTerminal: (answer, ...args) => run(path.join(folder, 'voxsync.yaml'), args, answer),
  };
}

async function run(config: string, args: readonly string[], answer?: Answer): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  const { signal } = new AbortController();
  const io: Io = {
    out: (text) => void (stdout += text),
    err: (text) => void (stderr += text),
    isOutTerminal: false,
    isErrTerminal: false,
    ask:
      answer &&
      ((question) => {
        stderr += question;
        return Promise.resolve(answer(question));
      }),
    env: { ...process.env, VOXSYNC_CONFIG: config },
    interruption: { stopping: signal, aborting: signal, exitCode: () => undefined, release: () => {} },
  };
  try {
    const exitCode = await runProgram(['node', 'voxsync', ...args], io);
    return { exitCode, stdout, stderr };
  } catch (error) {
    if (!(error instanceof VoxsyncError)) throw error;
    return { exitCode: error.exitCode, stdout, stderr: stderr + errorText(error) };
  }
}

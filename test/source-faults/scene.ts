// An application in sync, fed by a source that a test will break and by a steady file beside it, and passes over it in this process.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { compose, type Composition } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';
import { generateCredentials } from '../../src/emulator/credentials.ts';
import { startEmulator, writeCredentialsFile, type Emulator } from '../../src/emulator/emulator.ts';
import { parseDescription } from '../../src/secret/marker.ts';
import {
  contentOf,
  generationOf,
  mappingsOf,
  names,
  steadyContents,
  type Fields,
  type PathOf,
} from './contents.ts';
import { passOver, type Passed } from './passes.ts';

/** A source that holds what a test puts into it. */
export interface Ground {
  /** Its entry under `sources`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What leads it nowhere. */
  readonly lost: Readonly<Record<string, unknown>>;
  /** What stands between the parts of a path. */
  readonly separator: string;
  /** Writes secrets, by their paths, each with its fields. */
  readonly put: (secrets: Readonly<Record<string, Fields>>) => Promise<unknown>;
}

export interface Changes {
  /** Keys on top of the entry of the source under test. */
  readonly source?: Readonly<Record<string, unknown>>;
  /** Whether that entry leads nowhere. */
  readonly isLost?: boolean;
}

export interface Scene {
  readonly emulator: Emulator;
  readonly pathOf: PathOf;
  /** Gives every secret of the source its next value. */
  readonly rotate: () => Promise<void>;
  /** Writes secrets of the source anew, as they were. */
  readonly restore: (paths: readonly string[]) => Promise<unknown>;
  /** Changes the steady file: a value, a secret that comes, one that goes. */
  readonly moveSteady: () => Promise<void>;
  /** One pass of a process that has just started. */
  readonly pass: (changes?: Changes) => Promise<Passed>;
  /** The passes of a process that lives on until the end of the test. */
  readonly open: () => Promise<() => Promise<Passed>>;
  /** Of each value in `app` that comes from the source, its generation: 1 before the first rotation. */
  readonly generations: () => ReadonlySet<number | string>;
  /** Ids, descriptions and values of these. */
  readonly contents: () => unknown;
  /** Since when an absence is proven, as the marker says; 0 while it is wanted. */
  readonly absentSince: (name: string) => number | undefined;
  /** Lets the time of Voximplant go by. */
  readonly wait: (seconds: number) => void;
}

let credentials: ReturnType<typeof generateCredentials> | undefined;
let count = 0;

/** Fills the source, below a path of its own, and a folder. Nothing is synced yet. `config` goes on top of the harshest one. */
export async function openScene(ground: Ground, config: Given['config'] = {}): Promise<Scene> {
  const { emulator, wait } = await openEmulator();
  const folder = await mkdtemp(path.join(tmpdir(), 'voxsync-faults-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeCredentialsFile(path.join(folder, 'credentials.json'), emulator.credentials);
  count += 1;
  const root = `s${count}`;
  const pathOf: PathOf = (...parts) => [root, ...parts].join(ground.separator);
  const composeWith = composer(folder, { ground, pathOf, endpoint: emulator.url, config });
  const saveSteady = (secrets: object) =>
    writeFile(path.join(folder, 'steady.json'), JSON.stringify(secrets));
  let generation = 0;
  const rotate = async (): Promise<void> => {
    generation += 1;
    await ground.put(contentOf(pathOf, generation));
  };
  await saveSteady(steadyContents.first);
  await rotate();
  return {
    emulator,
    pathOf,
    rotate,
    restore: (paths) => {
      const all = Object.entries(contentOf(pathOf, generation));
      return ground.put(Object.fromEntries(all.filter(([one]) => paths.includes(one))));
    },
    moveSteady: () => saveSteady(steadyContents.later),
    pass: async (changes) => {
      const composition = await composeWith(changes);
      try {
        return await passOver(composition.setup, emulator);
      } finally {
        await composition.close();
      }
    },
    open: async () => {
      const composition = await composeWith();
      onTestFinished(() => composition.close());
      return () => passOver(composition.setup, emulator);
    },
    ...looksAt(emulator),
    wait,
  };
}

/** Its clock runs ahead as far as the test has waited. */
async function openEmulator(): Promise<Pick<Scene, 'emulator' | 'wait'>> {
  let lead = 0;
  credentials ??= generateCredentials(12_345, 'faults@example.com');
  const emulator = await startEmulator({
    applications: [{ name: 'app' }, { name: 'ivr' }],
    credentials: await credentials,
    clock: () => new Date(Date.now() + lead * 1000),
  });
  onTestFinished(() => emulator.close());
  return { emulator, wait: (seconds) => void (lead += seconds) };
}

interface Given {
  readonly ground: Ground;
  readonly pathOf: PathOf;
  readonly endpoint: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Opens what the config names. */
function composer(folder: string, { ground, pathOf, endpoint, config }: Given) {
  let written = 0;
  return async ({ source, isLost = false }: Changes = {}): Promise<Composition> => {
    written += 1;
    const file = path.join(folder, `voxsync-${written}.yaml`);
    const whole = {
      owner: 'faults',
      policy: 'sync',
      prune: { grace: '0s' },
      guard: { maxDeletes: {}, maxUpdates: {} },
      accounts: { main: { endpoint, credentials: { file: 'credentials.json' } } },
      sources: {
        tested: { ...ground.settings, ...(isLost && ground.lost), ...source },
        steady: { kind: 'file', path: 'steady.json' },
      },
      mappings: mappingsOf(ground.separator, pathOf),
      ...config,
    };
    await writeFile(file, JSON.stringify(whole));
    return compose(await loadConfig(file, process.env));
  };
}

function looksAt({ state }: Emulator): Pick<Scene, 'generations' | 'contents' | 'absentSince'> {
  return {
    generations: () => new Set(names.map((name) => generationOf(name, state.readValue('app', name)))),
    contents: () =>
      state
        .secrets('app')
        .filter(({ name }) => !name.startsWith('STEADY'))
        .map((secret) => [secret, state.readValue('app', secret.name)]),
    absentSince: (name) => {
      const found = state.secrets('app').find((secret) => secret.name === name);
      const described = parseDescription(found?.description ?? '');
      return described.ownership === 'marked' ? described.marker.absentSince : undefined;
    },
  };
}

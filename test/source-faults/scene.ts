// An application in sync, fed by a source that a test will break and by a steady file beside it, and passes over it in this process.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { failureLines } from '../../src/cli/failures.ts';
import { compose, type Composition } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';
import { generateCredentials } from '../../src/emulator/credentials.ts';
import { startEmulator, writeCredentialsFile, type Emulator } from '../../src/emulator/emulator.ts';
import { planLines } from '../../src/plan/render/text.ts';
import { runPass } from '../../src/reconcile/pass.ts';
import { exitCodeOfReport } from '../../src/reconcile/report.ts';
import { parseDescription } from '../../src/secret/marker.ts';

/** A source that holds what a test puts into it. */
export interface Ground {
  /** Its entry under `sources`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What stands between the parts of a path. */
  readonly separator: string;
  /** Writes secrets, by their paths, each with its fields. */
  put(secrets: Readonly<Record<string, Fields>>): Promise<unknown>;
}

type Fields = Readonly<Record<string, string>>;

/** The secrets in Voximplant that come from the broken source, by the way a mapping gets at them. */
export const groups = {
  /** Named one by one. */
  named: ['NAMED_ONE', 'NAMED_TWO'],
  /** Discovered, a field that the config lists. */
  found: ['FOUND_ONE', 'FOUND_TWO'],
  /** Discovered, with all the fields that there are. */
  all: ['ALL_PASSWORD', 'ALL_USER'],
} as const;

const names = Object.values(groups).flat();

/** What one pass did. */
export interface Passed {
  readonly exitCode: number;
  /** The reason of each decision about `app`, by name. */
  readonly reasons: ReadonlyMap<string, string>;
  /** What `voxsync sync` prints before it writes. */
  readonly text: string;
  /** How many writes were sent to Voximplant, and how many of them carried a value. */
  readonly writes: number;
  readonly valuesWritten: number;
}

export interface Scene {
  readonly emulator: Emulator;
  /** The path of a secret in the source: `found`, `one`. */
  pathOf(group: string, name: string): string;
  /** What the source holds at these paths, as far as it was not taken away. */
  contentOf(paths: readonly string[]): Readonly<Record<string, Fields>>;
  /** Gives every secret of the source its next value. */
  rotate(): Promise<void>;
  /** Changes the steady file: a value, a secret that comes, one that goes. */
  moveSteady(): Promise<void>;
  /** One pass of a process of its own, with these keys on top of the config or of the source's entry. */
  pass(changes?: Changes): Promise<Passed>;
  /** A process that lives until the end of the test. */
  open(): Promise<() => Promise<Passed>>;
  /** The values in `app` that come from the source, each as its generation: 1 before the first rotation. */
  generations(): readonly (number | string)[];
  /** Ids, descriptions and values of these. */
  contents(): unknown;
  /** When the absence of a secret was first proven, in seconds since 1970, as its marker says; 0 while it is wanted. */
  absentSince(name: string): number | undefined;
  /** Lets the time of Voximplant go by. */
  wait(seconds: number): void;
}

export interface Changes {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly source?: Readonly<Record<string, unknown>>;
}

let credentials: ReturnType<typeof generateCredentials> | undefined;
let count = 0;

/** Fills the source, with a path of its own, and a folder with the config. Nothing is synced yet. */
export async function openScene(ground: Ground, base: Changes['config'] = {}): Promise<Scene> {
  let lead = 0;
  credentials ??= generateCredentials(12_345, 'faults@example.com');
  const emulator = await startEmulator({
    applications: [{ name: 'app' }, { name: 'ivr' }],
    credentials: await credentials,
    clock: () => new Date(Date.now() + lead * 1000),
  });
  onTestFinished(() => emulator.close());
  const folder = await mkdtemp(path.join(tmpdir(), 'voxsync-faults-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeCredentialsFile(path.join(folder, 'credentials.json'), emulator.credentials);
  count += 1;
  const root = `s${count}`;
  const pathOf = (...parts: readonly string[]) => [root, ...parts].join(ground.separator);
  const steady = (secrets: object) => writeFile(path.join(folder, 'steady.json'), JSON.stringify(secrets));
  const { state, journal } = emulator;
  let generation = 0;
  let written = 0;

  const compositionWith = async ({ config, source }: Changes = {}): Promise<Composition> => {
    written += 1;
    const file = path.join(folder, `voxsync-${written}.yaml`);
    const sources = {
      tested: { ...ground.settings, ...source },
      steady: { kind: 'file', path: 'steady.json' },
    };
    const mappings = mappingsOf(ground.separator, pathOf);
    const fixed = { owner: 'faults', policy: 'sync', accounts: accountsOf(emulator.url), sources, mappings };
    const harsh = { prune: { grace: '0s' }, guard: { maxDeletes: {}, maxUpdates: {} } };
    await writeFile(file, JSON.stringify({ ...fixed, ...harsh, ...base, ...config }));
    return compose(await loadConfig(file, process.env));
  };
  const passOver = async ({ setup }: Composition): Promise<Passed> => {
    journal.clear();
    const report = await runPass(setup, { isDryRun: false, stopping: never, aborting: never });
    const writes = journal.entries.filter(({ method }) => /^(Add|Set|Del)/.test(method));
    const decisions = report.plan.applications
      .filter(({ place }) => place.application === 'app')
      .flatMap(({ changes, standing }) => [...changes, ...standing]);
    return {
      exitCode: exitCodeOfReport(report),
      reasons: new Map(decisions.map(({ name, reason }) => [name, reason])),
      text: [...failureLines(report.failures, plain), ...planLines(report.plan, plain)].join('\n'),
      writes: writes.length,
      valuesWritten: writes.filter(({ secretValue }) => secretValue !== 'absent').length,
    };
  };
  const contentNow = (): Record<string, Fields> => {
    const value = (name: string) => `${name} ${generation}`;
    return {
      [pathOf('named', 'one')]: { value: value('NAMED_ONE') },
      [pathOf('named', 'two')]: { value: value('NAMED_TWO') },
      [pathOf('found', 'one')]: { value: value('FOUND_ONE') },
      [pathOf('found', 'two')]: { value: value('FOUND_TWO') },
      [pathOf('all', 'db')]: { user: value('ALL_USER'), password: value('ALL_PASSWORD') },
    };
  };
  const rotate = async (): Promise<void> => {
    generation += 1;
    await ground.put(contentNow());
  };
  const generationOf = (name: string): number | string => {
    const value = state.readValue('app', name) ?? 'none';
    return value.startsWith(`${name} `) ? Number(value.slice(name.length + 1)) : value;
  };

  await steady({ key: 'first', 'found.a': 'a' });
  await rotate();
  return {
    emulator,
    pathOf,
    rotate,
    contentOf: (paths) =>
      Object.fromEntries(Object.entries(contentNow()).filter(([name]) => paths.includes(name))),
    moveSteady: () => steady({ key: 'second', 'found.b': 'b' }),
    pass: async (changes) => {
      const composition = await compositionWith(changes);
      try {
        return await passOver(composition);
      } finally {
        await composition.close();
      }
    },
    open: async () => {
      const composition = await compositionWith();
      onTestFinished(() => composition.close());
      return () => passOver(composition);
    },
    generations: () => names.map(generationOf),
    contents: () =>
      state
        .secrets('app')
        .filter(({ name }) => !name.startsWith('STEADY'))
        .map((secret) => [secret, state.readValue('app', secret.name)]),
    absentSince: (name) => {
      const { description = '' } = state.secrets('app').find((secret) => secret.name === name) ?? {};
      const described = parseDescription(description);
      return described.ownership === 'marked' ? described.marker.absentSince : undefined;
    },
    wait: (seconds) => void (lead += seconds),
  };
}

const { signal: never } = new AbortController();
const same = (text: string): string => text;
const plain = { good: same, change: same, bad: same, faint: same, strong: same };

function accountsOf(endpoint: string): object {
  return { main: { endpoint, credentials: { file: 'credentials.json' } } };
}

function mappingsOf(separator: string, pathOf: Scene['pathOf']): readonly object[] {
  const last = `path | split: '${separator}' | last`;
  const prefixOf = (group: string) => pathOf(group, '');
  const steady = {
    from: { source: 'steady', prefix: 'found.' },
    name: "STEADY_{{ path | remove_first: 'found.' }}",
  };
  return [
    {
      application: 'app',
      secrets: ['one', 'two'].map((name) => ({
        name: `NAMED_${name.toUpperCase()}`,
        from: { source: 'tested', secret: pathOf('named', name), field: 'value' },
      })),
      discover: [
        {
          from: { source: 'tested', prefix: prefixOf('found') },
          fields: ['value'],
          name: `FOUND_{{ ${last} }}`,
        },
        { from: { source: 'tested', prefix: prefixOf('all') }, fields: 'all', name: 'ALL_{{ field }}' },
      ],
    },
    {
      application: 'app',
      secrets: [{ name: 'STEADY_KEY', from: { source: 'steady', secret: 'key' } }],
      discover: [steady],
    },
    { application: 'ivr', discover: [steady] },
  ];
}

/** `4 in-sync absence-unproven …`: the exit code, then the reasons for the named, the found, and all fields. */
export function verdictOf({ exitCode, reasons }: Passed): string {
  const told = Object.values(groups).map((group) => {
    const each = group.map((name) => reasons.get(name) ?? 'not-decided');
    return [...new Set(each)].join('/');
  });
  return [exitCode, ...told].join(' ');
}

/** All of it in Voximplant as it is in the source, and nothing to write. */
export function expectAtRest(passed: Passed): void {
  expect([verdictOf(passed), passed.writes], passed.text).toEqual(['0 in-sync in-sync in-sync', 0]);
}

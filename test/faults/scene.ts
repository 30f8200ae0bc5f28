// The scene of the fault matrix: an account with three applications in which a pass has a change of every kind to make, and strangers beside them.
import {
  startEmulator,
  type Credentials,
  type Emulator,
  type EmulatorSwitches,
} from '../../src/emulator/emulator.ts';
import type { SeedApplication } from '../../src/emulator/state.ts';
import { createLogger } from '../../src/observe/logger.ts';
import { Mask } from '../../src/observe/mask.ts';
import { logOutcome, logReport } from '../../src/observe/pass-log.ts';
import type { Mapping } from '../../src/reconcile/mapping.ts';
import { preparePass, runPass } from '../../src/reconcile/pass.ts';
import type { PassSetup } from '../../src/reconcile/setup.ts';
import type { Report } from '../../src/reconcile/report.ts';
import { Sightings } from '../../src/reconcile/sightings.ts';
import { loadTemplates } from '../../src/reconcile/template.ts';
import { SecretBox } from '../../src/secret/box.ts';
import { formatDescription, parseDescription, type Marker } from '../../src/secret/marker.ts';
import { createMemorySource } from '../../src/sources/memory.ts';
import type { Target } from '../../src/target/target.ts';
import { openVoximplantTarget } from '../../src/target/voximplant/target.ts';

export const applications = ['app-1', 'app-2', 'app-3'] as const;
/** Here before, and to be deleted. */
const goingNames = ['OLD', 'GONE'];
const before = ['KEPT', 'ROTATED', 'TOLD', ...goingNames];
const after = ['KEPT', 'ROTATED', 'TOLD', 'EQUAL', 'NEW'];
/** `NEW` is what `OLD` is called from now on. */
const secretOf: Readonly<Record<string, string>> = { NEW: 'OLD' };

const { signal: never } = new AbortController();
const templates = await loadTemplates([]);
const quick = { attempts: 3, minDelayMs: 1, maxDelayMs: 2 };

function mappingOf(names: readonly string[], told: string): Mapping {
  const secrets = names.map((name) => ({
    name,
    inputs: { value: { source: 'local', secret: secretOf[name] ?? name } },
    description: name === 'TOLD' ? told : 'as ever',
  }));
  return { place: 'mappings[0]', account: 'main', applications: ['app-*'], secrets, discoveries: [] };
}

const sourceBefore = new Map([...before, 'EQUAL'].map((name) => [name, `value of ${name} €`] as const));
const sourceAfter = new Map([...sourceBefore, ['ROTATED', 'another value €'] as const]);

const foreign: Marker = {
  owner: 'elsewhere',
  revision: 'revision',
  fingerprint: 'fingerprint000',
  keyTag: 'key',
  origin: '----secret',
  writtenAt: 1_700_000_000,
  absentSince: 0,
};

const madeByOthers = [
  { name: 'STRANGER', value: 'not ours', description: 'made by hand' },
  { name: 'FOREIGN', value: 'not ours', description: formatDescription(foreign, 'of another') },
  { name: 'DAMAGED', value: 'not ours', description: formatDescription(foreign, '').slice(0, -3) },
  { name: 'EQUAL', value: 'value of EQUAL €', description: 'made by hand' },
];

/** A secret as it is in an application; of the marker only what does not tell the time. */
export interface Row {
  readonly id: number;
  readonly name: string;
  readonly value: string;
  readonly description: string;
}

export type Rows = ReadonlyMap<string, readonly Row[]>;

function rowsOf({ state }: Emulator): Rows {
  return new Map(
    applications.map((application) => [
      application,
      state.secrets(application).map(({ id, name, description }) => {
        return { id, name, value: state.readValue(application, name) ?? '', description };
      }),
    ]),
  );
}

/** What a pass does to the scene without any fault. */
export interface Model {
  readonly before: Rows;
  readonly after: Rows;
  /** How often each method is called. */
  readonly calls: Readonly<Record<string, number>>;
}

interface Wish {
  readonly mapping: Mapping;
  readonly source: ReadonlyMap<string, string>;
}

export interface SceneOptions {
  readonly switches?: Partial<EmulatorSwitches> | undefined;
  readonly timeoutMs?: number;
}

/** A pass, and the lines that the log has of it. */
export interface Ran {
  readonly report: Report;
  readonly log: string;
}

export interface Scene {
  readonly emulator: Emulator;
  readonly rows: () => Rows;
  readonly run: () => Promise<Ran>;
  /** What runs from now on is another process, to which the account is new. */
  readonly restart: () => Promise<void>;
  /** How many changes a pass would make now. */
  readonly pending: () => Promise<number>;
  readonly close: () => Promise<void>;
}

let credentials: Credentials | undefined;
let past: { readonly seeds: readonly SeedApplication[]; readonly at: Date } | undefined;

/** The scene before its changes. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  past ??= await makePast();
  return open(past.seeds, past.at, options, { mapping: mappingOf(after, 'told anew'), source: sourceAfter });
}

async function makePast(): Promise<NonNullable<typeof past>> {
  const seeds = applications.map((name) => ({ name, secrets: madeByOthers }));
  const wish = { mapping: mappingOf(before, 'as ever'), source: sourceBefore };
  const at = new Date();
  const scene = await open(seeds, at, {}, wish);
  await scene.run();
  const rows = scene.rows();
  await scene.close();
  return { seeds: [...rows].map(([name, secrets]) => ({ name, secrets })), at };
}

async function open(
  seeds: readonly SeedApplication[],
  at: Date,
  { switches, timeoutMs }: SceneOptions,
  { mapping, source }: Wish,
): Promise<Scene> {
  let isPast = true;
  const emulator = await startEmulator({
    applications: seeds,
    // A second add would show.
    switches: { duplicateAdd: 'second', ...switches },
    clock: () => (isPast ? at : new Date()),
    ...(credentials !== undefined && { credentials }),
  });
  isPast = false;
  credentials ??= emulator.credentials;
  let { target, setup } = await openProcess(emulator, timeoutMs, { mapping, source });
  const request = { isDryRun: false, stopping: never, aborting: never };
  return {
    emulator,
    rows: () => rowsOf(emulator),
    run: async () => {
      let log = '';
      const logger = createLogger({
        level: 'info',
        format: 'json',
        mask: new Mask(),
        write: (line) => (log += line),
      });
      const report = await runPass(setup, {
        ...request,
        onOutcome: (outcome) => logOutcome(logger, outcome),
      });
      logReport(logger, report);
      return { report, log };
    },
    restart: async () => {
      await target.close();
      ({ target, setup } = await openProcess(emulator, timeoutMs, { mapping, source }));
    },
    pending: async () => {
      const { plan } = await preparePass({ ...setup, sightings: new Sightings() }, request);
      return plan.applications.reduce((sum, { changes }) => sum + changes.length, 0);
    },
    close: async () => {
      await target.close();
      await emulator.close();
    },
  };
}

/** What a process opens: an account that knows nothing yet, and the rest of a pass. */
async function openProcess(
  emulator: Emulator,
  timeoutMs: number | undefined,
  { mapping, source }: Wish,
): Promise<{ readonly target: Target; readonly setup: PassSetup }> {
  const target = await openVoximplantTarget({
    id: 'main',
    credentials: new SecretBox(JSON.stringify(emulator.credentials)),
    endpoint: emulator.url,
    // One call after the other, so that its number says what a call is; and no pause that anybody would notice.
    concurrency: 1,
    requestsPerSecond: 5000,
    coolDownMs: 1,
    retry: quick,
    timeoutMs,
  });
  const setup: PassSetup = {
    mappings: [mapping],
    sources: new Map([['local', createMemorySource(source)]]),
    targets: new Map([['main', target]]),
    templates,
    rules: {
      owner: 'us',
      policy: 'sync',
      onConflict: 'adopt-if-equal',
      graceSeconds: 0,
      drift: 'modified',
      guard: { maxDeletes: {}, maxUpdates: {} },
    },
    sightings: new Sightings(),
    clock: () => new Date(),
  };
  return { target, setup };
}

/** Runs the scene without any fault. */
export async function modelOf(switches: Partial<EmulatorSwitches> = {}): Promise<Model> {
  const scene = await openScene({ switches });
  const rows = scene.rows();
  await scene.run();
  const model = { before: rows, after: scene.rows(), calls: scene.emulator.journal.countByMethod() };
  await scene.close();
  return model;
}

/** Name, value and description without when it was written; ids of created secrets differ from run to run. */
function shown(row: Row | undefined): string {
  if (row === undefined) return '';
  const { name, value, description } = row;
  const described = parseDescription(description);
  if (described.ownership !== 'marked') return JSON.stringify([name, value, description]);
  const { text, marker } = described;
  return JSON.stringify([name, value, text, { ...marker, writtenAt: 0 }]);
}

/** Every secret as it should be, by application. */
export function shownIn(all: Rows): ReadonlyMap<string, readonly string[]> {
  return new Map([...all].map(([application, rows]) => [application, rows.map(shown).toSorted()]));
}

/** What no fault may lead to, in words: a secret that is neither as it was nor as it should be, a gap, a second one of a name. */
export function* wrongIn(now: Rows, { before, after }: Model): Generator<string> {
  for (const application of applications) {
    const [rows, olds, news] = [now, before, after].map((all) => all.get(application) ?? []);
    for (const complaint of wrongAmong(rows ?? [], olds ?? [], news ?? []))
      yield `${application} ${complaint}`;
  }
}

function* wrongAmong(now: readonly Row[], before: readonly Row[], after: readonly Row[]): Generator<string> {
  const names = new Set([...now, ...before, ...after].map(({ name }) => name));
  if (new Set(now.map(({ name }) => name)).size < now.length) yield 'has a name twice';
  if (!now.some(({ name }) => name === 'OLD' || name === 'NEW'))
    yield 'OLD is gone, and nothing is in its place';
  for (const name of names) {
    const [row, old, wanted] = [now, before, after].map((rows) => rows.find((one) => one.name === name));
    if (![shown(old), shown(wanted)].includes(shown(row))) yield `${name} is of neither time`;
    if (old !== undefined && wanted !== undefined && row?.id !== old.id) yield `${name} is gone`;
  }
}

// Forty mixed changes over two applications, with strangers beside them: what is there before, and what is wanted after.
import type { SeedApplication } from '../../src/emulator/state.ts';
import { mapBounded } from '../../src/reconcile/bounded.ts';
import { formatDescription, parseDescription, type Marker } from '../../src/secret/marker.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';
import { namesOf, oddValue } from './values.ts';

export const places = ['app', 'ivr'] as const;
export type Where = (typeof places)[number];

// In each application; what is done to them makes twenty changes.
export const kept = namesOf('KEPT_', 3);
const rotated = namesOf('ROTATED_', 4);
const told = namesOf('TOLD_', 2);
const back = ['BACK'];
export const old = namesOf('OLD_', 2);
export const renamed = namesOf('NEW_', 2);
export const more = namesOf('MORE_', 3);
const gone = namesOf('GONE_', 3);
const equal = namesOf('EQUAL_', 2);
const other = ['OTHER'];
export const strangers = ['STRANGER', 'FOREIGN', 'DAMAGED'];

/** Wanted, there, and not ours yet. */
const unowned = [...equal, ...other];
/** There before and wanted after: it must be there at every moment, under the same id. */
export const lasting = [...kept, ...rotated, ...told, ...back, ...unowned];

/** What a sync says when all forty are made. */
export const nothingToDo = 'Plan: nothing to do; 2 held; 36 in sync.\n';
/** What it calls to make them. */
export const everyMethod = [
  'GetApplications',
  'GetSecrets',
  'GetSecretValue',
  'AddSecret',
  'SetSecretInfo',
  'DelSecret',
];

const inSource = [...lasting, ...old, ...more, ...gone];
const everyName = [...inSource, ...strangers];

function valueOf(where: Where, secret: string, generation = 0): string {
  return oddValue(places.indexOf(where) * everyName.length + everyName.indexOf(secret), generation);
}

/** The value under a name before, and after; `undefined` where the name is not there. */
export function valuesOfName(where: Where, name: string): readonly [string | undefined, string | undefined] {
  const value = valueOf(where, name);
  if (rotated.includes(name)) return [value, valueOf(where, name, 1)];
  if (other.includes(name)) return ['made by hand', value];
  if (more.includes(name)) return [undefined, value];
  if (renamed.includes(name)) return [undefined, valueOf(where, name.replace('NEW', 'OLD'))];
  if (gone.includes(name) || old.includes(name)) return [value, undefined];
  return [value, value];
}

/** Every secret that must be there in the end, with its value. */
export function wantedValues(): Record<string, string> {
  const names = [...lasting, ...renamed, ...more, ...strangers];
  const entries = places.flatMap((where) =>
    names.map((name) => [`${where} ${name}`, valuesOfName(where, name)[1] ?? ''] as const),
  );
  return Object.fromEntries(entries);
}

interface Entry {
  readonly name: string;
  readonly from?: string;
  readonly description?: string;
}

const text = 'as ever';
const plain = (names: readonly string[]): readonly Entry[] => names.map((name) => ({ name }));
const entriesBefore = plain([...kept, ...rotated, ...told, ...back, ...old, ...gone]);
const entriesAfter: readonly Entry[] = [
  ...plain([...kept, ...rotated, ...back, ...unowned, ...more]),
  ...told.map((name) => ({ name, description: 'told anew' })),
  ...renamed.map((name) => ({ name, from: name.replace('NEW', 'OLD') })),
];

function mappingOf(where: Where, entries: readonly Entry[]): object {
  return {
    application: where,
    secrets: entries.map(({ name, from = name, description = text }) => ({
      name,
      from: { source: 'local', secret: `${where}/${from}` },
      description,
    })),
  };
}

async function configure(stage: Stage, account: object, entries: readonly Entry[]): Promise<void> {
  const credentials = { file: 'credentials.json' };
  await stage.configure({
    accounts: { main: { endpoint: stage.emulator.url, credentials, ...account } },
    onConflict: 'overwrite',
    mappings: places.map((where) => mappingOf(where, entries)),
  });
}

function sourceOf(generation: 0 | 1): Record<string, string> {
  const entries = places.flatMap((where) =>
    inSource.map((name) => [
      `${where}/${name}`,
      valueOf(where, name, rotated.includes(name) ? generation : 0),
    ]),
  );
  return Object.fromEntries(entries);
}

const foreign: Marker = {
  owner: 'elsewhere',
  revision: 'revision',
  fingerprint: 'fingerprint000',
  keyTag: 'key',
  origin: '----secret',
  writtenAt: 1_700_000_000,
  absentSince: 0,
};

function madeByOthers(where: Where): NonNullable<SeedApplication['secrets']> {
  const descriptions: Readonly<Record<string, string>> = {
    FOREIGN: formatDescription(foreign, 'of another installation'),
    DAMAGED: formatDescription(foreign, '').slice(0, -3),
  };
  return [...strangers, ...unowned].map((name) => ({
    name,
    value: valuesOfName(where, name)[0] ?? '',
    description: descriptions[name] ?? 'made by hand',
  }));
}

/** What a first sync left: the same for every stage that starts from here. */
interface Past {
  readonly applications: readonly SeedApplication[];
  /** When the oldest marker was written. */
  readonly at: Date;
}

async function makePast(): Promise<Past> {
  const stage = await openStage({
    applications: places.map((name) => ({ name, secrets: madeByOthers(name) })),
  });
  await stage.saveSecrets(sourceOf(0));
  await configure(stage, {}, entriesBefore);
  const { exitCode, stderr } = await stage.voxsync('sync');
  if (exitCode !== 0) throw new Error(`the first sync failed:\n${stderr}`);
  const rows = new Map(places.map((where) => [where, rowsOf(stage, where)]));
  const markers = [...rows.values()].flat().flatMap((row) => markerOf(row) ?? []);
  const ours = markers.filter(({ owner }) => owner !== foreign.owner);
  return {
    applications: [...rows].map(([name, secrets]) => ({ name, secrets: secrets.map(wasAbsent) })),
    at: new Date(Math.min(...ours.map(({ writtenAt }) => writtenAt)) * 1000),
  };
}

/** `BACK` was gone from its source for a while, and its marker says so. */
function wasAbsent(row: Row): Omit<Row, 'modified'> {
  const { id, name, value, description } = row;
  const marker = markerOf(row);
  if (!back.includes(name) || marker === undefined) return { id, name, value, description };
  const since = formatDescription({ ...marker, absentSince: marker.writtenAt }, text);
  return { id, name, value, description: since };
}

let shared: Promise<Past> | undefined;

/** A stage on which a sync has forty changes to make. Names need not be unique there, so that a second add would show. */
export async function openForty(account: object, options: StageOptions = {}): Promise<Stage> {
  shared ??= makePast();
  const past = await shared;
  let isPast = true;
  const stage = await openStage({
    applications: past.applications,
    switches: { duplicateAdd: 'second' },
    clock: () => (isPast ? past.at : new Date()),
    ...options,
  });
  isPast = false;
  await stage.saveSecrets(sourceOf(1));
  await configure(stage, account, entriesAfter);
  return stage;
}

/** One secret as it is in an application. */
export interface Row {
  readonly id: number;
  readonly name: string;
  readonly value: string;
  readonly description: string;
  readonly modified: number;
}

export function rowsOf({ emulator: { state } }: Stage, where: Where): readonly Row[] {
  return state.secrets(where).map(({ id, name, description, modified }) => {
    const value = state.readValue(where, name) ?? '';
    return { id, name, value, description, modified: modified.getTime() };
  });
}

function markerOf({ description }: Pick<Row, 'description'>): Marker | undefined {
  const described = parseDescription(description);
  return described.ownership === 'marked' ? described.marker : undefined;
}

/** How many secrets are wanted, there, and without a marker of ours. */
export function unownedCount(stage: Stage): number {
  const isUnowned = (row: Row) => unowned.includes(row.name) && markerOf(row) === undefined;
  return places.flatMap((where) => rowsOf(stage, where).filter(isUnowned)).length;
}

/** Does the work for each number, a few at a time, and says of which one a failure speaks. */
export async function atEach(
  numbers: readonly number[],
  work: (number: number) => Promise<void>,
): Promise<void> {
  await mapBounded(numbers, 3, async (number) => {
    try {
      await work(number);
    } catch (cause) {
      throw new Error(`at ${number}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  });
}

// A reader that asks for values as fast as it can, as scenarios do, while passes over real HTTP change everything around them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import type { Mapping } from '../../src/reconcile/mapping.ts';
import type { Report } from '../../src/reconcile/report.ts';
import { SecretBox } from '../../src/secret/box.ts';
import { openVoximplantTarget, type VoximplantTarget } from '../../src/target/voximplant/target.ts';
import { createClient, isJson, type Client } from '../emulator/client.ts';
import { createWorld, discovery, explicit, mapping, type World } from './world.ts';

const rounds = 1000;
const names = ['ALPHA', 'BETA', 'GAMMA'] as const;
type Name = (typeof names)[number];

let emulator: Awaited<ReturnType<typeof startEmulator>>;
let target: VoximplantTarget;
let client: Client;
beforeAll(async () => {
  emulator = await startEmulator({ applications: [{ name: 'app', id: 1 }] });
  const credentials = new SecretBox(JSON.stringify(emulator.credentials));
  target = await openVoximplantTarget({ id: 'main', credentials, endpoint: emulator.url });
  client = await createClient(emulator);
});
afterAll(async () => {
  await target.close();
  await emulator.close();
});

/** What the config and the source say, and every value that they ever gave a name, in order. */
class Wishes {
  readonly history = new Map<Name, string[]>(names.map((name) => [name, []]));
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    for (const name of names) world.secrets.set(name.toLowerCase(), 'value 0');
  }

  /** One secret rotates, another one comes or goes, policy, template and text change now and then; and a pass. */
  async round(round: number): Promise<Report> {
    const { secrets } = this.#world;
    secrets.set(names[round % names.length]!.toLowerCase(), `value ${round}`);
    if (round % 4 < 2) secrets.set('coming-and-going', `value ${round}`);
    else secrets.delete('coming-and-going');
    const policy = round === rounds ? 'sync' : policies[Math.floor(round / 7) % policies.length]!;
    this.#world.configure(mappingsOf(round), { policy });
    for (const name of names) {
      const value = secrets.get(name.toLowerCase())!;
      this.history.get(name)!.push(hasTemplate(round) ? dressed(round, value) : value);
    }
    return this.#world.run();
  }
}

const policies = ['sync', 'sync', 'upsert-only', 'sync', 'create-only', 'sync'] as const;
const hasTemplate = (round: number) => Math.floor(round / 50) % 2 === 1;
const dressed = (round: number, value: string) => `template ${Math.floor(round / 10)}: ${value}`;

/** The names move between a mapping that names them and a discovery that finds them. */
function mappingsOf(round: number): readonly Mapping[] {
  const description = `text ${Math.floor(round / 20)}`;
  const other = discovery({ query: { prefix: 'coming' }, name: 'OTHER', description });
  if (!hasTemplate(round) && Math.floor(round / 15) % 2 === 0)
    return [mapping({ discoveries: [discovery({ exclude: ['coming*'], description }), other] })];
  const template = hasTemplate(round) ? dressed(round, '{{ value }}') : undefined;
  const secrets = names.map((name) => explicit(name, name.toLowerCase(), { template, description }));
  return [mapping({ secrets, discoveries: [other] })];
}

/** What one reader saw of a name: a place in the history for each read. */
interface Seen {
  reads: number;
  changes: number;
  last: number;
}

async function readValue(name: Name): Promise<string | undefined> {
  const { result } = await client.call('GetSecretValue', { application_id: '1', secret_name: name });
  const value = isJson(result) ? result['secret_value'] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Reads until it is told to stop. Each read gives a value that was wished at some time, and none older than the last one. */
async function readOn(name: Name, { history }: Wishes, done: AbortSignal): Promise<Seen> {
  const values = history.get(name)!;
  const seen: Seen = { reads: 0, changes: 0, last: 0 };
  while (!done.aborted) {
    const value = await readValue(name);
    const isSame = value === values[seen.last];
    const place = isSame ? seen.last : values.indexOf(value ?? '', seen.last);
    if (place < 0) throw new Error(`${name} reads ${value} after ${values[seen.last]}`);
    seen.changes += isSame ? 0 : 1;
    seen.last = place;
    seen.reads += 1;
  }
  return seen;
}

it(`sees through ${rounds} rotations an old value or the new one, never none, and never goes back`, async () => {
  const world = await createWorld();
  const targets = new Map([['main', target]]);
  world.setup = { ...world.setup, targets, clock: () => new Date() };
  const wishes = new Wishes(world);
  await wishes.round(1);
  const done = new AbortController();
  const readers = names.map((name) => readOn(name, wishes, done.signal));
  const failures: unknown[] = [];
  async function rotate(): Promise<void> {
    for (let round = 2; round <= rounds && !done.signal.aborted; round += 1) {
      const { outcomes } = await wishes.round(round);
      failures.push(...outcomes.filter(({ result }) => result !== 'done'));
    }
  }
  // The first reader that fails ends it all.
  await Promise.race([rotate(), ...readers]).finally(() => done.abort());
  const seen = await Promise.all(readers);
  expect(failures).toEqual([]);
  for (const { reads, changes } of seen) {
    expect(reads).toBeGreaterThan(500);
    expect(changes).toBeGreaterThan(100);
  }
  const last = await Promise.all(names.map(readValue));
  expect(last).toEqual(names.map((name) => wishes.history.get(name)!.at(-1)));
  expect(emulator.journal.countByMethod()['DelSecret']).toBeGreaterThan(100);
});

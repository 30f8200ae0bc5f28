// A whole set-up in memory: one source, one account with two applications, a clock that the test moves.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DiscoveredSecrets, ExplicitSecret, Mapping } from '../../src/reconcile/mapping.ts';
import type { PassRequest, PassSetup } from '../../src/reconcile/setup.ts';
import { runPass } from '../../src/reconcile/pass.ts';
import type { Report } from '../../src/reconcile/report.ts';
import { Sightings } from '../../src/reconcile/sightings.ts';
import { loadTemplates } from '../../src/reconcile/template.ts';
import type { Actual } from '../../src/secret/actual.ts';
import { SecretBox } from '../../src/secret/box.ts';
import { parseDescription } from '../../src/secret/marker.ts';
import { createMemorySource } from '../../src/sources/memory.ts';
import type { Source } from '../../src/sources/source.ts';
import type { MemoryTarget } from '../../src/target/memory.ts';
import { createMemoryTarget } from '../../src/target/memory.ts';
import type { Target } from '../../src/target/target.ts';

const app = 1;
const twoApplications = new Map([
  [app, 'app'],
  [2, 'appendix'],
]);
const { signal: never } = new AbortController();
const templates = await loadTemplates(['{{ path }}']);

export interface World {
  readonly secrets: Map<string, string>;
  readonly target: MemoryTarget;
  setup: PassSetup;
  /** Seconds since 1970. */
  now: number;
  run(request?: Partial<PassRequest>): Promise<Report>;
  /** The values of an application by name. */
  values(application?: number): Promise<Readonly<Record<string, string | undefined>>>;
  /** A secret as it is listed, its marker read. Throws where there is none. */
  find(name: string): Promise<Actual>;
  /** A new process: it remembers nothing. */
  restart(): void;
  /** Another config. */
  configure(mappings: readonly Mapping[], rules?: Partial<PassSetup['rules']>): void;
  /** What a person does in the control panel. */
  edit(name: string, contents: { value?: string; description?: string }): Promise<void>;
  add(name: string, value: string, description?: string): Promise<void>;
  drop(name: string): Promise<void>;
  /** The description as it is, with more behind it. */
  described(name: string, more: string): Promise<string>;
}

export interface WorldChanges {
  readonly mappings?: readonly Mapping[];
  readonly rules?: Partial<PassSetup['rules']>;
  readonly source?: (memory: Source) => Source;
  readonly target?: (memory: MemoryTarget) => Target;
  /** The applications of the account by id, with short names; two of them without it. */
  readonly applications?: ReadonlyMap<number, string>;
}

/** Lets everything else go first. In memory all is done within a few turns of the event loop; a time might be over before. */
export async function letOthersGoFirst(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await nextTurn();
}

export async function createWorld(changes: WorldChanges = {}): Promise<World> {
  const secrets = new Map<string, string>();
  const world = { now: 1_800_000_000 };
  const target = createMemoryTarget({
    applications: changes.applications ?? twoApplications,
    now: () => world.now * 1000,
  });
  const memory = createMemorySource(secrets);
  const setup: PassSetup = {
    mappings: changes.mappings ?? [mapping({ discoveries: [discovery()] })],
    sources: new Map([['local', changes.source?.(memory) ?? memory]]),
    targets: new Map([['main', changes.target?.(target) ?? target]]),
    templates,
    rules: {
      owner: 'us',
      policy: 'sync',
      onConflict: 'skip',
      graceSeconds: 0,
      drift: 'modified',
      guard: { maxDeletes: {}, maxUpdates: {} },
      ...changes.rules,
    },
    sightings: new Sightings(),
    clock: () => new Date(world.now * 1000),
  };
  const seenOf = async (name: string) =>
    (await target.list(app, 'whole', never)).rows.find((secret) => secret.name === name) ?? {
      id: 0,
      description: '',
    };
  return Object.assign(world, {
    secrets,
    target,
    setup,
    async run(this: World, request: Partial<PassRequest> = {}) {
      return runPass(this.setup, { isDryRun: false, stopping: never, aborting: never, ...request });
    },
    async find(name: string) {
      const listed = (await target.list(app, 'whole', never)).rows.find((secret) => secret.name === name);
      if (listed === undefined) throw new Error(`there is no secret ${name}`);
      return { ...listed, described: parseDescription(listed.description) };
    },
    restart(this: World) {
      this.setup = { ...this.setup, sightings: new Sightings() };
    },
    configure(this: World, mappings: readonly Mapping[], rules: Partial<PassSetup['rules']> = {}) {
      this.setup = { ...this.setup, mappings, rules: { ...this.setup.rules, ...rules } };
    },
    async values(application = app) {
      const { rows } = await target.list(application, 'whole', never);
      return Object.fromEntries(rows.map(({ name }) => [name, target.peek(application, name)?.reveal()]));
    },
    async edit(name: string, { value, description }: { value?: string; description?: string }) {
      const seen = await seenOf(name);
      const contents = { description: description ?? seen.description };
      const valued = value === undefined ? contents : { ...contents, value: new SecretBox(value) };
      await target.update(app, seen, valued, never);
    },
    async drop(name: string) {
      await target.remove(app, [(await seenOf(name)).id], never);
    },
    async described(name: string, more: string) {
      return (await seenOf(name)).description + more;
    },
    async add(name: string, value: string, description = '') {
      await target.create(app, name, { value: new SecretBox(value), description }, never);
    },
  });
}

export function mapping(changes: Partial<Mapping> = {}): Mapping {
  return {
    place: 'mappings[0]',
    account: 'main',
    applications: ['app'],
    secrets: [],
    discoveries: [],
    ...changes,
  };
}

export function discovery(changes: Partial<DiscoveredSecrets> = {}): DiscoveredSecrets {
  return {
    source: 'local',
    query: { prefix: '' },
    name: '{{ path }}',
    description: '',
    include: [],
    exclude: [],
    ...changes,
  };
}

export function explicit(
  name: string,
  secret: string,
  changes: Partial<ExplicitSecret> = {},
): ExplicitSecret {
  return { name, inputs: { value: { source: 'local', secret } }, description: '', ...changes };
}

/** Kind, name and reason of everything that was decided. */
export function decisionsOf(report: Report): readonly string[] {
  return report.plan.applications.flatMap(({ changes, standing }) =>
    [...changes, ...standing].map(({ kind, name, reason }) => `${kind} ${name} ${reason}`),
  );
}

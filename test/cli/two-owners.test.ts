// Two installations that share an application leave each other alone, whatever both of them do.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDescription } from '../../src/secret/marker.ts';
import { openStage, type Stage } from './stage.ts';

/** Both may want any of these; some are therefore wanted by both. */
const names = ['A', 'B', 'C', 'D'] as const;
const owners = ['one', 'two'] as const;
type Owner = (typeof owners)[number];

type Step =
  | { readonly kind: 'rotate' | 'want' | 'drop'; readonly owner: Owner; readonly name: string }
  | { readonly kind: 'sync'; readonly owner: Owner };

const owner = fc.constantFrom(...owners);
const name = fc.constantFrom(...names);
const sync: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('sync' as const), owner });
const change: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('rotate' as const, 'want' as const, 'drop' as const),
  owner,
  name,
});
const histories = fc.array(fc.oneof(sync, sync, change), { minLength: 20, maxLength: 40 });

interface Installation {
  readonly owner: Owner;
  readonly wanted: Set<string>;
  readonly values: Map<string, string>;
}

function install(owner: Owner): Installation {
  const own = owner === 'one' ? ['A', 'B', 'C'] : ['B', 'C', 'D'];
  return { owner, wanted: new Set(own), values: new Map(names.map((one) => [one, `${owner} ${one} 0`])) };
}

async function save(stage: Stage, { owner, wanted, values }: Installation): Promise<void> {
  const config = {
    owner,
    policy: 'sync',
    onConflict: 'overwrite',
    accounts: { main: { endpoint: stage.emulator.url, credentials: { file: 'credentials.json' } } },
    sources: { local: { kind: 'file', path: `${owner}.json` } },
    mappings: [
      {
        application: 'app',
        secrets: [...wanted].map((one) => ({ name: one, from: { source: 'local', secret: one } })),
      },
    ],
    prune: { grace: '0s' },
    guard: { maxDeletes: {}, maxUpdates: {} },
  };
  await stage.save(`${owner}.yaml`, JSON.stringify(config));
  await stage.save(`${owner}.json`, JSON.stringify(Object.fromEntries(values)));
}

/** Everything in the application by name: whose it is, and all that may change. */
function contents(stage: Stage): ReadonlyMap<string, { readonly owner: string; readonly whole: string }> {
  const { state } = stage.emulator;
  return new Map(
    state.secrets('app').map((secret) => {
      const read = parseDescription(secret.description);
      const whole = JSON.stringify([secret, state.readValue('app', secret.name)]);
      return [secret.name, { owner: read.ownership === 'marked' ? read.marker.owner : 'nobody', whole }];
    }),
  );
}

/** What a sync did to secrets that were another's: nothing, or a sentence. */
function harm(
  before: ReturnType<typeof contents>,
  after: ReturnType<typeof contents>,
  by: Owner,
): readonly string[] {
  return [...before].flatMap(([one, secret]) =>
    secret.owner === by || after.get(one)?.whole === secret.whole ? [] : [`${by} touched ${one}`],
  );
}

async function syncAs({ owner, wanted }: Installation, stage: Stage): Promise<void> {
  const before = contents(stage);
  const { exitCode, stdout } = await stage.voxsync('sync', '--config', `${stage.folder}/${owner}.yaml`);
  expect(harm(before, contents(stage), owner)).toEqual([]);
  const foreign = [...wanted].filter((one) => before.has(one) && before.get(one)?.owner !== owner);
  for (const one of foreign) expect(stdout).toMatch(new RegExp(`! ${one} +conflict +foreign-owner`));
  expect(stdout.match(/foreign-owner/g) ?? []).toHaveLength(foreign.length);
  expect(exitCode === 3).toBe(foreign.length > 0);
}

function play(step: Step, installation: Installation, count: number): void {
  if (step.kind === 'rotate') installation.values.set(step.name, `${step.owner} ${step.name} ${count}`);
  if (step.kind === 'want') installation.wanted.add(step.name);
  // The guard would keep what is left of an installation that wants nothing at all.
  if (step.kind === 'drop' && installation.wanted.size > 1) installation.wanted.delete(step.name);
}

test('neither ever changes or deletes what is the other’s, with onConflict overwrite on both sides', async () => {
  let conflicts = 0;
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const stage = await openStage();
      const installations = { one: install('one'), two: install('two') };
      for (const one of Object.values(installations)) await save(stage, one);
      for (const [count, step] of history.entries()) {
        const installation = installations[step.owner];
        if (step.kind === 'sync') await syncAs(installation, stage);
        else play(step, installation, count);
        await save(stage, installation);
      }
      for (const one of Object.values(installations)) await syncAs(one, stage);
      const after = contents(stage);
      conflicts += [...installations.two.wanted].filter((one) => after.get(one)?.owner === 'one').length;
      for (const [one, secret] of after) {
        const whose = secret.owner === 'one' ? installations.one : installations.two;
        expect(secret.owner).toBe(whose.owner);
        expect(whose.wanted).toContain(one);
        expect(stage.emulator.state.readValue('app', one)).toBe(whose.values.get(one));
      }
    }),
    { numRuns: 12 },
  );
  // The histories would prove nothing without names that both want.
  expect(conflicts).toBeGreaterThan(0);
});

// What becomes of a secret when its mapping, its name, its source or its owner changes, told from pass to pass.
import { describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import type { Mapping } from '../../src/reconcile/mapping.ts';
import type { Report } from '../../src/reconcile/report.ts';
import { exitCodeOfReport } from '../../src/reconcile/report.ts';
import { createMemorySource } from '../../src/sources/memory.ts';
import type { World, WorldChanges } from './world.ts';
import { createWorld, decisionsOf, discovery, explicit, mapping } from './world.ts';

const grace = { graceSeconds: 600 };
const naming = (names: Readonly<Record<string, string>>): readonly Mapping[] => [
  mapping({ secrets: Object.entries(names).map(([name, secret]) => explicit(name, secret)) }),
];
const finding = (changes: Parameters<typeof discovery>[0]) => [
  mapping({ discoveries: [discovery(changes)] }),
];

/** A world after its first pass, with secrets `a` and `b` in its source. */
async function settledWorld(changes: WorldChanges): Promise<World> {
  const world = await createWorld({ ...changes, rules: { ...grace, ...changes.rules } });
  world.secrets.set('a', 'one').set('b', 'two');
  await world.run();
  return world;
}

async function absentSince(world: World, name: string): Promise<number | undefined> {
  const { described } = await world.find(name);
  return described.ownership === 'marked' ? described.marker.absentSince : undefined;
}

/** What was written, as `kind NAME`. */
function writesOf(report: Report): readonly string[] {
  return report.outcomes.map(({ change }) =>
    change.kind === 'update' ? `update ${change.part} ${change.name}` : `${change.kind} ${change.name}`,
  );
}

describe('a mapping that is removed', () => {
  it('takes its secret along after the grace, which a new process keeps', async () => {
    const world = await settledWorld({ mappings: naming({ A: 'a', B: 'b' }) });
    world.configure(naming({ B: 'b' }));
    expect(writesOf(await world.run())).toEqual(['update description A']);
    expect(await absentSince(world, 'A')).toBe(world.now);
    world.restart();
    world.now += 599;
    expect(decisionsOf(await world.run())).toEqual(['hold A prune-grace', 'none B in-sync']);
    world.restart();
    world.now += 1;
    expect(writesOf(await world.run())).toEqual(['delete A']);
    expect(await world.values()).toEqual({ B: 'two' });
  });

  it('that comes back in time leaves its secret as it was, and the wait starts anew', async () => {
    const world = await settledWorld({ mappings: naming({ A: 'a', B: 'b' }) });
    world.configure(naming({ B: 'b' }));
    await world.run();
    world.now += 500;
    world.configure(naming({ A: 'a', B: 'b' }));
    expect(writesOf(await world.run())).toEqual(['update description A']);
    expect(await absentSince(world, 'A')).toBe(0);
    world.configure(naming({ B: 'b' }));
    world.now += 500;
    expect(writesOf(await world.run())).toEqual(['update description A']);
    expect(await world.values()).toEqual({ A: 'one', B: 'two' });
  });

  it('takes nothing along while a discovery that may want the secret cannot be read', async () => {
    const world = await settledWorld({ mappings: naming({ A: 'a', B: 'b' }) });
    const silent = {
      ...createMemorySource(new Map()),
      discover: async () =>
        ({ state: 'unresolved', error: new VoxsyncError('source-unreachable', 'no answer') }) as const,
    };
    world.setup = { ...world.setup, sources: new Map([...world.setup.sources, ['other', silent]]) };
    world.configure([
      mapping({ secrets: [explicit('B', 'b')], discoveries: [discovery({ source: 'other' })] }),
    ]);
    for (let count = 0; count < 3; count += 1) {
      expect(decisionsOf(await world.run())).toContain('hold A absence-unproven');
      world.now += 10_000;
    }
    expect(await absentSince(world, 'A')).toBe(0);
  });
});

describe('a secret with a new name', () => {
  it('has both for the grace, so that its readers can move', async () => {
    const world = await settledWorld({ mappings: naming({ OLD: 'a' }) });
    world.configure(naming({ NEW: 'a' }));
    const report = await world.run();
    expect(writesOf(report)).toEqual(['create NEW']);
    expect(decisionsOf(report)).toContain('hold OLD move-unfinished');
    world.now += 60;
    expect(writesOf(await world.run())).toEqual(['update description OLD']);
    world.now += 599;
    expect(writesOf(await world.run())).toEqual([]);
    expect(await world.values()).toEqual({ OLD: 'one', NEW: 'one' });
    world.now += 1;
    expect(writesOf(await world.run())).toEqual(['delete OLD']);
    expect(await world.values()).toEqual({ NEW: 'one' });
  });

  it('keeps the old one for as long as the new one cannot be written', async () => {
    const world = await settledWorld({ mappings: naming({ OLD: 'a' }) });
    await world.add('NEW', 'theirs');
    world.configure(naming({ NEW: 'a' }));
    for (let count = 0; count < 3; count += 1) {
      expect(decisionsOf(await world.run())).toEqual(['conflict NEW unowned', 'hold OLD move-unfinished']);
      world.now += 10_000;
    }
    world.configure(naming({ NEW: 'a' }), { onConflict: 'overwrite' });
    expect(writesOf(await world.run())).toEqual(['update value NEW']);
    await world.run();
    world.now += 600;
    expect(writesOf(await world.run())).toEqual(['delete OLD']);
  });

  it('that two source secrets would share keeps the old ones', async () => {
    const world = await settledWorld({ mappings: finding({}) });
    world.configure(finding({ name: 'ALL' }));
    for (let count = 0; count < 3; count += 1) {
      expect(decisionsOf(await world.run())).toEqual([
        'hold A move-unfinished',
        'hold ALL invalid',
        'hold B move-unfinished',
      ]);
      world.now += 10_000;
    }
    expect(await world.values()).toEqual({ A: 'one', B: 'two' });
  });

  it('that is the old one of another source secret is overwritten in place, and nothing is missing in between', async () => {
    const world = await settledWorld({ mappings: naming({ A: 'a', B: 'b' }) });
    const ids = [(await world.find('A')).id, (await world.find('B')).id];
    world.configure(naming({ A: 'b', B: 'a' }));
    expect(writesOf(await world.run())).toEqual(['update value A', 'update value B']);
    expect(await world.values()).toEqual({ A: 'two', B: 'one' });
    expect([(await world.find('A')).id, (await world.find('B')).id]).toEqual(ids);
  });

  it('swapped by a discovery’s template is overwritten in place too', async () => {
    const world = await settledWorld({ mappings: finding({ name: '{{ path }}' }) });
    world.configure(finding({ name: "{% if path == 'a' %}B{% else %}A{% endif %}" }));
    expect(writesOf(await world.run())).toEqual(['update value A', 'update value B']);
    expect(await world.values()).toEqual({ A: 'two', B: 'one' });
  });

  it('that differs in case is another secret, with a warning while both are wanted', async () => {
    const world = await settledWorld({ mappings: naming({ Key: 'a' }) });
    world.configure(naming({ Key: 'a', KEY: 'b' }));
    expect((await world.run()).warnings).toEqual(['app: Key and KEY differ only in case']);
    expect(await world.values()).toEqual({ Key: 'one', KEY: 'two' });
    world.configure(naming({ KEY: 'b' }));
    expect((await world.run()).warnings).toEqual([]);
    world.now += 600;
    await world.run();
    expect(await world.values()).toEqual({ KEY: 'two' });
  });
});

describe('a reference that moves', () => {
  const other = (name: string, secret: string) =>
    explicit(name, '', { inputs: { value: { source: 'other', secret } } });

  async function withOther(secrets: ReadonlyMap<string, string>): Promise<World> {
    const world = await settledWorld({ mappings: naming({ A: 'a', B: 'b' }) });
    world.setup = {
      ...world.setup,
      sources: new Map([...world.setup.sources, ['other', createMemorySource(secrets)]]),
    };
    return world;
  }

  it('to another source changes the value in place', async () => {
    const world = await withOther(new Map([['kv/a', 'moved']]));
    const { id } = await world.find('A');
    world.configure([mapping({ secrets: [other('A', 'kv/a'), explicit('B', 'b')] })]);
    expect(writesOf(await world.run())).toEqual(['update value A']);
    expect(await world.values()).toEqual({ A: 'moved', B: 'two' });
    expect((await world.find('A')).id).toBe(id);
    expect(writesOf(await world.run())).toEqual([]);
  });

  it('to the same value elsewhere writes the description alone', async () => {
    const world = await withOther(new Map([['kv/a', 'one']]));
    world.configure([mapping({ secrets: [other('A', 'kv/a'), explicit('B', 'b')] })]);
    expect(writesOf(await world.run())).toEqual(['update description A']);
  });

  it('to what is not there is told as an error, and takes nothing away, however long it lasts', async () => {
    const world = await withOther(new Map());
    world.configure([mapping({ secrets: [other('A', 'kv/typo'), explicit('B', 'b')] })]);
    for (let count = 0; count < 3; count += 1) {
      const report = await world.run();
      expect(decisionsOf(report)).toEqual(['hold A source-missing', 'none B in-sync']);
      expect(exitCodeOfReport(report)).toBe(3);
      world.now += 10_000;
    }
    expect(await world.values()).toEqual({ A: 'one', B: 'two' });
  });

  it('from a mapping that names it to a discovery, and back, writes the description alone', async () => {
    const world = await settledWorld({ mappings: naming({ A: 'a', B: 'b' }) });
    for (const mappings of [
      finding({}),
      naming({ A: 'a', B: 'b' }),
      finding({ query: { prefix: '' }, name: '{{ path }}' }),
    ]) {
      world.configure(mappings);
      expect(writesOf(await world.run())).toEqual(['update description A', 'update description B']);
      expect(writesOf(await world.run())).toEqual([]);
    }
  });

  it('is no move where only the order of a template’s variables changed', async () => {
    const one = { source: 'local', secret: 'a' };
    const two = { source: 'local', secret: 'b' };
    const template = '{{ x }}:{{ y }}';
    const world = await settledWorld({
      mappings: [mapping({ secrets: [explicit('AB', '', { inputs: { x: one, y: two }, template })] })],
    });
    world.configure([mapping({ secrets: [explicit('AB', '', { inputs: { y: two, x: one }, template })] })]);
    expect(writesOf(await world.run())).toEqual([]);
    expect(await world.values()).toEqual({ AB: 'one:two' });
  });
});

describe('another owner in the config', () => {
  it('finds everything foreign, touches nothing, and deletes nothing', async () => {
    const world = await settledWorld({ mappings: naming({ A: 'a', B: 'b' }) });
    const before = [await world.find('A'), await world.find('B')];
    world.configure(naming({ A: 'a' }), { owner: 'heirs' });
    for (let count = 0; count < 3; count += 1) {
      const report = await world.run();
      expect(decisionsOf(report)).toEqual(['conflict A foreign-owner', 'none B not-ours']);
      expect(exitCodeOfReport(report)).toBe(3);
      world.now += 10_000;
    }
    expect([await world.find('A'), await world.find('B')]).toEqual(before);
    world.configure(naming({ A: 'a', B: 'b' }), { owner: 'us' });
    expect(decisionsOf(await world.run())).toEqual(['none A in-sync', 'none B in-sync']);
  });
});

describe('a source secret that disappears', () => {
  it('and comes back with the same value gets its mark taken off, and no value is written', async () => {
    const world = await settledWorld({ mappings: finding({}) });
    world.secrets.delete('a');
    await world.run();
    expect(await absentSince(world, 'A')).toBe(world.now);
    world.restart();
    world.now += 300;
    world.secrets.set('a', 'one');
    expect(writesOf(await world.run())).toEqual(['update description A']);
    expect(await absentSince(world, 'A')).toBe(0);
    expect(writesOf(await world.run())).toEqual([]);
  });

  it('and comes back with another value gets that in place', async () => {
    const world = await settledWorld({ mappings: finding({}) });
    world.secrets.delete('a');
    await world.run();
    world.now += 300;
    world.secrets.set('a', 'three');
    expect(writesOf(await world.run())).toEqual(['update value A']);
    expect(await absentSince(world, 'A')).toBe(0);
  });

  it('is deleted in the first pass only where there is no grace', async () => {
    const world = await settledWorld({ mappings: finding({}), rules: { graceSeconds: 0 } });
    world.secrets.delete('a');
    expect(writesOf(await world.run())).toEqual(['delete A']);
  });
});

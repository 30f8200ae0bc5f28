// The share of each process: no application twice, none forgotten, and few that move when the number changes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInShard, shardOf } from '../../src/reconcile/shard.ts';
import { createWorld, decisionsOf, discovery, mapping } from './world.ts';

const applications = Array.from({ length: 500 }, (_, index) => 1000 + index);
const shardsOf = (count: number) => applications.map((id) => shardOf('main', id, count));

describe('shards', () => {
  it('have every application exactly once', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), fc.integer({ min: 1, max: 40 }), (id, account, count) => {
        const owners = Array.from({ length: count }, (_, index) => isInShard(account, id, { index, count }));
        expect(owners.filter(Boolean)).toHaveLength(1);
      }),
    );
  });

  it('have about as many each', () => {
    for (const index of [0, 1, 2, 3, 4]) {
      expect(shardsOf(5).filter((shard) => shard === index).length).toBeGreaterThan(60);
    }
  });

  it('take from the others, and move nothing else, when one is added', () => {
    const [before, after] = [shardsOf(5), shardsOf(6)];
    const moved = after.filter((shard, index) => shard !== before[index]);
    expect(new Set(moved)).toEqual(new Set([5]));
    expect(moved.length).toBeLessThan(140);
  });

  it('make passes that together write everything once', async () => {
    const world = await createWorld({
      mappings: [mapping({ applications: ['app*'], discoveries: [discovery()] })],
    });
    world.secrets.set('a', 'one');
    const reports = [];
    for (const index of [0, 1, 2]) reports.push(await world.run({ shard: { index, count: 3 } }));
    expect(reports.flatMap(decisionsOf)).toEqual(['create A missing', 'create A missing']);
    expect([await world.values(), await world.values(2)]).toEqual([{ A: 'one' }, { A: 'one' }]);
  });
});

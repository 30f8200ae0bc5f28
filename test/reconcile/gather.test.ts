// The order in which a pass asks: what is waited for longest goes out first.
import { expect, it, onTestFinished } from 'vitest';
import { createWorld, explicit, mapping } from './world.ts';

it('sends the listing off before it works out what is desired', async () => {
  const log: string[] = [];
  const world = await createWorld({
    mappings: [mapping({ secrets: [explicit('A', 'a')] })],
    target: (memory) => ({
      ...memory,
      list: async (...args) => {
        // A queue, an allowance, a token: a call has some way to go within its turn.
        for (let step = 0; step < 100; step += 1) await Promise.resolve();
        log.push('list');
        return memory.list(...args);
      },
    }),
    source: (memory) => ({
      ...memory,
      observe: async (...args) => {
        log.push('observe');
        return memory.observe(...args);
      },
    }),
  });
  world.secrets.set('a', 'one');
  await world.run({ isDryRun: true });
  expect(log.slice(0, 2)).toEqual(['list', 'observe']);
});

it('leaves no failure unhandled when it is interrupted right after the applications are known', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const stop = new AbortController();
  const world = await createWorld({
    mappings: [mapping({ secrets: [explicit('A', 'a')] })],
    target: (memory) => ({
      ...memory,
      applications: async (...args) => {
        const known = await memory.applications(...args);
        stop.abort();
        return known;
      },
    }),
  });
  await expect(world.run({ stopping: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(unhandled).toEqual([]);
});

// Accounts opened on demand: once, anew after a failure, and closed if they were opened.
import { expect, test } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { createMemoryTarget } from '../../src/target/memory.ts';
import { openOnDemand } from '../../src/target/on-demand.ts';
import type { Target } from '../../src/target/target.ts';
import { failureOf } from './setup.ts';

function opening(): { readonly open: () => Promise<Target>; readonly told: string[]; isBroken: boolean } {
  const told: string[] = [];
  const state = {
    told,
    isBroken: false,
    open: async (): Promise<Target> => {
      told.push('open');
      if (state.isBroken) throw new VoxsyncError('credentials-invalid', 'account main: no such file');
      const memory = createMemoryTarget({ applications: new Map() });
      return { ...memory, close: async () => void told.push('close') };
    },
  };
  return state;
}

test('one that is asked for many times is opened and closed once', async () => {
  const { open, told } = opening();
  const targets = openOnDemand(new Map([['main', open]]));
  const [first, second] = await Promise.all([targets.get('main'), targets.get('main')]);
  expect(second).toBe(first);
  expect(await targets.get('main')).toBe(first);
  await targets.close();
  expect(told).toEqual(['open', 'close']);
});

test('one that nobody asks for is neither opened nor closed', async () => {
  const { open, told } = opening();
  const targets = openOnDemand(new Map([['main', open]]));
  expect([...targets.keys()]).toEqual(['main']);
  expect(targets.get('other')).toBe(undefined);
  await targets.close();
  expect(told).toEqual([]);
});

test('one that cannot be opened says why, and opens when that is mended', async () => {
  const state = opening();
  state.isBroken = true;
  const targets = openOnDemand(new Map([['main', state.open]]));
  const failures = [targets.get('main'), targets.get('main')].map((one) => failureOf(Promise.resolve(one)));
  expect((await Promise.all(failures)).map(({ code }) => code)).toEqual([
    'credentials-invalid',
    'credentials-invalid',
  ]);
  state.isBroken = false;
  expect(await targets.get('main')).toHaveProperty('keys');
  await targets.close();
  expect(state.told).toEqual(['open', 'open', 'close']);
});

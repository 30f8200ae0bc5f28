// What is listed while the accounts are asked for their applications, and what becomes of it when they are others.
import { describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import type { MemoryTarget } from '../../src/target/memory.ts';
import type { Application, Target } from '../../src/target/target.ts';
import { shardOf } from '../../src/reconcile/shard.ts';
import {
  createWorld,
  decisionsOf,
  discovery,
  letOthersGoFirst,
  mapping,
  type World,
  type WorldChanges,
} from './world.ts';

const down = new VoxsyncError('target-unreachable', 'down');

interface Account {
  /** What was asked, and answered, in order. */
  readonly log: string[];
  applications: (rows: readonly Application[]) => readonly Application[];
  beforeList: (id: number, signal: AbortSignal) => void | Promise<void>;
}

/** A world in which one pass has run; its account answers for its applications after everything else. */
async function openUsed(
  changes: Pick<WorldChanges, 'applications'> = {},
): Promise<{ world: World; account: Account }> {
  const account: Account = { log: [], applications: (rows) => rows, beforeList: () => {} };
  const target = (memory: MemoryTarget): Target => ({
    ...memory,
    applications: async (care, signal) => {
      account.log.push('applications?');
      await letOthersGoFirst();
      account.log.push('applications!');
      const { rows, isWhole } = await memory.applications(care, signal);
      return { rows: account.applications(rows), isWhole };
    },
    list: async (id, care, signal) => {
      account.log.push(`list ${id}`);
      await account.beforeList(id, signal);
      return memory.list(id, care, signal);
    },
  });
  const world = await createWorld({ ...changes, target });
  world.secrets.set('a', 'one');
  await world.run();
  account.log.length = 0;
  return { world, account };
}

it('lists what it worked on before while it asks, and not again', async () => {
  const { world, account } = await openUsed();
  const report = await world.run();
  expect(account.log).toEqual(['applications?', 'list 1', 'applications!']);
  expect(decisionsOf(report)).toEqual(['none A in-sync']);
});

it('lists nothing ahead in a process that knows nothing', async () => {
  const { world, account } = await openUsed();
  world.restart();
  await world.run();
  expect(account.log).toEqual(['applications?', 'applications!', 'list 1']);
});

it('asks for what is there under another id, and forgets the one before', async () => {
  const { world, account } = await openUsed();
  const moved = (rows: readonly Application[]) =>
    rows.flatMap((row) => (row.id === 1 ? [] : [{ ...row, name: 'app.x.voximplant.com', shortName: 'app' }]));
  account.applications = moved;
  account.beforeList = (id) => {
    if (id === 1) throw new VoxsyncError('application-not-found', 'no application 1');
  };
  const report = await world.run({ isDryRun: true });
  expect(report.failures).toEqual([]);
  expect(decisionsOf(report)).toEqual(['create A missing']);
  account.log.length = 0;
  await world.run({ isDryRun: true });
  expect(account.log.filter((line) => line === 'list 1')).toEqual([]);
});

it('tells of a listing that failed, and tries anew in the next pass', async () => {
  const { world, account } = await openUsed();
  account.beforeList = () => {
    throw down;
  };
  const failed = await world.run();
  expect(failed.failures).toMatchObject([{ application: 'app', problem: { code: 'target-unreachable' } }]);
  account.beforeList = () => {};
  expect(decisionsOf(await world.run())).toEqual(['none A in-sync']);
});

it('lists nothing ahead of an account that did not answer the last time', async () => {
  const { world, account } = await openUsed();
  account.applications = () => {
    throw down;
  };
  const failed = await world.run();
  expect(failed.failures).toMatchObject([{ account: 'main', problem: { code: 'target-unreachable' } }]);
  account.log.length = 0;
  await world.run();
  expect(account.log).toEqual(['applications?', 'applications!']);
});

it('lists no more of an account ahead than go out beside the question', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => index + 1);
  const { world, account } = await openUsed({ applications: new Map(ids.map((id) => [id, `app${id}`])) });
  world.configure([mapping({ applications: ['*'], discoveries: [discovery()] })]);
  await world.run({ isDryRun: true });
  account.log.length = 0;
  await world.run({ isDryRun: true });
  const [before, after] = [ids.slice(0, 7), ids.slice(7)].map((own) => own.map((id) => `list ${id}`));
  expect(account.log).toEqual(['applications?', ...(before ?? []), 'applications!', ...(after ?? [])]);
});

it('ends what nobody came to need', async () => {
  const { world, account } = await openUsed();
  account.applications = () => {
    throw down;
  };
  const ended = new Promise<void>((resolve) => {
    account.beforeList = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          resolve();
          reject(signal.reason);
        });
      });
  });
  expect((await world.run()).failures).toMatchObject([{ problem: { code: 'target-unreachable' } }]);
  await ended;
});

describe('an application that the config names by its id', () => {
  const byId = (...ids: number[]) =>
    mapping({ applications: ids.map((id) => ({ id })), discoveries: [discovery()] });

  /** A process that has made no pass yet. */
  async function openNew(...ids: number[]): ReturnType<typeof openUsed> {
    const { world, account } = await openUsed();
    world.restart();
    world.configure([byId(...ids)]);
    return { world, account };
  }

  it('is listed while the account is asked, and not again', async () => {
    const { world, account } = await openNew(1);
    const report = await world.run();
    expect(account.log).toEqual(['applications?', 'list 1', 'applications!']);
    expect(decisionsOf(report)).toEqual(['none A in-sync']);
  });

  it('is listed once, however many mappings name it, and one that is named otherwise in its turn', async () => {
    const { world, account } = await openNew(1);
    world.configure([byId(1), byId(1), mapping({ applications: ['appendix'], discoveries: [discovery()] })]);
    await world.run({ isDryRun: true });
    expect(account.log).toEqual(['applications?', 'list 1', 'applications!', 'list 2']);
  });

  it('is told of when the account does not have it, and not listed ahead in the next pass', async () => {
    const { world, account } = await openNew(1, 3);
    const told = { problem: { code: 'application-not-found' } };
    expect((await world.run()).failures).toMatchObject([told]);
    expect(account.log).toContain('list 3');
    account.log.length = 0;
    expect((await world.run()).failures).toMatchObject([told]);
    expect(account.log).toEqual(['applications?', 'list 1', 'applications!']);
  });

  it('is listed ahead only where the pass keeps to it, by its id', async () => {
    const { world, account } = await openNew(1, 2);
    await world.run({ isDryRun: true, only: [{ id: 2 }] });
    expect(account.log).toEqual(['applications?', 'list 2', 'applications!']);
    world.restart();
    account.log.length = 0;
    await world.run({ isDryRun: true, only: ['app'] });
    expect(account.log).toEqual(['applications?', 'applications!', 'list 1']);
  });

  it('is listed only by the process whose share it is', async () => {
    const { world, account } = await openNew(1);
    const index = shardOf('main', 1, 2);
    await world.run({ isDryRun: true, shard: { index: 1 - index, count: 2 } });
    expect(account.log).toEqual(['applications?', 'applications!']);
    world.restart();
    account.log.length = 0;
    await world.run({ isDryRun: true, shard: { index, count: 2 } });
    expect(account.log).toEqual(['applications?', 'list 1', 'applications!']);
  });
});

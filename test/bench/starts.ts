// How long processes take to get going: each beside an empty Node, by turns, in medians.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contenders } from './contenders/all.ts';
import type { Task } from './contenders/contender.ts';
import { startEmulatorProcess } from './emulator.ts';
import { runMeasured, runTimed, type Command } from './measure.ts';
import { median } from './numbers.ts';
import { voxsync } from './voxsync.ts';

/** Milliseconds, medians over the rounds. */
export interface Starts {
  readonly rounds: number;
  readonly empty: number;
  readonly version: number;
  /** A sync of ten secrets with nothing to do. */
  readonly syncOfTen: number;
  readonly scriptOfTen: number;
  /** From the start of the process to the first call at the API's door. */
  readonly firstCall: number;
  readonly scriptFirstCall: number;
}

const ten = Array.from({ length: 10 }, (_, index) => `KEY_${index}`);

export async function measureStarts(rounds: number, tell: (text: string) => void): Promise<Starts> {
  const folder = await mkdtemp(join(tmpdir(), 'voxsync-bench-'));
  const emulator = await startEmulatorProcess({ folder, latencyMs: 0, applications: ['voxsync', 'script'] });
  const door = await openDoor();
  try {
    const path = join(folder, 'secrets.json');
    await writeFile(path, JSON.stringify(Object.fromEntries(ten.map((name) => [`base/${name}`, 'value']))));
    await writeFile(join(folder, 'empty.js'), '');
    const task = (application: string, endpoint: string): Task => ({
      ...{ folder, application, endpoint, credentialsFile: emulator.credentialsFile },
      ...{ origin: { kind: 'file', path }, groups: ['base'], named: ten },
    });
    const voxsyncOfTen = await contenders.voxsync.prepare(task('voxsync', emulator.url));
    const scriptOfTen = await contenders.eight.prepare(task('script', emulator.url));
    // Applications of the same names, so that the two have files of their own.
    const voxsyncAtDoor = await contenders.voxsync.prepare(task('voxsync-at-door', door.url));
    const scriptAtDoor = await contenders.eight.prepare(task('script-at-door', door.url));
    const timed = {
      empty: () => runTimed({ args: ['empty.js'], folder }),
      version: () => runTimed({ args: [voxsync, '--version'], folder }),
      syncOfTen: () => runTimed(voxsyncOfTen),
      scriptOfTen: () => runTimed(scriptOfTen),
      firstCall: () => door.timeFirstCall(voxsyncAtDoor),
      scriptFirstCall: () => door.timeFirstCall(scriptAtDoor),
    };
    await runMeasured(voxsyncOfTen);
    await runMeasured(scriptOfTen);
    const medians = await alternate(timed, rounds, tell);
    return { rounds, ...medians };
  } finally {
    await door.close();
    await emulator.stop();
    await rm(folder, { recursive: true });
  }
}

/** Times each in turn, round after round; the first round only warms up. */
async function alternate<K extends string>(
  timed: Readonly<Record<K, () => Promise<number>>>,
  rounds: number,
  tell: (text: string) => void,
): Promise<Record<K, number>> {
  const names = Object.keys(timed) as K[];
  const times = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const wallMs = await timed[name]();
      if (round > 0) times.get(name)?.push(wallMs);
    }
    tell(`starts: round ${round} of ${rounds}`);
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<K, number>;
}

interface Door {
  readonly url: string;
  timeFirstCall(command: Command): Promise<number>;
  close(): Promise<void>;
}

/** A server that notes when somebody comes, and has nothing for anybody: an account without applications and secrets. */
async function openDoor(): Promise<Door> {
  let cameAt: number | undefined;
  const server = createServer((request, response) => {
    cameAt ??= performance.now();
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end('{"result":[],"count":0,"total_count":0}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has no port');
  return {
    url: `http://127.0.0.1:${address.port}/platform_api`,
    async timeFirstCall(command) {
      cameAt = undefined;
      const startedAt = performance.now();
      // voxsync finds no application and says so with 3; the script adds its secrets to nothing and is content.
      await runTimed(command, [0, 3]);
      if (cameAt === undefined) throw new Error(`${command.args.join(' ')} made no call`);
      return cameAt - startedAt;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

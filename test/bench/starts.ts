// How long processes take to get going: each beside an empty Node, by turns, in medians.
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { contenders } from './contenders/all.ts';
import { runTimed, type Command } from './measure.ts';
import { median } from './numbers.ts';
import { onStage, type Stage } from './stage.ts';
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
  return onStage({ latencyMs: 0, applications: ['voxsync', 'script'] }, async (stage) => {
    const door = await openDoor();
    try {
      return { rounds, ...(await alternate(await timedIn(stage, door), rounds, tell)) };
    } finally {
      await door.close();
    }
  });
}

type Timed = Readonly<Record<Exclude<keyof Starts, 'rounds'>, () => Promise<number>>>;

/** What is timed, with everything that it needs in place. */
async function timedIn({ folder, saveSecrets, task }: Stage, door: Door): Promise<Timed> {
  await saveSecrets(Object.fromEntries(ten.map((name) => [`base/${name}`, 'value'])));
  await writeFile(join(folder, 'empty.js'), '');
  const { voxsync: ours, eight: script } = contenders;
  const voxsyncOfTen = await ours.prepare(task('voxsync', { named: ten }));
  const scriptOfTen = await script.prepare(task('script'));
  // Applications of other names, so that these have files of their own.
  const atDoor = { endpoint: door.url, named: ten };
  const voxsyncAtDoor = await ours.prepare(task('voxsync-at-door', atDoor));
  const scriptAtDoor = await script.prepare(task('script-at-door', atDoor));
  return {
    empty: () => runTimed({ args: ['empty.js'], folder }),
    version: () => runTimed({ args: [voxsync, '--version'], folder }),
    syncOfTen: () => runTimed(voxsyncOfTen),
    scriptOfTen: () => runTimed(scriptOfTen),
    firstCall: () => door.timeFirstCall(voxsyncAtDoor),
    scriptFirstCall: () => door.timeFirstCall(scriptAtDoor),
  };
}

/** Times each in turn, round after round; the first round only fills the applications and warms up. */
async function alternate(
  timed: Timed,
  rounds: number,
  tell: (text: string) => void,
): Promise<Omit<Starts, 'rounds'>> {
  const taken: Omit<Starts, 'rounds'>[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const times = {
      empty: await timed.empty(),
      version: await timed.version(),
      syncOfTen: await timed.syncOfTen(),
      scriptOfTen: await timed.scriptOfTen(),
      firstCall: await timed.firstCall(),
      scriptFirstCall: await timed.scriptFirstCall(),
    };
    if (round > 0) taken.push(times);
    tell(`starts: round ${round} of ${rounds}`);
  }
  return {
    empty: median(taken.map(({ empty }) => empty)),
    version: median(taken.map(({ version }) => version)),
    syncOfTen: median(taken.map(({ syncOfTen }) => syncOfTen)),
    scriptOfTen: median(taken.map(({ scriptOfTen }) => scriptOfTen)),
    firstCall: median(taken.map(({ firstCall }) => firstCall)),
    scriptFirstCall: median(taken.map(({ scriptFirstCall }) => scriptFirstCall)),
  };
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

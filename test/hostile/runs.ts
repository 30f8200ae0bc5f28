// Many runs, a few at a time, and what went wrong in them with the number that repeats it.
import { inspect } from 'node:util';

/** What came of a run. */
export interface Told {
  readonly mutations: readonly string[];
  /** Empty when all is well. */
  readonly wrongs: readonly string[];
}

const atOnce = 8;
/** Far beyond what deadlines and repetitions add up to. */
const longestRunMs = 90_000;

/** The seeds to play: so many from 1 on, unless the environment says otherwise. */
export function seeds(count: number): readonly number[] {
  const { VOXSYNC_HOSTILE_SEED: first, VOXSYNC_HOSTILE_RUNS: runs } = process.env;
  const length = runs === undefined ? (first === undefined ? count : 1) : Number(runs);
  return Array.from({ length }, (_, index) => Number(first ?? 1) + index);
}

/** Plays a run for each seed, and tells all that went wrong; an empty text when nothing did, and most runs were changed. */
export async function wrongsIn(
  seeds: readonly number[],
  play: (seed: number) => Promise<Told>,
): Promise<string> {
  const queue = [...seeds];
  const wrongs: string[] = [];
  let changed = 0;
  const work = async (): Promise<void> => {
    for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
      const told = await withinTime(play(seed)).catch((error: unknown) => thrown(error));
      if (told.mutations.length > 0) changed += 1;
      if (told.wrongs.length > 0)
        wrongs.push(`VOXSYNC_HOSTILE_SEED=${seed}\n${inspect(told, { maxArrayLength: 40 })}`);
    }
  };
  const warnings = await warningsDuring(() => Promise.all(Array.from({ length: atOnce }, work)));
  if (changed < seeds.length / 2) wrongs.push(`only ${changed} of ${seeds.length} runs were changed`);
  return [...wrongs, ...warnings].join('\n');
}

function thrown(error: unknown): Told {
  return { mutations: [], wrongs: [`thrown: ${inspect(error)}`] };
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the run does not end')), longestRunMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What Node complains of meanwhile. What nobody has caught, the test runner reports itself. */
async function warningsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const warnings: string[] = [];
  const note = ({ name, message }: Error): void => void warnings.push(`${name}: ${message}`);
  process.on('warning', note);
  try {
    await work();
    // Warnings are told a moment later.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    return warnings;
  } finally {
    process.off('warning', note);
  }
}

// When passes start: one at once, then by cron or by interval, never two at a time, until the signal.
import { schedule as scheduleCron } from 'node-cron';
import { wait } from '../wait.ts';

export type Schedule =
  | { readonly cron: string; readonly timezone: string; readonly jitterMs: number }
  | { readonly everyMs: number; readonly jitterMs: number };

/** What the loop can be asked while it runs. */
export interface Loop {
  /** Ends when the signal is aborted and the pass under way has finished. Never throws. */
  readonly ended: Promise<void>;
  /** Whether passes start when they should and end in reasonable time. */
  isAlive(): boolean;
}

/** A pass longer than this does not end by itself. */
const longestPassMs = 60 * 60 * 1000;
/** How late a start may be before the loop counts as stuck. */
const toleranceMs = 60 * 1000;

/** Starts the loop. `pass` must not throw. */
export function startLoop(schedule: Schedule, pass: () => Promise<void>, signal: AbortSignal): Loop {
  // `deadline` is what liveness hangs on: a start or an end that is due by then.
  let deadline = Date.now() + longestPassMs;
  const run = async (): Promise<void> => {
    const ticks = ticksOf(schedule, signal);
    try {
      while (!signal.aborted) {
        deadline = Date.now() + longestPassMs;
        await pass();
        deadline = Math.max(ticks.next().getTime(), Date.now()) + schedule.jitterMs + toleranceMs;
        await ticks.wait();
        await pause(Math.random() * schedule.jitterMs, signal);
      }
    } finally {
      ticks.close();
    }
  };
  return { ended: run(), isAlive: () => Date.now() < deadline };
}

interface Ticks {
  /** When the next pass is due. */
  next(): Date;
  /** Until then, or until the signal. */
  wait(): Promise<void>;
  close(): void;
}

function ticksOf(schedule: Schedule, signal: AbortSignal): Ticks {
  return 'cron' in schedule ? cronTicks(schedule, signal) : intervalTicks(schedule.everyMs, signal);
}

/** From start to start. A pass that takes longer than the interval is followed by the next one at once. */
function intervalTicks(everyMs: number, signal: AbortSignal): Ticks {
  let due = Date.now() + everyMs;
  return {
    next: () => new Date(due),
    wait: async () => {
      await pause(due - Date.now(), signal);
      due = Math.max(due, Date.now()) + everyMs;
    },
    close: () => {},
  };
}

const idle = (): void => {};

/** A tick that falls into a running pass is dropped: the next one will see the same changes. */
function cronTicks({ cron, timezone }: { cron: string; timezone: string }, signal: AbortSignal): Ticks {
  let wake = idle;
  const task = scheduleCron(cron, () => wake(), { timezone, suppressMissedWarning: true });
  return {
    next: () => task.getNextRun() ?? new Date(Date.now() + longestPassMs),
    wait: () =>
      new Promise<void>((resolve) => {
        const finish = (): void => {
          signal.removeEventListener('abort', finish);
          wake = idle;
          resolve();
        };
        if (signal.aborted) finish();
        wake = finish;
        signal.addEventListener('abort', finish, { once: true });
      }),
    close: () => void task.destroy(),
  };
}

/** Timers hold 2^31-1 ms at most; the config allows a day. */
async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(Math.max(0, durationMs), signal);
  } catch {
    // Only the signal ends it early, and the loop looks at the signal itself.
  }
}

// The pace of an account: how many calls at once, how many a second, and a pause for all of them when Voximplant asks for one.
import PQueue from 'p-queue';

export interface Pace {
  /** Runs a task when its turn comes. An abort before that throws the signal's reason. */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Holds back whatever has not started, for this long from now. */
  slowDown(delayMs: number): void;
  /** Lets go of the timer. */
  close(): void;
}

export function createPace(concurrency: number, requestsPerSecond: number | undefined): Pace {
  const queue = new PQueue({
    concurrency,
    ...(requestsPerSecond !== undefined && {
      intervalCap: 1,
      interval: 1000 / requestsPerSecond,
      strict: true,
    }),
  });
  let resumesAt = 0;
  let timer: NodeJS.Timeout | undefined;

  function resume(): void {
    clearTimeout(timer);
    timer = undefined;
    queue.start();
  }

  return {
    // A derived signal, so that many waiting calls on one signal do not look like a leak of listeners.
    run: (task, signal) => queue.add(task, { signal: AbortSignal.any([signal]) }),
    slowDown(delayMs) {
      const until = performance.now() + delayMs;
      if (until <= resumesAt) return;
      resumesAt = until;
      clearTimeout(timer);
      queue.pause();
      timer = setTimeout(resume, delayMs);
    },
    close: resume,
  };
}

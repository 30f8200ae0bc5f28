// Waiting that ends with a signal: for shared work, for a pause, and between repeated attempts.
import { VoxsyncError } from '../../errors.ts';

const pausesMs = [100, 500];
const longestPauseMs = 5000;

/** Work that others may wait for too: an abort ends the waiting, not the work. Throws the signal's reason. */
export async function withSignal<T>(start: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const listening = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal.reason);
    // Each on a signal of its own, since Node warns of many listeners on one.
    AbortSignal.any([signal]).addEventListener('abort', stop, { once: true, signal: listening.signal });
  });
  try {
    return await Promise.race([start(), aborted]);
  } finally {
    listening.abort();
  }
}

/** Attempts again, twice at most, what failed in a way that may pass. */
export async function repeat<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let count = 0; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const pauseMs = pausesMs[count];
      const isHopeful = error instanceof VoxsyncError && error.isRetryable && pauseMs !== undefined;
      if (!isHopeful || signal.aborted) throw error;
      await pause(Math.min(error.retryAfterMs ?? pauseMs * (0.5 + Math.random()), longestPauseMs), signal);
    }
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = () =>
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, durationMs);
    });
  await withSignal(elapsed, signal).finally(() => clearTimeout(timer));
}

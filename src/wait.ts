// A wait that ends with its signal.
import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after so many milliseconds. Rejects with the signal's reason as soon as it aborts. */
export async function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    // A derived signal, so that many waits on one signal do not look like a leak of listeners.
    await delay(delayMs, undefined, { signal: AbortSignal.any([signal]) });
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  }
}

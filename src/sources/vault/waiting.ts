// Waiting for shared work that ends with a signal.

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

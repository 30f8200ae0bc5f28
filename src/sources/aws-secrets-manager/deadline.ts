// A bound on the time that one call may take, its repetitions included.

/** What the call's signal is aborted with when its time is up. */
class DeadlineError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Runs a call under a signal that is aborted with the caller's, or when the time is up. Does not wait for a call
 * that overlooks its signal. Throws the reason of the caller's signal, a `TimeoutError`, or what the call throws.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  // Built by hand: on Node 20, signals joined by AbortSignal.any may be collected before they fire.
  const joined = new AbortController();
  const stop = () => joined.abort(signal.reason);
  const timer = setTimeout(() => joined.abort(new DeadlineError('no answer in time')), timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  const aborted = new Promise<never>((_resolve, reject) => {
    joined.signal.addEventListener('abort', () => reject(joined.signal.reason), { once: true });
  });
  try {
    return await Promise.race([call(joined.signal), aborted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

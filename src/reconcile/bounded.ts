// Doing many things a few at a time.
import PQueue from 'p-queue';

/** `Promise.all` over `values`, at most `concurrency` at once, results in order. The first failure stops what has not started. */
export async function mapBounded<T, R>(
  values: readonly T[],
  concurrency: number,
  work: (value: T) => Promise<R>,
): Promise<readonly R[]> {
  const queue = new PQueue({ concurrency });
  try {
    return await queue.addAll(values.map((value) => () => work(value)));
  } catch (error) {
    queue.clear();
    throw error;
  }
}

// Small tools for asking many things: each once, a few at a time.
import PQueue from 'p-queue';
import type { SecretReference } from '../../secret/reference.ts';
import { secretKey } from '../../secret/reference.ts';

/** The results of `ask`, in order, `concurrency` at a time. */
export async function askAll<In, Out>(
  asked: readonly In[],
  concurrency: number,
  ask: (one: In) => Promise<Out>,
): Promise<readonly Out[]> {
  const queue = new PQueue({ concurrency });
  return await Promise.all(asked.map((one) => queue.add(() => ask(one))));
}

/** References that mean different versions or secrets, each once. */
export function distinct(references: readonly SecretReference[]): readonly SecretReference[] {
  return [...new Map(references.map((reference) => [secretKey(reference), reference])).values()];
}

/** Consecutive parts of at most `size`. */
export function partsOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}

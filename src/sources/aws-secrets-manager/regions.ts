// Secrets of several regions in one question: each is asked for where its ARN says, and the answers come back in order.
import type { SecretReference } from '../../secret/reference.ts';
import { askAll } from './gather.ts';
import { regionIn } from './naming.ts';

/** Answers for references of one region, in the order asked; `undefined` is the source's own region. */
export type AskInRegion<T> = (
  region: string | undefined,
  references: readonly SecretReference[],
) => Promise<readonly T[]>;

const concurrency = 4;

/** Asks for references in the regions of their ARNs; names, and ARNs of the source's own region, are asked for together. */
export async function askByRegion<T>(
  references: readonly SecretReference[],
  ownRegion: string | undefined,
  ask: AskInRegion<T>,
): Promise<readonly T[]> {
  const places = new Map<string | undefined, number[]>();
  for (const [index, { secret }] of references.entries()) {
    const named = regionIn(secret);
    const region = named === ownRegion ? undefined : named;
    places.set(region, [...(places.get(region) ?? []), index]);
  }
  const answered = new Map<number, T>();
  await askAll([...places], concurrency, async ([region, indices]) => {
    const asked = indices.flatMap((index) => references[index] ?? []);
    const answers = await ask(region, asked);
    for (const [at, answer] of answers.entries()) answered.set(indices[at] ?? -1, answer);
  });
  return references.flatMap((_, index) => {
    const answer = answered.get(index);
    return answer === undefined ? [] : [answer];
  });
}

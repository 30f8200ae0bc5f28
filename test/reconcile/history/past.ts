// What passes can have learned so far: since when a secret of ours is proven to be unwanted.
import type { Claim } from './config.ts';
import type { Scene } from './scene.ts';
import { allRows, claimsFor, isOurs, isProvenUnwanted, keyOf } from './scene.ts';

/** Before each pass. One that may not get to its end may still note an absence; that it ended is noted only for sure. */
export async function notePast(scene: Scene, now: number, isWhole: boolean): Promise<void> {
  const isWriting = isWhole && scene.config.rules.policy !== 'create-only';
  for (const row of await allRows(scene)) {
    if (!isOurs(row, scene)) continue;
    const key = keyOf(row);
    if (isProvenUnwanted(scene, row)) scene.provenSince.set(key, scene.provenSince.get(key) ?? now);
    const claims = claimsFor(scene, row.application, row.name);
    const isWanted = claims.length === 1 && claims.every((claim) => isPlainlyTold(scene, claim));
    if (isWanted && isWriting) scene.provenSince.delete(key);
  }
}

function isPlainlyTold({ sources }: Scene, { source, value }: Claim): boolean {
  const { mode } = sources[source];
  return value !== undefined && (mode === 'clear' || mode === 'traced');
}

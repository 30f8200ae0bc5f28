// All contenders, in the order in which they take turns.
import { contenderIds, type Contender, type ContenderId } from './contender.ts';
import { pushSecretContender, scriptContender } from './scripts.ts';
import { voxsyncContender } from './voxsync.ts';

export const contenders: Readonly<Record<ContenderId, Contender>> = {
  voxsync: voxsyncContender,
  script: scriptContender('script', 'script, one by one', 1),
  eight: scriptContender('eight', 'script, eight at a time', 8),
  'push-secret': pushSecretContender,
};

/** Those named, in the order of all. */
export function contendersNamed(ids: readonly ContenderId[]): readonly Contender[] {
  return contenderIds.filter((id) => ids.includes(id)).map((id) => contenders[id]);
}

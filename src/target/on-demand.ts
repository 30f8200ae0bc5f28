// Accounts that are opened when they are first asked for; one that cannot be opened is tried anew whenever it is asked for.
import type { Target } from './target.ts';

export type TargetOpener = () => Promise<Target>;

/** Open accounts by id. */
export interface TargetsOnDemand {
  keys(): Iterable<string>;
  /** The open account, the same every time. Rejects with what opening it throws. */
  get(id: string): Promise<Target> | undefined;
  /** Closes what was opened. Never throws. */
  close(): Promise<void>;
}

export function openOnDemand(openers: ReadonlyMap<string, TargetOpener>): TargetsOnDemand {
  const opened = new Map<string, Promise<Target>>();

  async function openAndKeep(id: string, open: TargetOpener): Promise<Target> {
    try {
      return await open();
    } catch (thrown) {
      opened.delete(id);
      throw thrown;
    }
  }

  return {
    keys: () => openers.keys(),
    get(id) {
      const open = openers.get(id);
      if (open === undefined) return undefined;
      const target = opened.get(id) ?? openAndKeep(id, open);
      opened.set(id, target);
      return target;
    },
    async close() {
      const settled = await Promise.allSettled(opened.values());
      for (const one of settled) if (one.status === 'fulfilled') await one.value.close();
    },
  };
}

// Looking for secrets after a write whose answer was lost.
import type { ListedSecret } from '../target.ts';
import type { Listing } from './page.ts';
import { listRows } from './pages.ts';

export interface Look {
  /** The secret that matches; `undefined` only where the whole listing has none. */
  find(matches: (secret: ListedSecret) => boolean): Promise<ListedSecret | undefined>;
  /** Those ids that the whole listing still has. */
  remaining(ids: readonly number[]): Promise<readonly number[]>;
}

/** Lists anew at every question. Throws as listings do. */
export function lookInto(listing: Listing<ListedSecret>): Look {
  return {
    async find(matches) {
      const { rows, isWhole } = await listRows(listing, 'cheap');
      const found = rows.find(matches);
      if (found !== undefined || isWhole) return found;
      return (await listRows(listing, 'whole')).rows.find(matches);
    },
    async remaining(ids) {
      const listed = new Set((await listRows(listing, 'whole')).rows.map(({ id }) => id));
      return ids.filter((id) => listed.has(id));
    },
  };
}

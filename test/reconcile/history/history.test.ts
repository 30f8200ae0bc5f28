// Whatever happens to sources, config, applications and passes: no write that should not be, and in the end what is wanted is there.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play } from './play.ts';
import { histories } from './steps.ts';

/** More of them for a night: `VOXSYNC_HISTORIES=100000`. */
const numRuns = Number(process.env['VOXSYNC_HISTORIES'] ?? 400);

describe('any history', () => {
  it(
    'keeps what is wanted, deletes only what is proven, leaves strangers alone, and comes to rest',
    async () => {
      await fc.assert(
        fc.asyncProperty(histories, async (history) => {
          const { ended, expected } = await play(history);
          expect(ended).toEqual(expected);
        }),
        { numRuns },
      );
    },
    60_000 + numRuns * 100,
  );
});

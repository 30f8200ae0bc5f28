// The time of renewal: before the lease ends, spread by chance, and never beyond what a timer holds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renewalDelayMs } from '../../../src/sources/vault/renewal.ts';

test('is two thirds of the lease, up to a tenth earlier', () => {
  expect(renewalDelayMs(3_600_000, 0)).toBe(2_400_000);
  expect(renewalDelayMs(3_600_000, 1)).toBe(2_160_000);
});

test('fits into a timer for every lease', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1000, max: 10 ** 13 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (lease, chance) => {
        const delay = renewalDelayMs(lease, chance);
        expect(delay).toBeGreaterThan(0);
        expect(delay).toBeLessThan(Math.min(lease, 2 ** 31));
      },
    ),
  );
});

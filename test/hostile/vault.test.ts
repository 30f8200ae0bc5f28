// Passes over a real Vault and a real OpenBao whose answers are changed at random, the logins' too.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOpenBao, startVault, type VaultServer } from '../backends/start.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { playAnswers } from './answers.ts';
import { seeds, wrongsIn } from './runs.ts';
import { playStory } from './story.ts';
import type { SourceSide } from './side.ts';
import { createVaultSides } from './vault-side.ts';

const long = 3_600_000;

function describeVault(start: () => Promise<VaultServer>): void {
  let server: VaultServer;
  let sides: Readonly<Record<'v1' | 'v2', SourceSide>>;
  beforeAll(async () => {
    server = await start();
    sides = await createVaultSides(server);
  });
  afterAll(() => server.stop());

  test.each(['v1', 'v2'] as const)(
    'no answer makes an absence or a value of nothing (KV %s)',
    async (version) => {
      expect(await wrongsIn(seeds(40), (seed) => playAnswers(seed, sides[version]))).toBe('');
    },
    long,
  );

  test.each(['v1', 'v2'] as const)(
    'whatever it answers, nothing is lost by it (KV %s)',
    async (version) => {
      expect(
        await wrongsIn(seeds(6), (seed) => playStory({ seed, side: sides[version], hostile: 'source' })),
      ).toBe('');
    },
    long,
  );

  test(
    'nor by Voximplant beside it',
    async () => {
      expect(await wrongsIn(seeds(5), (seed) => playStory({ seed, side: sides.v2, hostile: 'both' }))).toBe(
        '',
      );
    },
    long,
  );
}

describeWithBackend('vault', 'Vault', () => describeVault(startVault));
describeWithBackend('openbao', 'OpenBao', () => describeVault(startOpenBao));

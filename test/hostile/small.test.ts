// The same runs over sources in this process, for machines without the real ones.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { playAnswers } from './answers.ts';
import { seeds, wrongsIn } from './runs.ts';
import type { SourceSide } from './side.ts';
import { createSmallAwsSide } from './small-aws.ts';
import { createSmallVaultSide } from './small-vault.ts';
import { playStory } from './story.ts';

const longMs = 3_600_000;
let sides: Readonly<Record<'AWS' | 'Vault', SourceSide>>;

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  sides = { AWS: await createSmallAwsSide(), Vault: await createSmallVaultSide() };
});

afterAll(async () => {
  await sides.AWS.close();
  await sides.Vault.close();
  vi.unstubAllEnvs();
});

test('seed 76, whose mount says its version twice, so that paths of the other version are asked', async () => {
  expect(await wrongsIn([76], (seed) => playAnswers(seed, sides.Vault))).toBe('');
});

test.each(['AWS', 'Vault'] as const)(
  'no answer of a small %s makes an absence or a value of nothing',
  async (name) => {
    expect(await wrongsIn(seeds(20), (seed) => playAnswers(seed, sides[name]))).toBe('');
  },
  longMs,
);

test.each(['AWS', 'Vault'] as const)(
  'whatever a small %s answers, nothing is lost by it',
  async (name) => {
    expect(await wrongsIn(seeds(5), (seed) => playStory({ seed, side: sides[name], hostile: 'both' }))).toBe(
      '',
    );
  },
  longMs,
);

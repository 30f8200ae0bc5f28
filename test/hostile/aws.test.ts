// Passes over moto's AWS Secrets Manager whose answers are changed at random.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startMoto, type MotoServer } from '../backends/start.ts';
import { describeWithBackend } from '../backends/suite.ts';
import { playAnswers } from './answers.ts';
import { createAwsSide } from './aws-side.ts';
import { seeds, wrongsIn } from './runs.ts';
import type { SourceSide } from './side.ts';
import { playStory } from './story.ts';

const long = 3_600_000;

describeWithBackend('moto', 'AWS', () => {
  let moto: MotoServer;
  let side: SourceSide;
  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
    vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
    moto = await startMoto();
    side = createAwsSide(moto);
  });
  afterAll(async () => {
    await side.close();
    await moto.stop();
    vi.unstubAllEnvs();
  });

  test('seed 144, which listed a living secret under the name of a deleted one', async () => {
    expect(await wrongsIn([144], (seed) => playAnswers(seed, side))).toBe('');
  });

  test(
    'no answer makes an absence or a value of nothing',
    async () => {
      expect(await wrongsIn(seeds(50), (seed) => playAnswers(seed, side))).toBe('');
    },
    long,
  );

  test(
    'whatever it answers, nothing is lost by it',
    async () => {
      expect(await wrongsIn(seeds(10), (seed) => playStory({ seed, side, hostile: 'source' }))).toBe('');
    },
    long,
  );
});

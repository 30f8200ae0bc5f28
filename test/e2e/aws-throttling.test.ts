// AWS that grants so many calls a second and no more: a pass takes longer, and fails only where it has waited for `timeout` in vain.
import { expect, onTestFinished, test } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { awsError, type Matcher } from '../proxy/faulty-proxy.ts';
import { namesOf, startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { listed, valuesOf } from './looks.ts';
import { openStage, type Stage } from './stage.ts';

const names = namesOf('prod/KEY_', 120);
const throttled = awsError(400, 'ThrottlingException', 'Rate exceeded');

describeWithBackend('moto', 'AWS that throttles', () => {
  const open = async (timeout: string): Promise<{ world: World; stage: Stage }> => {
    const world = await startWorld();
    onTestFinished(() => world.end());
    await world.createAll(names);
    const stage = await openStage();
    Object.assign(stage.env, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' });
    const { endpoint } = world.proxy;
    await stage.configure({
      sources: { aws: { kind: 'aws-secrets-manager', region: 'eu-central-1', endpoint, timeout } },
      mappings: [
        {
          application: 'app',
          secrets: names.map((secret) => ({ name: secret.slice(5), from: { source: 'aws', secret } })),
        },
      ],
    });
    return { world, stage };
  };

  test('twenty calls a second are enough for 120 single reads', async () => {
    const { world, stage } = await open('30s');
    const limit = createLimit(20);
    world.proxy.misbehave(({ amzTarget }) => {
      if (!limit.grants()) return throttled;
      return amzTarget.endsWith('.BatchGetSecretValue') ? awsError(400, 'AccessDeniedException') : undefined;
    });
    const { exitCode, stdout } = await stage.voxsync('sync');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Applied: 120 created.')]);
    const wanted = names.map((name) => [`app ${name.slice(5)}`, name]);
    expect(valuesOf(stage, ['app'])).toEqual(Object.fromEntries(wanted));
    expect(limit.refused()).toBeGreaterThan(0);
  });

  test('no call at all: the pass ends when it has waited long enough, says so, and changes nothing', async () => {
    const { world, stage } = await open('3s');
    await stage.voxsync('sync');
    const before = listed(stage, ['app']);
    const forGood: Matcher = () => throttled;
    world.proxy.misbehave(forGood);
    const { exitCode, stdout } = await stage.voxsync('sync');
    expect([exitCode, listed(stage, ['app'])]).toEqual([6, before]);
    expect(stdout).toMatch(
      /error: aws: ListSecrets was throttled \(ThrottlingException\)\n +hint: +.*fewer requests/,
    );
  });
});

/** So many calls a second, each of which may be saved up for a tenth of a second. */
function createLimit(perSecond: number): { grants(): boolean; refused(): number } {
  const most = perSecond / 10;
  let [left, at, refused] = [most, performance.now(), 0];
  return {
    grants: () => {
      const now = performance.now();
      left = Math.min(most, left + ((now - at) * perSecond) / 1000);
      at = now;
      if (left >= 1) {
        left -= 1;
        return true;
      }
      refused += 1;
      return false;
    },
    refused: () => refused,
  };
}

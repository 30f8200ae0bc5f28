// Thousands of secrets in AWS: found in pages of a hundred by everything that a discovery can ask for, read in batches, and never those that are about to be deleted.
import PQueue from 'p-queue';
import { expect, onTestFinished, test } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { countOperations } from '../proxy/faulty-proxy.ts';
import { startWorld, type World } from '../sources/aws-secrets-manager/setup.ts';
import { valuesOf } from './looks.ts';
import { openStage } from './stage.ts';
import { oddValue } from './values.ts';

const count = 2_100;
const planned = 150;
const tags = { voximplant: 'true', team: 'voice' };
const managed = { ...tags, 'aws:secretsmanager:owningService': 'rds' };
const text = 'Voice trunk';
const from = { source: 'aws', prefix: 'prod/voice/', tags, description: text, owningService: 'rds' };

const nameOf = (index: number): string => `T${String(index).padStart(4, '0')}`;

/** Everything that is meant, and beside it what lacks one thing that the discovery asks for. */
async function fill(world: World): Promise<Readonly<Record<string, string>>> {
  const queue = new PQueue({ concurrency: 8 });
  const indices = Array.from({ length: count + planned }, (_, index) => index);
  const strangers: readonly Parameters<World['create']>[] = [
    ['prod/other/a', 'no', managed, text],
    ['prod/voice/untagged', 'no', {}, text],
    ['prod/voice/tag', 'no', { ...managed, team: 'crm' }, text],
    ['prod/voice/description', 'no', managed, 'Our Voice trunk'],
    ['prod/voice/owner', 'no', { ...tags, 'aws:secretsmanager:owningService': 'rds-proxy' }, text],
  ];
  await queue.addAll([
    ...strangers.map((one) => async () => void (await world.create(...one))),
    ...indices.map((index) => async () => {
      await world.create(`prod/voice/${nameOf(index)}`, oddValue(index), managed, `${text} ${index}`);
      if (index >= count) await world.remove(`prod/voice/${nameOf(index)}`);
    }),
  ]);
  return Object.fromEntries(
    indices.slice(0, count).map((index) => [`app ${nameOf(index)}`, oddValue(index)]),
  );
}

describeWithBackend('moto', 'thousands of secrets in AWS', () => {
  test(`${count} arrive byte for byte, and rest without a read`, { timeout: 300_000 }, async () => {
    const world = await startWorld();
    onTestFinished(() => world.end());
    const stage = await openStage();
    Object.assign(stage.env, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' });
    await stage.configure({
      sources: {
        aws: { kind: 'aws-secrets-manager', region: 'eu-central-1', endpoint: world.proxy.endpoint },
      },
      mappings: [
        { application: 'app', discover: [{ from, name: "{{ path | remove_first: 'prod/voice/' }}" }] },
      ],
    });
    const wanted = await fill(world);
    const pages: number[] = [];
    world.proxy.misbehave(({ amzTarget }) => {
      const change = (body: string): string => {
        pages.push(JSON.parse(body).SecretList.length);
        return body;
      };
      return amzTarget.endsWith('.ListSecrets') ? { kind: 'rewrite', change } : undefined;
    });

    const first = await stage.voxsync('sync');
    expect([first.exitCode, first.stdout]).toEqual([
      0,
      expect.stringContaining(`Applied: ${count} created.`),
    ]);
    expect(valuesOf(stage, ['app'])).toEqual(wanted);
    expect(Math.max(...pages)).toBe(100);
    expect(pages.reduce((sum, length) => sum + length, 0)).toBeGreaterThanOrEqual(count);
    expect(countOperations(world.proxy.journal)).toEqual({
      ListSecrets: pages.length,
      BatchGetSecretValue: count / 20,
    });

    const listings = pages.length;
    world.proxy.forget();
    const second = await stage.voxsync('sync');
    expect([second.exitCode, second.stdout]).toEqual([0, `Plan: nothing to do; ${count} in sync.\n`]);
    expect(countOperations(world.proxy.journal)).toEqual({ ListSecrets: listings });

    await Promise.all([0, 99, 100, 2_099].map((index) => world.remove(`prod/voice/${nameOf(index)}`)));
    const third = await stage.voxsync('sync');
    expect([third.exitCode, third.stdout]).toEqual([0, expect.stringContaining('Applied: 4 deleted.')]);
    expect(Object.keys(valuesOf(stage, ['app']))).toHaveLength(count - 4);
  });
});

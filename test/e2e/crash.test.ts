// What is left when a process is killed between two calls, or when two processes write at once: the next sync converges, with no duplicate and no gap.
import { expect, test } from 'vitest';
import { listed, valuesOf } from './looks.ts';
import { mapped, openStage, type Stage } from './stage.ts';

const first = { KEPT: '1', ROTATED: '2', OLD_NAME: '3', GONE: '4' };
const next = { KEPT: '1', ROTATED: 'next', NEW_NAME: '3', MORE: '5' };

async function save(stage: Stage, secrets: Readonly<Record<string, string>>): Promise<void> {
  await stage.saveSecrets(secrets);
  await stage.configure({ mappings: [mapped('app', Object.keys(secrets))] });
}

test('a sync killed at any of its calls leaves what the next one finishes', async () => {
  const calls = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const methods = new Set<string>();
  const killedAt = async (at: number): Promise<void> => {
    const stage = await openStage();
    await save(stage, first);
    await stage.voxsync('sync');
    await save(stage, next);
    const ids = new Set(listed(stage, ['app']));
    let count = 0;
    const killed = new Promise<void>((resolve) => {
      stage.emulator.onCall(({ method }) => {
        count += 1;
        if (count !== at) return;
        methods.add(method);
        running.kill('SIGKILL');
        resolve();
      });
    });
    const running = stage.start('sync');
    await killed;
    expect((await running.ended).exitCode).toBe(undefined);
    // Whoever reads in between finds the old name or the new one.
    const names = Object.keys(valuesOf(stage, ['app']));
    expect(names.includes('app OLD_NAME') || names.includes('app NEW_NAME')).toBe(true);
    expect((await stage.voxsync('sync')).exitCode).toBe(0);
    const wanted = Object.fromEntries(Object.entries(next).map(([name, value]) => [`app ${name}`, value]));
    expect(valuesOf(stage, ['app'])).toEqual(wanted);
    expect(listed(stage, ['app'])).toHaveLength(4);
    expect(listed(stage, ['app']).filter((secret) => ids.has(secret))).toHaveLength(2);
  };
  await Promise.all(calls.map(killedAt));
  expect(methods).toEqual(
    new Set(['GetApplications', 'GetSecrets', 'AddSecret', 'SetSecretInfo', 'DelSecret']),
  );
});

test('two at once write nothing twice, and the next one finds all well', async () => {
  const stage = await openStage({ latencyMs: 30 });
  const secrets = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`KEY_${index}`, `${index}`]));
  await save(stage, secrets);
  await Promise.all([stage.voxsync('sync'), stage.voxsync('sync')]);
  const { exitCode, stdout } = await stage.voxsync('sync');
  expect([exitCode, stdout]).toEqual([0, 'Plan: nothing to do; 30 in sync.\n']);
  expect(listed(stage, ['app'])).toHaveLength(30);
});

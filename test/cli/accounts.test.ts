// Two accounts in one pass, one of which refuses everything that is written: it costs few calls, and the other none.
import { expect, test } from 'vitest';
import { openStage } from './stage.ts';

const names = Array.from({ length: 61 }, (_, at) => `NAME_${at}`);

test('an account that fails is not asked for each secret, and the other one converges', async () => {
  const applications = [{ name: 'app' }, { name: 'ivr' }];
  const [stage, healthy] = [await openStage({ applications }), await openStage({ applications })];
  const credentials = { file: 'credentials.json' };
  await stage.save('secrets.json', JSON.stringify(Object.fromEntries(names.map((name) => [name, 'value']))));
  const secrets = names.map((name) => ({ name, from: { source: 'local', secret: name } }));
  await stage.configure({
    accounts: {
      broken: { endpoint: stage.emulator.url, credentials },
      healthy: { endpoint: healthy.emulator.url, credentials },
    },
    sources: { local: { kind: 'file', path: 'secrets.json' } },
    mappings: [
      { account: 'broken', application: ['app', 'ivr'], secrets },
      { account: 'healthy', application: ['app', 'ivr'], secrets },
    ],
  });
  stage.emulator.faults.add({ method: 'AddSecret', kind: 'error', code: 100, count: 'all' });

  const { exitCode, stdout, stderr } = await stage.voxsync('sync');
  expect([exitCode, stdout]).toEqual([5, expect.stringContaining('Applied: 122 created, 122 failed.')]);
  const { AddSecret: refused, ...reads } = stage.emulator.journal.countByMethod();
  expect(refused).toBeGreaterThanOrEqual(16);
  expect(refused).toBeLessThanOrEqual(32);
  expect(reads).toEqual({ GetApplications: 2, GetSecrets: 2 });
  expect(healthy.emulator.journal.countByMethod()).toEqual({
    GetApplications: 2,
    GetSecrets: 4,
    AddSecret: 122,
  });
  const warnings = stderr.split('\n').filter((line) => line.includes('"level":"warn"'));
  expect(warnings.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      account: 'broken',
      msg: 'calls stopped',
      error: expect.objectContaining({ code: 'target-refused', remoteCode: 100 }),
    }),
  ]);

  stage.emulator.faults.clear();
  expect((await stage.voxsync('sync')).exitCode).toBe(0);
  expect(stage.emulator.state.secrets('ivr')).toHaveLength(61);
});

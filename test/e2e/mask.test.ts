// The log's second line: a value that reaches a line by a way that is open, here as the name of its secret, is struck out.
import { expect, test, vi } from 'vitest';
import { patience } from './program.ts';
import { openStage } from './stage.ts';

const path = 'careless/kanarie-4711';

test('a value that is also the path of its secret stays out of the logs of sync and run', async () => {
  const stage = await openStage();
  await stage.saveSecrets({ [path]: path });
  await stage.configure({
    schedule: { every: '1h' },
    server: { host: '127.0.0.1', port: 0 },
    mappings: [
      { application: 'app', secrets: [{ name: 'CARELESS', from: { source: 'local', secret: path } }] },
    ],
  });
  const run = stage.start('run');
  await vi.waitUntil(() => stage.emulator.journal.countByMethod()['AddSecret'] === 1, patience);
  run.kill('SIGTERM');
  const { stdout } = await run.ended;
  expect(stdout).toContain('local: [redacted]');
  expect(stdout).not.toContain('kanarie');
  stage.emulator.state.deleteSecret('app', 'CARELESS');
  const { stderr } = await stage.voxsync('sync', '--log-format', 'json');
  expect(stderr).toContain('local: [redacted]');
  expect(stderr).not.toContain('kanarie');
});

import { afterEach, describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import type { HealthServer } from '../../src/observe/health.ts';
import { startHealthServer } from '../../src/observe/health.ts';
import type { LogLevel } from '../../src/observe/logger.ts';
import { createLogger } from '../../src/observe/logger.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createPaceLog } from '../../src/observe/pace-log.ts';
import { logReport } from '../../src/observe/pass-log.ts';
import { SecretBox } from '../../src/secret/box.ts';
import { createWorld } from '../reconcile/world.ts';

function logTo(level: LogLevel, format: 'json' | 'pretty' = 'json') {
  const lines: string[] = [];
  return { lines, logger: createLogger({ level, format, write: (line) => void lines.push(line) }) };
}

describe('the log', () => {
  it('is one JSON object a line, with a fixed message and data beside it', () => {
    const { lines, logger } = logTo('info');
    logger.info({ name: 'A', count: 2 }, 'secret created');
    logger.debug({}, 'not at this level');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      name: 'A',
      count: 2,
      msg: 'secret created',
    });
  });

  it('puts together what a line says only where it is shown', () => {
    const { lines, logger } = logTo('info');
    let count = 0;
    const data = () => ({ count: (count += 1) });
    logger.trace(data, 'not at this level');
    logger.info(data, 'secret created');
    expect(lines.map((line) => JSON.parse(line).count)).toEqual([1]);
  });

  it('shows no value, and of a stranger’s error its kind alone', () => {
    const { lines, logger } = logTo('trace');
    const foreign = Object.assign(new Error('canary-1'), {
      config: { headers: 'canary-2' },
      response: { body: 'canary-3' },
    });
    logger.error(
      { error: foreign, box: new SecretBox('canary-4'), nested: { deep: [new SecretBox('canary-5')] } },
      'pass failed',
    );
    logger.error({ error: new VoxsyncError('unexpected', 'told', { cause: foreign }) }, 'pass failed');
    expect(lines.join('')).not.toContain('canary');
    expect(JSON.parse(lines[1]!).error).toEqual({
      code: 'unexpected',
      message: 'told',
      hint: expect.any(String),
    });
  });

  it('for people is one line of text', () => {
    const { lines, logger } = logTo('info', 'pretty');
    logger.warn({ name: 'A', problem: { code: 'x' } }, 'secret held');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d WARN {2}secret held name=A problem=\{"code":"x"\}\n$/);
  });

  it('of the pace of accounts names turns for the worse and the better, not each step', () => {
    const { lines, logger } = logTo('info');
    const logPace = createPaceLog(logger);
    const well = { account: 'main', concurrency: 8, requestsPerSecond: undefined };
    const error = new VoxsyncError('target-unreachable', 'not asked', { remoteCode: 503 });
    const tell = (concurrency: number, stopped?: VoxsyncError) =>
      logPace({ ...well, concurrency, isSlowed: concurrency < 8, stopped });
    tell(8);
    for (const concurrency of [4, 2, 3]) tell(concurrency);
    tell(3, error);
    tell(2, error);
    tell(3);
    logPace({ ...well, account: 'other', isSlowed: true, requestsPerSecond: 12, stopped: undefined });
    tell(8);
    const told = lines.map((line) => JSON.parse(line)).map(({ time: _time, ...rest }) => rest);
    expect(told).toEqual([
      { level: 'warn', account: 'main', concurrency: 4, msg: 'account slowed down' },
      {
        level: 'warn',
        account: 'main',
        error: { code: error.code, message: 'not asked', hint: error.hint, remoteCode: 503 },
        msg: 'calls stopped',
      },
      { level: 'warn', account: 'main', msg: 'calls resumed' },
      { level: 'warn', account: 'other', concurrency: 8, requestsPerSecond: 12, msg: 'account slowed down' },
      { level: 'info', account: 'main', msg: 'account back at full pace' },
    ]);
  });

  it('of a pass names what happened and what did not, and ends with the counts', async () => {
    const world = await createWorld({ rules: { guard: { maxDeletes: { count: 0 }, maxUpdates: {} } } });
    world.secrets.set('a', 'one').set('b', 'two');
    await world.add('A', 'theirs');
    await world.run();
    world.secrets.set('c', '').delete('b');
    const { lines, logger } = logTo('info');
    logReport(logger, await world.run());
    const told = lines
      .map((line) => JSON.parse(line))
      .map(({ level, msg, name, reason }) => [level, msg, name, reason].filter(Boolean).join(' '));
    expect(told).toEqual([
      'warn secret in conflict A unowned',
      'warn secret held C invalid',
      'warn secret held B guard-refused',
      'error guard refused',
      'info pass finished',
    ]);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ conflicts: 1, held: 2, created: 0, exitCode: 7 });
  });
});

describe('health and metrics', () => {
  let server: HealthServer | undefined;
  afterEach(() => server?.close());

  it('are served on three routes', async () => {
    const state = { isAlive: true, isReady: false };
    const metrics = createMetrics();
    server = await startHealthServer(
      { host: '127.0.0.1', port: 0 },
      { isAlive: () => state.isAlive, isReady: () => state.isReady },
      metrics,
    );
    const status = async (path: string, method = 'GET') =>
      (await fetch(`http://127.0.0.1:${server?.port}${path}`, { method })).status;
    expect([
      await status('/livez'),
      await status('/readyz'),
      await status('/metrics'),
      await status('/'),
    ]).toEqual([200, 503, 200, 404]);
    state.isAlive = false;
    state.isReady = true;
    expect([await status('/livez'), await status('/readyz'), await status('/livez', 'POST')]).toEqual([
      503, 200, 405,
    ]);
  });

  it('count passes, changes, requests and the last success, and name no secret', async () => {
    const metrics = createMetrics();
    const world = await createWorld();
    world.secrets.set('a', 'one').set('b', 'two');
    metrics.onReport(await world.run());
    world.secrets.set('a', 'three').set('bad', '');
    metrics.onReport(await world.run());
    metrics.onRequest({ account: 'main', method: 'AddSecret', outcome: 'ok', durationMs: 42 });
    const pace = { concurrency: 4, requestsPerSecond: undefined, isSlowed: true };
    const stopped = new VoxsyncError('target-refused', 'not asked');
    metrics.onPace({ account: 'main', ...pace, stopped });
    metrics.onPace({ account: 'other', ...pace, stopped: undefined });
    const { text } = await metrics.render();
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'voxsync_passes_total{exit_code="0"} 1',
        'voxsync_passes_total{exit_code="3"} 1',
        'voxsync_changes_total{result="created"} 2',
        'voxsync_changes_total{result="updated"} 1',
        'voxsync_secrets{state="held"} 1',
        'voxsync_problems{code="secret-invalid"} 1',
        'voxsync_last_success_timestamp_seconds 1800000000',
        'voxsync_account_concurrency{account="main"} 4',
        'voxsync_account_stopped{account="main"} 1',
        'voxsync_account_stopped{account="other"} 0',
        'voxsync_request_duration_seconds_count{account="main",method="AddSecret",outcome="ok"} 1',
      ]),
    );
    const labels = new Set([...text.matchAll(/(\w+)="/g)].map(([, label]) => label));
    expect(labels).toEqual(
      new Set(['account', 'code', 'exit_code', 'le', 'method', 'outcome', 'result', 'state']),
    );
  });
});

// The bench itself: bounds, verdicts and tables on numbers made up, and one small block run for real.
import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';
import type { Block, Turn } from './blocks.ts';
import { boundOfCalls, boundOfTask } from './bounds.ts';
import { bundlePrograms } from './contenders/scripts.ts';
import { medianBy } from './numbers.ts';
import { reportLines, summaryLines } from './report.ts';
import { rowsOf, type Results } from './results.ts';
import { runBlock, type Run } from './runs.ts';
import type { ScenarioId } from './scenarios.ts';
import { judge } from './verdicts.ts';

test('the bound of a task counts rounds, whatever is called besides', () => {
  const bound = (scenario: ScenarioId, secrets: number, pageSize: number) =>
    boundOfTask({ scenario, secrets, latencyMs: 1, pageSize });
  // The application, the empty listing, 125 rounds of eight creates, the listing that confirms.
  expect(bound('first', 1000, 1000)).toBe(128);
  expect(bound('unchanged', 1000, 1000)).toBe(2);
  // One page, then nine side by side, eight at a time.
  expect(bound('unchanged', 1000, 100)).toBe(4);
  expect(bound('later', 1000, 100)).toBe(4);
  expect(bound('rotated', 1000, 1000)).toBe(1 + 1 + 2 + 1);
  expect(bound('drifted', 1000, 1000)).toBe(1 + 1 + 2 + 2 + 1);
  expect(bound('removed', 1000, 1000)).toBe(1 + 1 + 1 + 1);
  expect(boundOfCalls({ GetSecrets: 1, GetSecretValue: 100 }, 8, 10)).toBe(130);
});

const firstSync: Run = {
  contender: 'voxsync',
  scenario: 'first',
  secrets: 1000,
  latencyMs: 50,
  pageSize: 1000,
  calls: { AddSecret: 1000 },
  wallMs: 7000,
  cpuMs: 900,
  peakMiB: 70.4,
};

function runOf(changes: Partial<Run>): Run {
  return { ...firstSync, ...changes };
}

function resultsOf(runs: readonly Run[]): Results {
  const machine = { cores: 2, memoryGiB: 4, node: '24.0.0', platform: 'linux x64' };
  return { date: '2026-01-02', machine, extent: 'full', runs };
}

test('repeats become one row, that of the median wall time, and a bound that is passed is a miss', () => {
  const runs = [9000, 7040, 6500].map((wallMs) => runOf({ wallMs }));
  expect(rowsOf(runs)).toMatchObject([{ wallMs: 7040, repeats: 3, boundMs: 6400, ratio: 1.1, writes: 1000 }]);
  const holdsOf = (wallMs: number) => judge(resultsOf([runOf({ wallMs })])).map(({ holds }) => holds);
  expect([holdsOf(7040), holdsOf(7041)]).toEqual([[true], [false]]);
  const unchanged = (passMs: number) =>
    judge(resultsOf([runOf({ scenario: 'unchanged', calls: {}, passMs })])).map(({ holds }) => holds);
  expect([unchanged(125), unchanged(126)]).toEqual([[true], [false]]);
  expect(medianBy([3, 1, 2, 4], (one) => one)).toBe(2);
});

test('a later pass has a row of its own, and is held against the bound of a pass and against reading values', () => {
  const { cpuMs: _, ...run } = runOf({
    scenario: 'later',
    wallMs: 125,
    passMs: 125,
    calls: { GetSecrets: 1 },
  });
  const verdictsOf = (changes: Partial<Run>) =>
    judge(resultsOf([{ ...run, ...changes }])).map(({ what, holds }) => [what, holds]);
  const what = 'a later pass of `voxsync run`, 1,000 secrets unchanged';
  const time = (ms: number) =>
    `${what} at 50 ms, pages of 1,000: time of the pass (${ms} ms) to latency bound of one that asks first (100 ms)`;
  const values = `${what}, pages of 1,000: values read`;
  expect(verdictsOf({})).toEqual([
    [time(125), true],
    [values, true],
  ]);
  expect(verdictsOf({ passMs: 126, calls: { GetSecretValue: 1 } })).toEqual([
    [time(126), false],
    [values, false],
  ]);
  const row = ['unchanged, later pass', 'voxsync', 'GetSecrets 1', '0', '0', '125 ms', '125 ms', '100 ms'];
  for (const lines of [reportLines, summaryLines]) {
    const cells = lines(resultsOf([run]))[4]
      ?.split('|')
      .map((cell) => cell.trim());
    expect(cells?.slice(2, -1)).toEqual([...row, '1.25', '70', '–']);
  }
});

test('a number of secrets at another latency is not held against the bounds for 50 ms', () => {
  expect(judge(resultsOf([runOf({ latencyMs: 5 })]))).toEqual([]);
});

test('the report is a table that says where it comes from', () => {
  const [title, , head, rule, row] = reportLines(resultsOf([runOf({})]));
  expect(title).toBe(
    'Measured by `npm run bench -- --full` on 2026-01-02: 2 cores, 4 GiB, linux x64, Node 24.0.0.',
  );
  const cells = (line = '') => line.split('|').map((cell) => cell.trim());
  expect(cells(head).length).toBe(cells(row).length);
  expect(cells(rule).length).toBe(cells(row).length);
  expect(cells(row)).toEqual(
    expect.arrayContaining([
      'first sync',
      'voxsync',
      'AddSecret 1,000',
      '7.00 s',
      '6.40 s',
      '1.09',
      '900 ms',
    ]),
  );
});

test('a wish for one scenario keeps the first sync, on which it stands, and leaves the other parts out', () => {
  const { blocks, parts } = readArguments([
    '--secrets',
    '100',
    '--scenario',
    'drifted',
    '--contender',
    'eight',
  ]);
  expect(parts).toEqual(['scenarios']);
  expect(blocks.map(({ secrets, turns }) => [secrets, turns])).toEqual([
    [100, { eight: { repeats: 1, scenarios: ['first', 'drifted'] } }],
  ]);
  expect(() => readArguments(['--scenario', 'drift'])).toThrow('drift: not one of first, unchanged');
});

test('voxsync alone makes later passes and names applications by id, for 1,000 secrets at either page size, or 100 of them in a hurry', () => {
  const turnsOf = (...args: string[]) =>
    readArguments(['--scenario', 'by-id', '--scenario', 'later', ...args]).blocks.flatMap(
      ({ secrets, pageSize, turns }) =>
        Object.entries(turns)
          .filter(([, { scenarios }]) => scenarios.includes('later'))
          .map(([contender, { scenarios }]) => [secrets, pageSize, contender, scenarios]),
    );
  const scenarios = ['first', 'by-id', 'later'];
  const thousand = [1000, 100].map((pageSize) => [1000, pageSize, 'voxsync', scenarios]);
  expect(turnsOf()).toEqual([thousand[0], thousand[1]]);
  expect(turnsOf('--full')).toEqual([thousand[0], thousand[1]]);
  expect(turnsOf('--quick')).toEqual([[100, 1000, 'voxsync', scenarios]]);
  expect(turnsOf('--contender', 'script')).toEqual([]);
  expect(turnsOf('--secrets', '100')).toEqual([]);
});

test('a loop of voxsync makes its passes on the calls of one, however often the block is repeated, and so does an id', async () => {
  const turn: Turn = { repeats: 2, scenarios: ['first', 'by-id', 'later'] };
  const onePass = { GetApplications: 1, GetSecrets: 1 };
  const block: Block = { secrets: 11, latencyMs: 0, pageSize: 1000, turns: { voxsync: turn } };
  const runs = await runBlock(block, () => {});
  expect(runs.map(({ scenario }) => scenario)).toEqual(['first', 'by-id', 'later', 'first', 'by-id']);
  const { calls, wallMs, passMs, peakMiB = 0 } = runs[2] ?? {};
  expect([runs[1]?.calls, calls]).toEqual([onePass, onePass]);
  expect(wallMs).toBe(passMs);
  expect(peakMiB).toBeGreaterThan(30);
});

test('contenders make the calls that they are said to make, and end with the same secrets', async () => {
  await bundlePrograms();
  const turn: Turn = { repeats: 1, scenarios: ['first', 'unchanged', 'rotated', 'removed'] };
  const turns = { voxsync: turn, script: turn, eight: turn, 'push-secret': turn };
  const block: Block = { secrets: 101, latencyMs: 0, pageSize: 1000, turns };
  const runs = await runBlock(block, () => {});
  const callsOf = (contender: string) =>
    runs.filter((run) => run.contender === contender).map(({ calls }) => calls);
  const script = [
    { GetSecrets: 1, AddSecret: 101 },
    { GetSecrets: 1, GetSecretValue: 101 },
    { GetSecrets: 1, GetSecretValue: 101, SetSecretInfo: 2 },
    { GetSecrets: 1, GetSecretValue: 99, DelSecret: 2 },
  ];
  expect(callsOf('script')).toEqual(script);
  expect(callsOf('eight')).toEqual(script);
  expect(callsOf('push-secret')).toEqual([
    { GetSecretValue: 101, AddSecret: 101 },
    { GetSecretValue: 101, GetSecrets: 101 },
    { GetSecretValue: 101, GetSecrets: 101, SetSecretInfo: 2 },
    { GetSecretValue: 101, GetSecrets: 101, DelSecret: 2 },
  ]);
  expect(callsOf('voxsync').slice(0, 3)).toEqual([
    { GetApplications: 2, GetSecrets: 2, AddSecret: 101 },
    { GetApplications: 1, GetSecrets: 1 },
    { GetApplications: 2, GetSecrets: 3, SetSecretInfo: 2 },
  ]);
  expect(runs.every(({ cpuMs = 0, peakMiB }) => cpuMs > 10 && peakMiB > 30)).toBe(true);
  expect(runs.every(({ contender, passMs }) => (passMs === undefined) === (contender !== 'voxsync'))).toBe(
    true,
  );
});

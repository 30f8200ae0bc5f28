// The fault matrix: every method, every fault, at the first, a middle and the last call, once or for good: no wrong write, the exit code of the README, and words that name the cause.
import { beforeAll, describe, expect, test } from 'vitest';
import type { EmulatorFault } from '../../src/emulator/emulator.ts';
import { exitCodeOfReport, problemsOf } from '../../src/reconcile/report.ts';
import {
  codeOf,
  exitCodeOf,
  listings,
  methods,
  unknownNumber,
  wordsFor,
  writes,
  type Cell,
} from './expected.ts';
import { modelOf, openScene, shownIn, wrongIn, type Model, type Ran, type SceneOptions } from './scene.ts';

const numbers = [
  1,
  2,
  4,
  100,
  101,
  127,
  162,
  314,
  340,
  416,
  447,
  456,
  484,
  493,
  496,
  499,
  512,
  515,
  558,
  unknownNumber,
];
const statuses = [500, 502, 503, 429, 401, 403];

const faults: readonly EmulatorFault[] = [
  ...numbers.map((code) => ({ kind: 'error', code }) as const),
  ...statuses.map((status) => ({ kind: 'http', status }) as const),
  ...(['html', 'reset-before', 'reset-after', 'hang', 'cut', 'truncated'] as const).map((kind) => ({ kind })),
];

/** Faults of which nobody would think that the write took effect. */
const committed: readonly EmulatorFault[] = [
  { kind: 'error', code: 2, isCommitted: true },
  { kind: 'error', code: 484, isCommitted: true },
  { kind: 'http', status: 503, isCommitted: true },
  { kind: 'html', isCommitted: true },
  { kind: 'hang', isCommitted: true },
];

/** Those that a listing over several pages is held to. */
const ofPages = new Set(['error 2', 'error 100', 'error 101', 'error 515', 'reset-before', 'cut']);

const counts = [1, 'all'] as const;

function textOf({ kind, code, status, isCommitted }: EmulatorFault): string {
  return [kind, code ?? status, isCommitted && 'with effect'].filter(Boolean).join(' ');
}

const rows = methods.flatMap((method) => {
  const own = writes.includes(method) ? [...faults, ...committed] : faults;
  return own.map((fault) => ({ method, fault, text: textOf(fault) }));
});

let model: Model;
let paged: Model;
const pages = { maxCount: 2 };
beforeAll(async () => {
  model = await modelOf();
  paged = await modelOf(pages);
});

/** Runs a pass into a fault, and one after it. */
async function meet(
  cell: Cell,
  nth: number,
  model: Model,
  switches: SceneOptions['switches'],
): Promise<void> {
  const { method, fault, count } = cell;
  // Long enough for an answer on a busy machine, where all but one are to come.
  const scene = await openScene({ switches, ...(fault.kind === 'hang' && { timeoutMs: 400 }) });
  try {
    scene.emulator.faults.add({ ...fault, method, nth, count });
    const ran = await scene.run();
    expect([...wrongIn(scene.rows(), model)]).toEqual([]);
    expectTelling(ran, cell);
    scene.emulator.faults.clear();
    // A process that saw nothing but failures asks no more for a while.
    if (count === 'all') await scene.restart();
    const { report: next } = await scene.run();
    expect([exitCodeOfReport(next), problemsOf(next)]).toEqual([0, []]);
    expect(shownIn(scene.rows())).toEqual(shownIn(model.after));
    expect(await scene.pending()).toBe(0);
  } finally {
    await scene.close();
  }
}

/** The exit code; the cause where there is one to tell, in the report and in the log. */
function expectTelling({ report, log }: Ran, cell: Cell): void {
  const exitCode = exitCodeOf(cell);
  const cause = { code: codeOf(cell), message: expect.stringMatching(wordsFor(cell)) };
  const problems = exitCode === 0 ? [] : expect.arrayContaining([expect.objectContaining(cause)]);
  expect({ exitCode: exitCodeOfReport(report), problems: problemsOf(report) }).toEqual({
    exitCode,
    problems,
  });
  const wrong = log.split('\n').filter((line) => line.includes('"problem":'));
  const named = wrong.filter((line) => wordsFor(cell).test(line));
  expect([wrong.length > 0, named.length > 0]).toEqual([exitCode !== 0, exitCode !== 0]);
}

/** At the first, a middle and the last call, once and for good; tells which of these went wrong. */
async function meetEverywhere(
  subject: Pick<Cell, 'method' | 'fault'>,
  model: Model,
  switches: SceneOptions['switches'] = {},
): Promise<readonly unknown[]> {
  const last = model.calls[subject.method] ?? 0;
  const nths = new Set([1, Math.ceil(last / 2), last]);
  const cells = [...nths].flatMap((nth) => counts.map((count) => ({ nth, count })));
  const met = cells.map(async ({ nth, count }) => {
    await meet({ ...subject, count }, nth, model, switches).catch((cause: unknown) => {
      throw new Error(`from ${nth} of ${last}, ${count}: ${String(cause)}`, { cause });
    });
  });
  return (await Promise.allSettled(met)).filter(({ status }) => status === 'rejected');
}

describe('a pass that meets', () => {
  test('no fault calls every method often enough to have a first, a middle and a last call', () => {
    expect(methods.filter((method) => (model.calls[method] ?? 0) < 3)).toEqual([]);
    expect(listings.filter((method) => (paged.calls[method] ?? 0) < 3)).toEqual([]);
  });

  test.each(rows)('$method: $text', async ({ method, fault }) => {
    expect(await meetEverywhere({ method, fault }, model)).toEqual([]);
  });

  test.each(rows.filter(({ method, text }) => listings.includes(method) && ofPages.has(text)))(
    '$method, over several pages: $text',
    async ({ method, fault }) => {
      expect(await meetEverywhere({ method, fault }, paged, pages)).toEqual([]);
    },
  );
});

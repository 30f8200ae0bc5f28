// All that a bench has measured, as it goes into JSON, and the sums that tables and verdicts share.
import type { Extent } from './blocks.ts';
import { boundOfCalls, boundOfTask } from './bounds.ts';
import { contenders } from './contenders/all.ts';
import { contenderIds } from './contenders/contender.ts';
import type { Peaks } from './memory.ts';
import { median, medianBy } from './numbers.ts';
import type { Run } from './runs.ts';
import type { PlanCost, ScaleRun } from './scale.ts';
import { scenarioIds } from './scenarios.ts';
import type { SourceResults } from './sources.ts';
import type { Starts } from './starts.ts';

export interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly platform: string;
}

/** What was not run is not there. */
export interface Results {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly machine: Machine;
  readonly extent: Extent;
  readonly runs: readonly Run[];
  readonly starts?: Starts | undefined;
  readonly peaks?: Peaks | undefined;
  readonly scale?: readonly ScaleRun[] | undefined;
  readonly plan?: PlanCost | undefined;
  readonly sources?: SourceResults | undefined;
}

/** A run that stands for its repeats, with what follows from it. */
export interface Row extends Run {
  readonly repeats: number;
  readonly valueReads: number;
  readonly writes: number;
  readonly boundMs: number;
  /** Wall time to latency bound. */
  readonly ratio: number;
}

/** Which runs belong together. */
type Key = Pick<Run, 'secrets' | 'pageSize' | 'scenario' | 'contender'>;

/** One row for each contender, scenario and block. */
export function rowsOf(runs: readonly Run[]): readonly Row[] {
  const blocks = [...new Map(runs.map((run) => [`${run.secrets} ${run.pageSize}`, run])).values()];
  return blocks.flatMap(({ secrets, pageSize }) =>
    scenarioIds.flatMap((scenario) =>
      contenderIds.flatMap((contender) => rowOf(runs, { secrets, pageSize, scenario, contender }) ?? []),
    ),
  );
}

/** The run of the median wall time, with the median of what voxsync says of its passes; `undefined` without any run. */
export function rowOf(
  runs: readonly Run[],
  { secrets, pageSize, scenario, contender }: Key,
): Row | undefined {
  const repeats = runs
    .filter((run) => run.secrets === secrets && run.pageSize === pageSize)
    .filter((run) => run.scenario === scenario && run.contender === contender);
  if (repeats.length === 0) return undefined;
  const run = medianBy(repeats, ({ wallMs }) => wallMs);
  const passes = repeats.flatMap(({ passMs }) => passMs ?? []);
  const boundMs = boundOf(run);
  return {
    ...run,
    ...(passes.length > 0 && { passMs: median(passes) }),
    repeats: repeats.length,
    valueReads: run.calls['GetSecretValue'] ?? 0,
    writes: writesIn(run.calls),
    boundMs,
    ratio: run.wallMs / boundMs,
  };
}

export function writesIn(calls: Run['calls']): number {
  const { AddSecret = 0, SetSecretInfo = 0, DelSecret = 0 } = calls;
  return AddSecret + SetSecretInfo + DelSecret;
}

function boundOf(run: Run): number {
  const { contender, calls, latencyMs } = run;
  if (contender === 'voxsync') return boundOfTask(run);
  return boundOfCalls(calls, contenders[contender].concurrency, latencyMs);
}

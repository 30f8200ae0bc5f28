// All that a bench has measured, as it goes into JSON, and the sums that tables and verdicts share.
import type { Extent } from './blocks.ts';
import { boundOfCalls, boundOfTask } from './bounds.ts';
import { contenders } from './contenders/all.ts';
import { contenderIds } from './contenders/contender.ts';
import type { Peaks } from './memory.ts';
import { medianBy } from './numbers.ts';
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

/** The run of the median wall time for each contender, scenario and number of secrets. */
export function rowsOf(runs: readonly Run[]): readonly Row[] {
  const sizes = [...new Set(runs.map(({ secrets }) => secrets))];
  return sizes.flatMap((secrets) =>
    scenarioIds.flatMap((scenario) =>
      contenderIds.flatMap((contender) => {
        const row = rowOf(runs, { secrets, scenario, contender });
        return row === undefined ? [] : [row];
      }),
    ),
  );
}

/** One row, when it was run. */
export function rowOf(
  runs: readonly Run[],
  { secrets, scenario, contender }: Pick<Run, 'secrets' | 'scenario' | 'contender'>,
): Row | undefined {
  const repeats = runs.filter(
    (run) => run.secrets === secrets && run.scenario === scenario && run.contender === contender,
  );
  if (repeats.length === 0) return undefined;
  const run = medianBy(repeats, ({ wallMs }) => wallMs);
  const boundMs = boundOf(run);
  return {
    ...run,
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

function boundOf({ contender, scenario, secrets, latencyMs, calls }: Run): number {
  if (contender === 'voxsync') return boundOfTask(scenario, secrets, latencyMs);
  return boundOfCalls(calls, contenders[contender].concurrency, latencyMs);
}

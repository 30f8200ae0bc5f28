// What is run: how many secrets, at which latency, who takes part, and what is left out and why.
import type { ContenderId } from './contenders/contender.ts';
import { commonScenarioIds, ownScenarioIds, type ScenarioId } from './scenarios.ts';

/** How much of everything: `quick` to see that it works, `full` for numbers to publish. */
export type Extent = 'quick' | 'default' | 'full';

/** What one contender does in a block. */
export interface Turn {
  readonly repeats: number;
  readonly scenarios: readonly ScenarioId[];
}

/** One number of secrets at one latency. */
export interface Block {
  readonly secrets: number;
  readonly latencyMs: number;
  /** The largest page of a listing. */
  readonly pageSize: number;
  readonly turns: Readonly<Partial<Record<ContenderId, Turn>>>;
  /** Stands under the table. */
  readonly leftOut?: string;
}

const once: Turn = { repeats: 1, scenarios: commonScenarioIds };
/** A pass of a tenth of a second is easily disturbed. */
const fiveTimes: Turn = { repeats: 5, scenarios: commonScenarioIds };
const thrice: Turn = { repeats: 3, scenarios: commonScenarioIds };
const twoScenarios: Turn = { repeats: 1, scenarios: ['first', 'unchanged'] };

/** The turn of voxsync where what it alone has stands beside the rest. */
function withOwn(turn: Turn): Turn {
  return { ...turn, scenarios: [...turn.scenarios, ...ownScenarioIds] };
}

/** Several pages, to see that they are read side by side. */
const smallPages: Block = {
  secrets: 1000,
  latencyMs: 50,
  pageSize: 100,
  turns: { voxsync: withOwn({ ...twoScenarios, repeats: 5 }), eight: twoScenarios },
  leftOut: 'only first syncs and unchanged passes, for the time that a listing of several pages takes.',
};

export const blocks: Readonly<Record<Extent, readonly Block[]>> = {
  quick: [
    {
      secrets: 100,
      latencyMs: 5,
      pageSize: 1000,
      turns: { voxsync: withOwn(once), script: once, eight: once, 'push-secret': once },
      leftOut: 'quick, so 5 ms of latency; larger numbers and real sources are left out.',
    },
  ],
  default: [
    {
      secrets: 100,
      latencyMs: 50,
      pageSize: 1000,
      turns: { voxsync: once, script: once, eight: once, 'push-secret': once },
    },
    {
      secrets: 1000,
      latencyMs: 50,
      pageSize: 1000,
      turns: { voxsync: withOwn(once), eight: once },
      leftOut:
        'those that go one by one are left out (a minute or two for each scenario; their calls grow with the secrets); `--full` runs them.',
    },
    smallPages,
    {
      secrets: 10_000,
      latencyMs: 5,
      pageSize: 1000,
      turns: { voxsync: twoScenarios, eight: twoScenarios },
      leftOut:
        'at 5 ms, so CPU time counts for more than latency; those that go one by one and three scenarios are left out; `--full` runs more.',
    },
  ],
  full: [
    {
      secrets: 100,
      latencyMs: 50,
      pageSize: 1000,
      turns: { voxsync: thrice, script: once, eight: thrice, 'push-secret': once },
    },
    {
      secrets: 1000,
      latencyMs: 50,
      pageSize: 1000,
      turns: { voxsync: withOwn(fiveTimes), script: once, eight: thrice, 'push-secret': once },
    },
    smallPages,
    {
      secrets: 10_000,
      latencyMs: 5,
      pageSize: 1000,
      turns: { voxsync: once, script: twoScenarios, eight: once, 'push-secret': twoScenarios },
      leftOut:
        'at 5 ms, so CPU time counts for more than latency; those that go one by one leave out the last three scenarios, which cost them what `unchanged` costs.',
    },
  ],
};

/** How many applications of a hundred secrets each voxsync alone is given. */
export const applicationCounts: Readonly<Record<Extent, number>> = { quick: 20, default: 100, full: 1000 };

/** How often each start is timed. */
export const startRounds: Readonly<Record<Extent, number>> = { quick: 5, default: 11, full: 21 };

// What a pass works with, what is asked of it, and what it knows before it writes.
import type { Plan } from '../plan/plan.ts';
import type { Rules } from '../plan/rules.ts';
import type { SecretBox } from '../secret/box.ts';
import type { Target } from '../target/target.ts';
import type { ApplicationPattern } from './applications.ts';
import type { Ground } from './apply-plan.ts';
import type { Evidence } from './evidence.ts';
import type { Mapping } from './mapping.ts';
import type { Outcome } from './outcome.ts';
import type { Sources } from './readings.ts';
import type { Failure, Targets } from './sites.ts';
import type { Shard } from './shard.ts';
import type { Sightings } from './sightings.ts';
import type { Templates } from './template.ts';

/** What a pass works with; the same from pass to pass. */
export interface PassSetup {
  readonly mappings: readonly Mapping[];
  readonly sources: Sources;
  readonly targets: Targets;
  readonly templates: Templates;
  readonly rules: Omit<Rules, 'keyTag' | 'now'>;
  /** Kept between passes. */
  readonly sightings: Sightings;
  readonly clock: () => Date;
}

/** What is asked of one pass. */
export interface PassRequest {
  readonly isDryRun: boolean;
  /** A plan id that may pass the guard. */
  readonly acknowledged?: string | undefined;
  readonly stopping: AbortSignal;
  readonly aborting: AbortSignal;
  /** Applications to keep to, by name, id or glob; all of the config's without it. */
  readonly only?: readonly ApplicationPattern[] | undefined;
  /** The share of the applications that this process works on; all of them without it. */
  readonly shard?: Shard | undefined;
  /** Called before anything is applied. */
  readonly onPlan?: ((prepared: Prepared) => void) | undefined;
  readonly onStage?: ((stage: Stage) => void) | undefined;
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined;
  /** Called with everything that was read or composed, for a log that strikes it out. */
  readonly onValue?: ((value: SecretBox) => void) | undefined;
}

export type Stage = 'reading' | 'planning' | 'applying';

/** A plan, and all that is needed to apply it. */
export interface Proposal {
  readonly startedAt: Date;
  readonly evidence: readonly Ground[];
  readonly plan: Plan;
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
  /** What else there is to say to a person who looks at the plan. */
  readonly notes?: readonly string[] | undefined;
}

/** The first half of a pass: all that is known, and the plan that follows from it. Nothing is written. */
export interface Prepared extends Proposal {
  readonly evidence: readonly Evidence[];
}

/** The rules for one account. Markers hold the server's time, so that passes on machines with different clocks agree. */
export function rulesFor(target: Target, setup: PassSetup): Rules {
  return { ...setup.rules, keyTag: target.keys.tag, now: target.now() };
}

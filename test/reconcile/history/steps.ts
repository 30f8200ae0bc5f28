// The steps of a history: what may happen to sources, config, applications and passes. A small world, so that they meet.
import fc from 'fast-check';
import type { Config, Finding, SourceId, Use } from './config.ts';
import { applicationIds, sourceIds } from './config.ts';
import { modes, type Mode } from './contents.ts';
import { faultKinds, type Fault } from './faults.ts';
import { secretNames } from './scene.ts';

/** What a person does in the control panel: adds a secret, or does something to one that is there, counted from the first. */
export type Edit =
  | { readonly act: 'add'; readonly application: number; readonly name: string }
  | { readonly act: 'value' | 'text' | 'cut' | 'empty' | 'delete'; readonly row: number };

export type SourceStep =
  | {
      readonly kind: 'set' | 'delete' | 'lose' | 'restore';
      readonly source: SourceId;
      readonly secret: string;
    }
  | { readonly kind: 'rename'; readonly source: SourceId; readonly secret: string; readonly to: string }
  | { readonly kind: 'mode'; readonly source: SourceId; readonly mode: Mode };

export type ConfigStep =
  | { readonly kind: 'use'; readonly name: string; readonly use: Use | undefined }
  | { readonly kind: 'find'; readonly index: 0 | 1; readonly finding: Finding | undefined }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'rules'; readonly rules: Partial<Config['rules']> };

export interface Pass {
  readonly kind: 'pass';
  /** How long after the step before, in seconds. */
  readonly wait: number;
  readonly isForgetful: boolean;
  readonly fault?: Fault | undefined;
  /** What somebody does in the middle of it, where that is the fault. */
  readonly edit?: Edit | undefined;
}

export type Step =
  | SourceStep
  | ConfigStep
  | Pass
  | { readonly kind: 'edit'; readonly edit: Edit }
  | { readonly kind: 'restart' };

const source = fc.constantFrom(...sourceIds);
const secret = fc.constantFrom(...secretNames);
const kind = <K extends string>(value: K) => fc.constant(value);
const row = fc.nat(5);

const additions: fc.Arbitrary<Edit> = fc.record({
  act: fc.constant('add' as const),
  application: fc.constantFrom(...applicationIds),
  name: fc.constantFrom('A', 'A_U', 'N_A', 'X', 'STRANGER'),
});
const edits: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 1, arbitrary: additions },
  { weight: 2, arbitrary: fc.record({ act: kind('value'), row }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('text', 'cut', 'empty', 'delete'), row }) },
);
/** In the middle of a pass only what a pass can notice: nothing in the API says "only if it is still so". */
const editsMeanwhile: fc.Arbitrary<Edit> = fc.oneof(
  additions,
  fc.record({ act: fc.constantFrom('value', 'delete'), row }),
);

const uses: fc.Arbitrary<Use> = fc.record({ source, secret, isWrapped: fc.boolean() });
const findings: fc.Arbitrary<Finding> = fc.record({
  source,
  prefix: fc.constantFrom('', 'a'),
  nameStart: fc.constantFrom('', 'N_'),
  exclude: fc.constantFrom([], [], ['b']),
  isSpread: fc.constantFrom(false, false, true),
});
const rules: fc.Arbitrary<Partial<Config['rules']>> = fc.oneof(
  fc.record({ policy: fc.constantFrom('sync', 'sync', 'upsert-only', 'create-only') }),
  fc.record({ owner: fc.constantFrom('us', 'us', 'them') }),
  fc.record({ onConflict: fc.constantFrom('skip', 'adopt-if-equal', 'overwrite') }),
  fc.record({ graceSeconds: fc.constantFrom(0, 600, 3600) }),
);

const wait = fc.constantFrom(10, 300, 700, 4000);
const passes: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: kind('pass'), wait, isForgetful: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('pass'),
      wait,
      isForgetful: fc.boolean(),
      fault: fc.record({
        kind: fc.constantFrom(...faultKinds),
        on: fc.constantFrom('read', 'write'),
        at: fc.nat(5),
      }),
      edit: editsMeanwhile,
    }),
  },
);

const changes: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: kind('set'), source, secret }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('delete', 'lose', 'restore'), source, secret }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('rename'), source, secret, to: secret }) },
  { weight: 5, arbitrary: fc.record({ kind: kind('mode'), source, mode: fc.constantFrom(...modes) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('use'),
      name: fc.constantFrom('A', 'X'),
      use: fc.option(uses, { nil: undefined }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: kind('find'),
      index: fc.constantFrom(0, 0, 1),
      finding: fc.option(findings, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('text'), text: fc.constantFrom('', 'one', 'two') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('rules'), rules }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('edit'), edit: edits }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('restart') }) },
);

/** Histories of up to thirty steps, half of them passes. */
export const histories: fc.Arbitrary<readonly Step[]> = fc.array(fc.oneof(changes, passes), {
  minLength: 4,
  maxLength: 30,
  size: 'max',
});

// The command line of the bench.
import { parseArgs } from 'node:util';
import { blocks, type Block, type Extent, type Turn } from './blocks.ts';
import { contenderIds, type ContenderId } from './contenders/contender.ts';
import { scenarioIds, type ScenarioId } from './scenarios.ts';

const parts = ['scenarios', 'starts', 'memory', 'scale', 'sources'] as const;

export type Part = (typeof parts)[number];

export interface Wish {
  readonly extent: Extent;
  readonly parts: readonly Part[];
  readonly blocks: readonly Block[];
  /** Where to write the results as JSON. */
  readonly json: string | undefined;
  /** Whether to renew the table of the project's README. */
  readonly isForReadme: boolean;
}

/** Reads the arguments. Throws on one that it does not know. */
export function readArguments(args: readonly string[]): Wish {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      json: { type: 'string' },
      readme: { type: 'boolean', default: false },
      part: { type: 'string', multiple: true, default: [] },
      secrets: { type: 'string', multiple: true, default: [] },
      scenario: { type: 'string', multiple: true, default: [] },
      contender: { type: 'string', multiple: true, default: [] },
    },
  });
  const extent = values.full ? 'full' : values.quick ? 'quick' : 'default';
  const wanted = {
    secrets: values.secrets.map(Number),
    scenarios: known(values.scenario, scenarioIds),
    contenders: known(values.contender, contenderIds),
  };
  const isNarrowed = [values.secrets, values.scenario, values.contender].some((list) => list.length > 0);
  const chosen = known(values.part, parts);
  return {
    extent,
    parts: partsOf(chosen, extent, isNarrowed && values.part.length === 0),
    blocks: blocks[extent].flatMap((block) => narrowed(block, wanted)),
    json: values.json,
    isForReadme: values.readme,
  };
}

/** Sources take a minute, whatever the extent; and who wants one scenario wants no more. */
function partsOf(chosen: readonly Part[], extent: Extent, isForScenarios: boolean): readonly Part[] {
  if (isForScenarios) return ['scenarios'];
  return chosen === parts && extent === 'quick' ? parts.filter((part) => part !== 'sources') : chosen;
}

/** All of them where none is named. */
function known<T extends string>(words: readonly string[], all: readonly T[]): readonly T[] {
  const found = all.filter((one) => words.includes(one));
  const unknown = words.filter((word) => !all.some((one) => one === word));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: not one of ${all.join(', ')}`);
  return words.length === 0 ? all : found;
}

interface Wanted {
  readonly secrets: readonly number[];
  readonly scenarios: readonly ScenarioId[];
  readonly contenders: readonly ContenderId[];
}

/** Every scenario begins where the first one ends, so that one is always run. */
function narrowed(block: Block, { secrets, scenarios, contenders }: Wanted): readonly Block[] {
  if (secrets.length > 0 && !secrets.includes(block.secrets)) return [];
  const isWanted = (scenario: ScenarioId) => scenario === 'first' || scenarios.includes(scenario);
  const turns = contenderIds.flatMap((contender): readonly (readonly [ContenderId, Turn])[] => {
    const turn = block.turns[contender];
    if (turn === undefined || !contenders.includes(contender)) return [];
    return [[contender, { ...turn, scenarios: turn.scenarios.filter(isWanted) }]];
  });
  return turns.length === 0 ? [] : [{ ...block, turns: Object.fromEntries(turns) }];
}

// What every pass keeps to, at the end of any history: of order, of values in what is shown, and of what is left to do.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/plan/change.ts';
import { planJson } from '../../src/plan/render/json.ts';
import { planMarkdown } from '../../src/plan/render/markdown.ts';
import { planLines } from '../../src/plan/render/text.ts';
import type { Mapping } from '../../src/reconcile/mapping.ts';
import type { PassSetup } from '../../src/reconcile/setup.ts';
import type { Report } from '../../src/reconcile/report.ts';
import type { Discovery, Source } from '../../src/sources/source.ts';
import type { Target } from '../../src/target/target.ts';
import type { Player } from './history/play.ts';
import { playUntilNow } from './history/play.ts';
import { histories } from './history/steps.ts';
import { decisionsOf } from './world.ts';

/** On a busy machine. */
const timeoutMs = 180_000;

const changesOf = ({ plan }: Report): readonly Change[] =>
  plan.applications.flatMap(({ changes }) => changes);
const namesOf = (report: Report, reason: string): ReadonlySet<string> =>
  new Set(decisionsOf(report).flatMap((text) => (text.endsWith(` ${reason}`) ? text.split(' ')[1]! : [])));

const always = (check: (player: Player) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(histories, async (history) => check(await playUntilNow(history))),
    { numRuns: 60 },
  );

describe('the plan after a pass', () => {
  it(
    'has nothing to do but to end moves, and after two more passes nothing at all',
    async () => {
      await always(async (player) => {
        const first = await player.pass(true);
        const second = await player.pass(true);
        const unfinished = namesOf(first, 'move-unfinished');
        expect(changesOf(second).filter(({ name }) => !unfinished.has(name))).toEqual([]);
        await player.pass(true);
        expect(changesOf(await player.dryRun())).toEqual([]);
      });
    },
    timeoutMs,
  );
});

describe('the order', () => {
  it(
    'of mappings, secrets, rows and found secrets means nothing',
    async () => {
      await always(async (player) => {
        const straight = await player.dryRun();
        const { setup } = player.world;
        player.world.setup = await turned(setup);
        const reversed = await player.world.run({ isDryRun: true });
        expect(decisionsOf(reversed).toSorted()).toEqual(decisionsOf(straight).toSorted());
        expect(reversed.plan.id).toBe(straight.plan.id);
      });
    },
    timeoutMs,
  );
});

describe('what is shown of a plan', () => {
  it(
    'holds no value, and is the same whatever the values are',
    async () => {
      const canary = 'canary-'.repeat(9);
      await fc.assert(
        fc.asyncProperty(histories, async (history) => {
          const [plain, dressed] = await Promise.all([
            playUntilNow(history).then((player) => player.dryRun()),
            playUntilNow(history, (value) => `${canary}${value.length}${value}`).then((player) =>
              player.dryRun(),
            ),
          ]);
          expect(shown(dressed)).toBe(shown(plain));
          expect(shown(dressed)).not.toContain('canary');
        }),
        { numRuns: 60 },
      );
    },
    timeoutMs,
  );
});

/** Everything that can be shown of a plan, but for its id, which depends on versions. */
function shown({ plan }: Report): string {
  const plain = (text: string) => text;
  const paint = { good: plain, change: plain, bad: plain, faint: plain, strong: plain };
  const texts = [...planLines(plan, paint), ...planMarkdown(plan), ...planJson(plan, [])];
  return texts.join('\n').replaceAll(plan.id, 'PLAN');
}

async function turned(setup: PassSetup): Promise<PassSetup> {
  const target = await setup.targets.get('main');
  return {
    ...setup,
    mappings: setup.mappings.toReversed().map(turnedMapping),
    sources: new Map([...setup.sources].toReversed().map(([id, source]) => [id, turnedSource(source)])),
    targets: new Map([['main', turnedTarget(target!)]]),
  };
}

function turnedMapping(mapping: Mapping): Mapping {
  return Object.assign(
    { ...mapping },
    {
      secrets: mapping.secrets.toReversed(),
      discoveries: mapping.discoveries.toReversed(),
    },
  );
}

function turnedSource(source: Source): Source {
  const discover: Source['discover'] = async (query, signal): Promise<Discovery> => {
    const answer = await source.discover(query, signal);
    if (answer.state !== 'listed') return answer;
    return { ...answer, found: answer.found.toReversed(), gone: answer.gone.toReversed() };
  };
  return { ...source, discover };
}

function turnedTarget(target: Target): Target {
  const list: Target['list'] = async (application, care, signal) => {
    const { rows, isWhole } = await target.list(application, care, signal);
    return { rows: rows.toReversed(), isWhole };
  };
  const applications: Target['applications'] = async (care, signal) => {
    const { rows, isWhole } = await target.applications(care, signal);
    return { rows: rows.toReversed(), isWhole };
  };
  return { ...target, list, applications };
}

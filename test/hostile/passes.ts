// Passes of a run over real adapters, and everything that they say.
import { inspect } from 'node:util';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { createLogger } from '../../src/observe/logger.ts';
import { logOutcome, logReport } from '../../src/observe/pass-log.ts';
import type { Paint } from '../../src/plan/render/text.ts';
import { planLines } from '../../src/plan/render/text.ts';
import { templateTexts, type Mapping } from '../../src/reconcile/mapping.ts';
import type { PassSetup } from '../../src/reconcile/setup.ts';
import { runPass } from '../../src/reconcile/pass.ts';
import type { Report } from '../../src/reconcile/report.ts';
import { Sightings } from '../../src/reconcile/sightings.ts';
import { loadTemplates } from '../../src/reconcile/template.ts';
import { SecretBox } from '../../src/secret/box.ts';
import { openVoximplantTarget } from '../../src/target/voximplant/target.ts';
import { owner } from './scene.ts';
import type { SourceSide } from './side.ts';

/** What runs of one story have in common. */
export interface Ground {
  readonly emulator: Emulator;
  readonly side: SourceSide;
  readonly rules: Pick<PassSetup['rules'], 'onConflict' | 'graceSeconds' | 'drift'>;
}

export interface PassPlan {
  readonly mappings: readonly Mapping[];
  readonly isDryRun?: boolean;
  /** Where the two sides are asked; the real addresses without it. A pass with it is impatient. */
  readonly endpoints?: { readonly target: string; readonly source: string };
}

export interface Passed {
  readonly report: Report;
  /** All that a person or a log may see of the pass. */
  readonly texts: readonly string[];
}

/** A process of its own: nothing is known from earlier passes. Throws what the pass throws. */
export async function runOnce(
  ground: Ground,
  { mappings, isDryRun = false, endpoints }: PassPlan,
): Promise<Passed> {
  const { emulator, side, rules } = ground;
  const isHostile = endpoints !== undefined;
  const target = await openVoximplantTarget({
    id: 'main',
    credentials: new SecretBox(JSON.stringify(emulator.credentials)),
    endpoint: endpoints?.target ?? emulator.url,
    retry: { attempts: isHostile ? 3 : 5, minDelayMs: 1, maxDelayMs: 4 },
    coolDownMs: 2,
    timeoutMs: isHostile ? 600 : 20_000,
  });
  const source = await side.open(endpoints?.source ?? side.upstream ?? '', isHostile ? 'short' : 'long');
  const setup: PassSetup = {
    mappings,
    sources: new Map([['source', source]]),
    targets: new Map([['main', target]]),
    templates: await loadTemplates(mappings.flatMap(templateTexts).map(([, text]) => text)),
    rules: { owner, policy: 'sync', guard: { maxDeletes: {}, maxUpdates: {} }, ...rules },
    sightings: new Sightings(),
    clock: () => new Date(),
  };
  try {
    return await tell(setup, isDryRun);
  } finally {
    await source.close();
    await target.close();
  }
}

/** No mask strikes anything out: what is seen here, only the box has kept. */
async function tell(setup: PassSetup, isDryRun: boolean): Promise<Passed> {
  const texts: string[] = [];
  const logger = createLogger({ level: 'trace', format: 'json', write: (line) => void texts.push(line) });
  const { signal } = new AbortController();
  const report = await runPass(setup, {
    isDryRun,
    stopping: signal,
    aborting: signal,
    onOutcome: (outcome) => logOutcome(logger, outcome),
  });
  logReport(logger, report);
  const plain: Paint = { good: String, change: String, bad: String, faint: String, strong: String };
  texts.push(...planLines(report.plan, plain), inspect(report, { depth: Infinity }));
  return { report, texts };
}

// `voxsync plan`: what `sync` would do. Writes nothing.
import { exitCodes } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { planJson } from '../plan/render/json.ts';
import { hasChanges, hasRefusals } from '../plan/render/labels.ts';
import { summarise } from '../plan/summary.ts';
import { planMarkdown } from '../plan/render/markdown.ts';
import { planLines } from '../plan/render/text.ts';
import { logReport } from '../observe/pass-log.ts';
import type { ApplicationPattern } from '../reconcile/applications.ts';
import type { Report } from '../reconcile/report.ts';
import { exitCodeOfReport } from '../reconcile/report.ts';
import { failureLines } from './failures.ts';
import type { Io } from './io.ts';
import { writeLines } from './io.ts';
import { runOnce } from './once.ts';
import { paintFor } from './paint.ts';
import type { SessionOptions } from './session.ts';
import { readShard } from './shard.ts';

export interface PlanOptions extends SessionOptions {
  readonly output: 'text' | 'json' | 'markdown';
  readonly detailedExitcode?: boolean | undefined;
  readonly application?: readonly ApplicationPattern[] | undefined;
  readonly shard?: string | undefined;
  readonly verifyValues?: boolean | undefined;
}

/** Prints the plan and tells the exit code. */
export async function planCommand(options: PlanOptions, io: Io): Promise<number> {
  const { report, logger } = await runOnce(options, io, {
    isDryRun: true,
    only: options.application,
    shard: readShard(options.shard, io),
    isVerifying: options.verifyValues,
  });
  logReport(logger, report);
  writeLines(io.out, linesOf(report, options.output, io));
  const exitCode = exitCodeOfReport(report);
  const isPending =
    exitCode === exitCodes.converged && options.detailedExitcode === true && hasChanges(report.plan);
  return isPending ? exitCodes.changesPending : exitCode;
}

function linesOf({ plan, failures }: Report, output: PlanOptions['output'], io: Io): Iterable<string> {
  if (output === 'json') return planJson(plan, failures);
  return output === 'markdown' ? markdownLines(plan, failures) : textLines(plan, failures, io);
}

/** What could not be looked at comes first: without it, an empty plan would read as all being well. */
function* markdownLines(plan: Plan, failures: Report['failures']): Generator<string> {
  for (const { problem } of failures) yield* [`**Error**: ${problem.message}. ${problem.hint}`, ''];
  yield* planMarkdown(plan);
}

function* textLines(plan: Plan, failures: Report['failures'], io: Io): Generator<string> {
  const paint = paintFor(io);
  yield* failureLines(failures, paint);
  yield* planLines(plan, paint, failures.length);
  if (summarise(plan).orphan > 0) yield paint.faint(orphansText);
  const next = nextText(plan);
  if (next !== undefined) yield paint.faint(next);
}

const orphansText = '`voxsync orphans` lists the orphans, and releases or deletes those that you name.';

/** What the id is of, and which command applies what; `undefined` where there is nothing to apply. */
function nextText(plan: Plan): string | undefined {
  const { id } = plan;
  const [isPending, isRefused] = [hasChanges(plan), hasRefusals(plan)];
  if (!isRefused)
    return isPending ? `Plan id ${id}. Nothing was written; \`voxsync sync\` applies it.` : undefined;
  const rest = isPending ? '`voxsync sync` applies the rest and exits with 7, ' : '';
  const all = `\`voxsync sync --acknowledge ${id}\` applies ${isPending ? 'these too' : 'them'}`;
  return `Plan id ${id} names the changes that the guard refused. Nothing was written; ${rest}${all}.`;
}

// Commands that a person answers for: what would be done is shown, and done when they agree, on the terminal or by `--yes`.
import { exitCodes, VoxsyncError } from '../errors.ts';
import { logReport } from '../observe/pass-log.ts';
import type { Plan } from '../plan/plan.ts';
import { hasChanges } from '../plan/render/labels.ts';
import { planLines } from '../plan/render/text.ts';
import type { ApplicationPattern } from '../reconcile/applications.ts';
import type { PassRequest, PassSetup, Proposal } from '../reconcile/setup.ts';
import { finishPass } from '../reconcile/pass.ts';
import type { Report } from '../reconcile/report.ts';
import { exitCodeOfReport } from '../reconcile/report.ts';
import { closingLines } from './closing.ts';
import { failureLines } from './failures.ts';
import type { Io } from './io.ts';
import { writeLines } from './io.ts';
import { requestFor, withProgress } from './once.ts';
import { paintFor } from './paint.ts';
import type { SessionOptions } from './session.ts';
import { openSession, withComposition } from './session.ts';

export interface AgreementOptions extends SessionOptions {
  readonly application?: readonly ApplicationPattern[] | undefined;
  readonly yes?: boolean | undefined;
}

/** Reads and plans; writes nothing. */
export type Prepare = (setup: PassSetup, request: PassRequest) => Promise<Proposal>;

/** Shows, asks, applies, and tells the exit code. */
export async function runAgreed(options: AgreementOptions, io: Io, prepare: Prepare): Promise<number> {
  const session = await openSession(options, io, io.err);
  const report = await withComposition(session, async ({ setup }) => {
    const step = <T>(isDryRun: boolean, work: (request: PassRequest) => Promise<T>): Promise<T> =>
      withProgress(io, (progress) =>
        work(requestFor({ isDryRun, only: options.application }, session, io, progress)),
      );
    const look = () => step(true, (request) => prepare(setup, request));
    const { proposal, isAgreed } = await agree(look, options, io);
    return step(!isAgreed, (request) => finishPass(proposal, setup, request));
  });
  logReport(session.logger, report);
  writeLines(io.out, closingLines(report, 'Nothing was written.', paintFor(io)));
  return io.interruption.exitCode() ?? exitCodeOf(report);
}

interface Answer {
  readonly proposal: Proposal;
  readonly isAgreed: boolean;
}

/**
 * Shows what `look` gives until a person says yes or no to it. A person takes their time, so after a yes it is looked
 * once more, and only the plan that was agreed to is applied: another one is shown and asked about anew.
 */
async function agree(look: () => Promise<Proposal>, { yes }: AgreementOptions, io: Io): Promise<Answer> {
  let proposal = await look();
  show(proposal, io);
  if (yes === true) return { proposal, isAgreed: true };
  while (hasChanges(proposal.plan)) {
    if (!(await isAnsweredYes(proposal.plan, io))) return { proposal, isAgreed: false };
    const again = await look();
    if (again.plan.id === proposal.plan.id) return { proposal: again, isAgreed: true };
    io.err('Something has changed meanwhile. This is the plan now:\n');
    show(again, io);
    proposal = again;
  }
  return { proposal, isAgreed: true };
}

function show({ plan, failures, notes = [] }: Proposal, io: Io): void {
  const paint = paintFor(io);
  writeLines(io.out, failureLines(failures, paint));
  const unseen = failures.filter(({ name }) => name === undefined);
  writeLines(io.out, planLines(plan, paint, unseen.length));
  writeLines(io.out, notes);
}

async function isAnsweredYes(plan: Plan, io: Io): Promise<boolean> {
  if (io.ask === undefined) {
    throw new VoxsyncError('usage-invalid', 'nothing was written: there is no terminal to ask on', {
      hint: 'Read the plan above. The same command with `--yes` applies it.',
    });
  }
  const count = plan.applications.reduce((sum, { changes }) => sum + changes.length, 0);
  const answer = await io.ask(
    `${count === 1 ? 'Apply this change' : `Apply these ${count} changes`}? [y/N] `,
  );
  return answer !== undefined && /^y(?:es)?$/i.test(answer.trim());
}

/** A no leaves things as they are, which is not what the command was called for. */
function exitCodeOf(report: Report): number {
  const code = exitCodeOfReport(report);
  return report.isDryRun && code === exitCodes.converged ? exitCodes.someFailed : code;
}

// What the log tells of a pass: a line for each thing that happened or did not, and one `pass finished` with the counts.
import type { Change, Decision, Standing } from '../plan/change.ts';
import { acknowledgementText, referenceText } from '../plan/render/labels.ts';
import type { Outcome } from '../reconcile/outcome.ts';
import type { Report } from '../reconcile/report.ts';
import { countsOf, exitCodeOfReport } from '../reconcile/report.ts';
import type { Failure } from '../reconcile/sites.ts';
import type { Logger, LogLevel } from './logger.ts';

const doneMessages = {
  create: 'secret created',
  update: 'secret updated',
  adopt: 'secret adopted',
  delete: 'secret deleted',
  release: 'secret released',
} as const satisfies Record<Change['kind'], string>;

const standingMessages = {
  none: 'secret in sync',
  skip: 'secret skipped',
  hold: 'secret held',
  conflict: 'secret in conflict',
  orphan: 'secret orphaned',
} as const satisfies Record<Standing['kind'], string>;

const standingLevels = {
  none: 'trace',
  skip: 'info',
  hold: 'warn',
  conflict: 'warn',
  orphan: 'info',
} as const satisfies Record<Standing['kind'], LogLevel>;

/** One change, as soon as its outcome is known. */
export function logOutcome(logger: Logger, { place, change, result, problem }: Outcome): void {
  const data = { account: place.account, application: place.application, ...facts(change) };
  if (result === 'done' && change.reason === 'prune-grace') logger.warn(data, 'secret marked for deletion');
  else if (result === 'done') logger.info(data, doneMessages[change.kind]);
  if (result === 'failed') logger.error({ ...data, change: change.kind, problem }, 'change failed');
}

/** Everything that was decided not to be done, what failed, and the counts. */
export function logReport(logger: Logger, report: Report): void {
  for (const failure of report.failures) logger.error({ ...failure }, failureMessage(failure));
  for (const warning of report.warnings) logger.warn({ warning }, 'names are easily confused');
  for (const { place, standing, refusals } of report.plan.applications) {
    const at = { account: place.account, application: place.application };
    for (const decision of standing) {
      const data = () => ({ ...at, ...facts(decision) });
      logger[standingLevels[decision.kind]](data, standingMessages[decision.kind]);
    }
    for (const refusal of refusals)
      logger.error({ ...at, ...refusal, hint: acknowledgementText(report.plan.id) }, 'guard refused');
  }
  for (const outcome of report.outcomes) if (outcome.isTakenBack === true) logOutcome(logger, outcome);
  const { durationMs, isDryRun, isInterrupted, plan } = report;
  logger.info(
    {
      planId: plan.id,
      ...countsOf(report),
      durationMs,
      isDryRun,
      isInterrupted,
      // An interrupted process exits by its signal.
      exitCode: isInterrupted ? undefined : exitCodeOfReport(report),
    },
    'pass finished',
  );
}

function failureMessage({ application, name, problem }: Failure): string {
  if (name !== undefined) return 'name refused';
  if (application !== undefined) return 'application failed';
  return problem.code === 'application-not-found' ? 'application not found' : 'account failed';
}

function facts(decision: Decision): Readonly<Record<string, unknown>> {
  const { name, reason, detail, problem, from } = decision;
  return { name, reason, detail, problem, from: from?.references.map(referenceText).join(' + ') };
}

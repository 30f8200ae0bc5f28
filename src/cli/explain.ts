// `voxsync explain NAME`: the chain for one secret, from its reference to the decision and the reason. Writes nothing.
import { exitCodeOf, exitCodes, VoxsyncError } from '../errors.ts';
import type { Decision } from '../plan/change.ts';
import { isChange } from '../plan/change.ts';
import type { ApplicationPlan } from '../plan/plan.ts';
import { reasons } from '../plan/reason.ts';
import { actionOf, referenceText } from '../plan/render/labels.ts';
import type { Paint } from '../plan/render/text.ts';
import { placeText } from '../plan/render/text.ts';
import { timeText } from '../plan/time.ts';
import type { ApplicationPattern } from '../reconcile/applications.ts';
import type { Evidence } from '../reconcile/evidence.ts';
import type { Prepared } from '../reconcile/setup.ts';
import { preparePass } from '../reconcile/pass.ts';
import type { Actual } from '../secret/actual.ts';
import { failureLines } from './failures.ts';
import type { Io } from './io.ts';
import { writeLines } from './io.ts';
import { setupFor } from './once.ts';
import { paintFor } from './paint.ts';
import type { SessionOptions } from './session.ts';
import { openSession, withComposition } from './session.ts';

export interface ExplainOptions extends SessionOptions {
  readonly application?: readonly ApplicationPattern[] | undefined;
  readonly verifyValues?: boolean | undefined;
}

/** Explains a name in every application that has to do with it. */
export async function explainCommand(name: string, options: ExplainOptions, io: Io): Promise<number> {
  const session = await openSession(options, io, io.err);
  const { stopping, aborting } = io.interruption;
  const request = { isDryRun: true, only: options.application, stopping, aborting };
  const wish = { isVerifying: options.verifyValues };
  const prepared = await withComposition(session, ({ setup }) => preparePass(setupFor(setup, wish), request));
  const paint = paintFor(io);
  writeLines(io.out, failureLines(prepared.failures, paint));
  const lines = [...explanation(name, prepared, paint)];
  const [failure] = prepared.failures;
  // Where an application could not be looked at, nobody knows whether the name is there.
  if (lines.length === 0 && failure === undefined) throw unknownName(name, prepared);
  writeLines(io.out, lines);
  return failure === undefined ? exitCodes.converged : exitCodeOf(failure.problem.code);
}

function* explanation(name: string, { plan, evidence }: Prepared, paint: Paint): Generator<string> {
  for (const application of plan.applications) {
    const decisions = [...application.changes, ...application.standing].filter(
      (decision) => decision.name === name,
    );
    const one = evidence.find(({ site }) => site.place === application.place);
    for (const decision of decisions) yield* decisionLines(decision, application, one, paint);
  }
}

function* decisionLines(
  decision: Decision,
  plan: ApplicationPlan,
  evidence: Evidence | undefined,
  paint: Paint,
): Generator<string> {
  const { place } = plan;
  const actual = evidence?.actual.find((secret) => secret.name === decision.name);
  yield paint.strong(`${decision.name} in ${placeText(place)}`);
  yield* provenanceLines(decision);
  yield* actualLines(actual);
  yield `  decision    ${actionOf(decision)}${isChange(decision) ? '' : ' (nothing is written)'}`;
  yield `  reason      ${decision.reason}: ${reasons[decision.reason]}`;
  if (decision.detail !== undefined) yield `  detail      ${decision.detail}`;
  if (decision.problem !== undefined) {
    yield `  error       ${decision.problem.message}`;
    yield `  hint        ${decision.problem.hint}`;
  }
  yield '';
}

function* provenanceLines({ from }: Decision): Generator<string> {
  if (from === undefined) {
    yield '  mapping     none names it';
    return;
  }
  yield `  mapping     ${from.place}`;
  for (const [index, reference] of from.references.entries()) {
    yield `  reference   ${referenceText(reference)}`;
    yield `  version     ${from.versions[index] ?? 'unknown'}`;
  }
}

function* actualLines(actual: Actual | undefined): Generator<string> {
  if (actual === undefined) {
    yield '  voximplant  no secret of this name';
    return;
  }
  const { described, modifiedAt } = actual;
  yield `  voximplant  secret ${actual.id}${modifiedAt === undefined ? '' : `, modified ${timeText(modifiedAt)}`}`;
  yield `  value       ${actual.fingerprint === undefined ? 'not read' : 'read'}`;
  if (described.ownership !== 'marked') {
    yield `  marker      ${described.ownership}`;
    return;
  }
  const { owner, revision, writtenAt, absentSince } = described.marker;
  const absent = absentSince === 0 ? '' : `, absent since ${timeText(absentSince)}`;
  yield `  marker      owner ${owner}, revision ${revision}, written ${timeText(writtenAt)}${absent}`;
}

function unknownName(name: string, { evidence }: Prepared): VoxsyncError {
  const applications = evidence.map(({ site }) => site.place.application).join(', ');
  return new VoxsyncError(
    'usage-invalid',
    `no mapping gives a secret ${JSON.stringify(name)}, and none is there`,
    {
      hint: `Names are case-sensitive. Looked at: ${applications || 'no application'}.`,
    },
  );
}

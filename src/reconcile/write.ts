// One call for one change, or for a chunk of deletes; each change has its own outcome.
import type PQueue from 'p-queue';
import { asVoxsyncError, isAbort, VoxsyncError } from '../errors.ts';
import type { Change, Delete } from '../plan/change.ts';
import { replacesValue } from '../plan/change.ts';
import type { ApplicationPlan } from '../plan/plan.ts';
import type { Actual } from '../secret/actual.ts';
import type { SecretBox } from '../secret/box.ts';
import type { Marker } from '../secret/marker.ts';
import { formatDescription } from '../secret/marker.ts';
import type { SeenSecret, Target } from '../target/target.ts';
import { problemOf } from './held.ts';
import type { Outcome } from './outcome.ts';
import type { Sightings } from './sightings.ts';

export interface ApplyContext {
  /** Nothing new starts once this is aborted; what is in flight finishes. */
  readonly stopping: AbortSignal;
  /** Cuts what is in flight. */
  readonly aborting: AbortSignal;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** One application's changes, and what is needed to write them. */
export interface Writing {
  readonly plan: ApplicationPlan;
  readonly target: Target;
  readonly values: ReadonlyMap<string, SecretBox>;
  /** The secrets that the plan was made from, by id. */
  readonly seen: ReadonlyMap<number, Actual>;
  /** Shared by all applications of an account. */
  readonly queue: PQueue;
  readonly sightings: Sightings;
}

const deletesPerCall = 50;

/** Writes changes a few at a time, each by a call of its own. */
export async function writeEach(
  changes: readonly Change[],
  writing: Writing,
  context: ApplyContext,
): Promise<readonly Outcome[]> {
  const jobs = changes.map((change) => writing.queue.add(() => attempt([change], writing, context)));
  return (await Promise.all(jobs)).flat();
}

/** Deletes in chunks. */
export async function deleteAll(
  deletes: readonly Delete[],
  writing: Writing,
  context: ApplyContext,
): Promise<readonly Outcome[]> {
  const chunks = Array.from({ length: Math.ceil(deletes.length / deletesPerCall) }, (_, index) =>
    deletes.slice(index * deletesPerCall, (index + 1) * deletesPerCall),
  );
  const outcomes = await Promise.all(
    chunks.map((chunk) => writing.queue.add(() => attempt(chunk, writing, context))),
  );
  return outcomes.flat();
}

/** A change that was not started. */
export function waiting(change: Change, { plan }: Writing): Outcome {
  return { place: plan.place, change, result: 'waiting' };
}

/** Tells an outcome as soon as it is known. */
export function told(outcome: Outcome, { onOutcome }: Pick<ApplyContext, 'onOutcome'>): Outcome {
  onOutcome(outcome);
  return outcome;
}

/** A chunk that is refused because of one of its secrets is taken apart, so that this one stops no other. */
async function attempt(
  changes: readonly Change[],
  writing: Writing,
  context: ApplyContext,
): Promise<readonly Outcome[]> {
  if (context.stopping.aborted) return changes.map((change) => waiting(change, writing));
  const { place } = writing.plan;
  try {
    const marker = await write(changes, writing, context);
    return changes.map((change) => told({ place, change, result: 'done', marker }, context));
  } catch (error) {
    if (changes.length > 1 && isAboutOneSecret(error)) return attemptSingly(changes, writing, context);
    const problem = problemOf(failureOf(error, changes[0]?.name ?? '', context));
    return changes.map((change) => told({ place, change, result: 'failed', problem }, context));
  }
}

/** Anything else would meet each of them as well, and cost as many calls and pauses again. */
function isAboutOneSecret(error: unknown): boolean {
  return error instanceof VoxsyncError && error.code === 'secret-refused';
}

function failureOf(error: unknown, name: string, { aborting }: ApplyContext): VoxsyncError {
  if (!isAbort(error, aborting)) return asVoxsyncError(error, 'unexpected', `writing ${name}`);
  return new VoxsyncError(
    'target-unreachable',
    'the write was cut off, and nobody knows whether it took effect',
    {
      hint: 'The next pass lists the application and sees.',
      isOutcomeUnknown: true,
    },
  );
}

async function attemptSingly(
  changes: readonly Change[],
  writing: Writing,
  context: ApplyContext,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const change of changes) outcomes.push(...(await attempt([change], writing, context)));
  return outcomes;
}

/** The marker that was written, where one was. */
async function write(
  changes: readonly Change[],
  writing: Writing,
  { aborting }: ApplyContext,
): Promise<Marker | undefined> {
  const { target, plan } = writing;
  const { applicationId } = plan.place;
  const [change] = changes;
  if (change === undefined) return undefined;
  if (change.kind === 'delete') {
    const ids = changes.flatMap((one) => (one.kind === 'delete' ? [one.id] : []));
    await target.remove(applicationId, ids, aborting);
    return undefined;
  }
  const marker = markerOf(change, target.now());
  const description = marker === undefined ? change.text : formatDescription(marker, change.text);
  if (change.kind === 'create') {
    const contents = { value: valueOf(change, writing), description };
    await target.create(applicationId, change.name, contents, aborting);
    return marker;
  }
  const value = replacesValue(change) ? { value: valueOf(change, writing) } : {};
  await target.update(applicationId, seenBy(change, writing), { ...value, description }, aborting);
  return marker;
}

/** A release leaves the text alone; everything else has a marker, of this time unless it keeps an older one. */
function markerOf(change: Exclude<Change, Delete>, writtenAt: number): Marker | undefined {
  if (change.kind === 'release') return undefined;
  return { writtenAt, ...change.marker };
}

function valueOf(change: Change, { values }: Writing): SecretBox {
  const value = values.get(change.name);
  if (value === undefined) throw new VoxsyncError('unexpected', `no value was read for ${change.name}`);
  return value;
}

function seenBy({ id, name }: { readonly id: number; readonly name: string }, { seen }: Writing): SeenSecret {
  const secret = seen.get(id);
  if (secret === undefined) throw new VoxsyncError('unexpected', `${name} was never listed`);
  return secret;
}

// What must hold after a pass whose answers were changed, whatever it was told.
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { ApplicationPlan } from '../../src/plan/plan.ts';
import type { Report } from '../../src/reconcile/report.ts';
import { problemsOf } from '../../src/reconcile/report.ts';
import { parseDescription } from '../../src/secret/marker.ts';
import type { Ledger } from './ledger.ts';
import { applications, owner } from './scene.ts';

/** A secret as the emulator holds it. */
interface Held {
  readonly application: number;
  readonly id: number;
  readonly name: string;
  readonly value: string;
  readonly description: string;
}

export type Holdings = ReadonlyMap<number, Held>;

/** All secrets of all applications, by id. */
export function holdingsOf({ state }: Emulator): Holdings {
  const all = Object.values(applications).flatMap((application) =>
    state.secrets(application).map(({ id, name, description }): Held => {
      return { application, id, name, description, value: state.readValue(application, name) ?? '' };
    }),
  );
  return new Map(all.map((one) => [one.id, one]));
}

export interface Case {
  readonly before: Holdings;
  readonly after: Holdings;
  /** What a pass without any mutation would have done. */
  readonly honest: Report;
  readonly hostile: Report;
  readonly ledger: Ledger;
  /** The calls of the hostile pass. */
  readonly journal: Emulator['journal']['entries'];
}

/** What is wrong, in words; empty when all is well. */
export function wrongsOf(one: Case): readonly string[] {
  return [...holdingWrongs(one), ...journalWrongs(one), ...defects(one)];
}

function* holdingWrongs(one: Case): Generator<string> {
  const changes = changesOf(one.honest);
  for (const [id, was] of one.before) {
    const own = changes.filter((change) => change.id === id);
    const is = one.after.get(id);
    if (is === undefined) {
      if (!own.some(({ kind }) => kind === 'delete')) yield `${was.name} was deleted`;
    } else if (!isUnchanged(was, is)) {
      const mayBeChanged = ownerOf(was) === owner || own.some(({ kind }) => kind !== 'delete');
      if (!mayBeChanged) yield `${was.name} is not ours and was changed`;
      yield* changeWrongs(was, is, one.ledger);
    }
  }
  for (const [id, is] of one.after) if (!one.before.has(id)) yield* creationWrongs(is, changes, one.ledger);
}

function* changeWrongs(was: Held, is: Held, ledger: Ledger): Generator<string> {
  if (is.name !== was.name || is.application !== was.application)
    yield `${was.name} was renamed to ${is.name}`;
  if (ownerOf(is) !== owner) yield `${was.name} lost its marker`;
  if (is.value !== was.value && !ledger.allows(is.name, is.value))
    yield `${is.name} has a value from nowhere`;
}

function* creationWrongs(is: Held, changes: readonly PlannedChange[], ledger: Ledger): Generator<string> {
  const isPlanned = changes.some(
    ({ kind, name, application }) => kind === 'create' && name === is.name && application === is.application,
  );
  if (!isPlanned) yield `${is.name} was created in ${is.application}`;
  if (!ledger.allows(is.name, is.value)) yield `${is.name} was created with a value from nowhere`;
  if (ownerOf(is) !== owner) yield `${is.name} was created without a marker`;
}

function isUnchanged(was: Held, is: Held): boolean {
  return was.name === is.name && was.value === is.value && was.description === is.description;
}

function ownerOf({ description }: Held): string | undefined {
  const described = parseDescription(description);
  return described.ownership === 'marked' ? described.marker.owner : undefined;
}

/** Every write that was sent stands in the plan of its pass. */
function* journalWrongs({ hostile, journal }: Case): Generator<string> {
  const changes = changesOf(hostile);
  for (const { method, parameters, secretValue } of journal) {
    if (secretValue === 'query') yield `${method} carried a value in its URL`;
    const application = Number(parameters['application_id']);
    const own = changes.filter((change) => change.application === application);
    const isPlanned = (...kinds: readonly string[]) => own.filter(({ kind }) => kinds.includes(kind));
    if (method === 'AddSecret' && !isPlanned('create').some(({ name }) => name === parameters['secret_name']))
      yield `AddSecret ${parameters['secret_name']} was not planned`;
    if (method === 'SetSecretInfo') {
      const id = Number(parameters['secret_id']);
      if (!isPlanned('update', 'adopt').some((change) => change.id === id))
        yield `SetSecretInfo ${id} was not planned`;
    }
    if (method === 'DelSecret') {
      const ids = (parameters['secret_id'] ?? '').split(';').map(Number);
      const planned = new Set(isPlanned('delete').map(({ id }) => id));
      if (!ids.every((id) => planned.has(id))) yield `DelSecret ${parameters['secret_id']} was not planned`;
    }
  }
}

/** What the other side says is never a defect of ours. */
function defects({ hostile }: Case): readonly string[] {
  return problemsOf(hostile)
    .filter(({ code }) => code === 'unexpected')
    .map(({ message }) => `told as a defect: ${message}`);
}

interface PlannedChange {
  readonly kind: string;
  readonly name: string;
  readonly application: number;
  readonly id: number | undefined;
}

function changesOf({ plan }: Report): readonly PlannedChange[] {
  return plan.applications.flatMap(({ place, changes }: ApplicationPlan) =>
    changes.map((change) => ({
      kind: change.kind,
      name: change.name,
      application: place.applicationId,
      id: 'id' in change ? change.id : undefined,
    })),
  );
}

// The API without its transport: takes a call, says what to answer, and writes the journal.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiRefusal, sentenceOf } from './codes.ts';
import type { ActiveFault, FaultPlan } from './faults.ts';
import { shownOf, type CallJournal, type JournalEntry, type Outcome } from './journal.ts';
import { methodNamed, runMethod } from './methods.ts';
import type { ApiCall } from './request.ts';
import type { JsonObject } from './shapes.ts';
import { applicationOfCall } from './state.ts';
import type { Store } from './store.ts';
import type { EmulatorSwitches } from './switches.ts';
import type { Throttle } from './throttle.ts';
import { authorize, type KeyRing } from './token.ts';

/** A call as a listener sees it, before it is handled. */
type ObservedCall = Pick<JournalEntry, 'method' | 'parameters' | 'application'> & {
  /** Counts the calls of this emulator from 1. */
  readonly number: number;
};

export type CallListener = (call: ObservedCall) => void | Promise<void>;

/** Everything the API works on. */
export interface Api {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly faults: FaultPlan;
  readonly journal: CallJournal;
  readonly throttle: Throttle;
  readonly listeners: Set<CallListener>;
  /** How long a call takes, from when it came in to when its answer leaves. */
  readonly latencyMs: number;
  readonly now: () => Date;
  /** Host and port. */
  address: string;
  switches: EmulatorSwitches;
  callNumber: number;
}

/** What the transport is to send. */
export interface Reply {
  readonly status: number;
  /** JSON. */
  readonly text: string;
  /** Sent, or done, in place of the answer. */
  readonly fault: ActiveFault | undefined;
}

/**
 * Handles one call:
 * - tells the listeners, who may change the state;
 * - looks for a fault, and stops here if it keeps the call from taking effect;
 * - runs the method, in the middle of the latency;
 * - writes the journal.
 */
export async function handleCall(api: Api, call: ApiCall, signal: AbortSignal): Promise<Reply> {
  api.callNumber += 1;
  const number = api.callNumber;
  const at = api.now();
  const application = applicationOfCall(api.store, call.parameters);
  const shown = { ...shownOf(call), application: application?.id };
  for (const listener of api.listeners) await listener({ ...shown, number });
  const names = application === undefined ? [] : [application.id, application.name, application.fullName];
  const fault = api.faults.take({ method: call.method, application: names });
  const run = fault?.isCommitted === false ? untouched : await runCall(api, call, { number, signal });
  const outcome: Outcome =
    fault === undefined
      ? run.outcome
      : { kind: 'faulted', fault: fault.kind, isCommitted: fault.isCommitted };
  api.journal.record({ ...shown, at, secretValue: call.valuePlace, account: run.account, outcome });
  return { status: run.status, text: run.text, fault };
}

interface Run {
  readonly status: number;
  readonly text: string;
  readonly account: number | undefined;
  readonly outcome: Outcome;
}

const untouched: Run = { status: 200, text: '{}', account: undefined, outcome: { kind: 'answered' } };

/** Half of the latency is the way there, half the way back: what a call does is done before its sender knows. */
async function runCall(
  api: Api,
  call: ApiCall,
  { number, signal }: { readonly number: number; readonly signal: AbortSignal },
): Promise<Run> {
  let account: number | undefined;
  try {
    const method = methodNamed(call.method);
    const { store, keys, switches, address } = api;
    const sender = await authorize(call, { store, keys, switches, now: api.now() });
    account = sender.id;
    const leave = api.throttle.enter(sender.id, switches, api.now().getTime());
    try {
      await waitUntil(call.arrivedAt + api.latencyMs / 2, signal);
      const { parameters } = call;
      const now = api.now();
      const body = runMethod(method, { parameters, account: sender, switches, store, now, number, address });
      return { status: 200, text: JSON.stringify(body), account, outcome: { kind: 'answered' } };
    } finally {
      await waitUntil(call.arrivedAt + api.latencyMs, signal);
      leave();
    }
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    const { code, field } = error;
    const text = JSON.stringify(errorBody(code, api.switches, field));
    return { status: code === 429 ? 429 : 200, text, account, outcome: { kind: 'refused', code } };
  }
}

/** Until a time of `performance.now()`: what the emulator itself needs for a call is a part of its latency. */
async function waitUntil(time: number, signal: AbortSignal): Promise<void> {
  const remainingMs = time - performance.now();
  if (remainingMs > 0) await sleep(remainingMs, undefined, { signal });
}

/** An API error, with the extras that the switch asks for. */
export function errorBody(code: number, switches: EmulatorSwitches, field?: string): JsonObject {
  const { errorExtras } = switches;
  const fieldName = field ?? 'secret_name';
  const error = { code, msg: sentenceOf(code) };
  const hasField = errorExtras === 'field' || errorExtras === 'both';
  const hasList = errorExtras === 'list' || errorExtras === 'both';
  return {
    error: hasField ? { ...error, field_name: fieldName } : error,
    ...(hasList ? { errors: [{ ...error, field_name: fieldName }] } : {}),
  };
}

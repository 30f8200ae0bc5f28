// The metrics of a long-lived process: few, with few labels, and never a secret's name.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Counts, Report } from '../reconcile/report.ts';
import { countsOf, exitCodeOfReport, problemsOf } from '../reconcile/report.ts';
import type { PaceFacts } from './pace-log.ts';

/** One call to Voximplant, as its client tells it. */
export interface RequestFacts {
  readonly account: string;
  readonly method: string;
  readonly outcome: string;
  readonly durationMs: number;
}

export interface Metrics {
  onRequest(facts: RequestFacts): void;
  onPace(facts: PaceFacts): void;
  onReport(report: Report): void;
  /** The text of `/metrics`, and its content type. */
  render(): Promise<{ readonly text: string; readonly contentType: string }>;
}

const stateNames = [
  'inSync',
  'held',
  'conflicts',
  'skipped',
  'orphaned',
] as const satisfies readonly (keyof Counts)[];
const changeNames = [
  'created',
  'updated',
  'adopted',
  'deleted',
  'released',
  'failed',
] as const satisfies readonly (keyof Counts)[];

/** A registry of its own, so that two in one process do not meet. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const passes = new Counter({
    registers,
    name: 'voxsync_passes_total',
    help: 'Finished passes by exit code.',
    labelNames: ['exit_code'],
  });
  const changes = new Counter({
    registers,
    name: 'voxsync_changes_total',
    help: 'Changes by result.',
    labelNames: ['result'],
  });
  const secrets = new Gauge({
    registers,
    name: 'voxsync_secrets',
    help: 'Secrets of the last pass by state.',
    labelNames: ['state'],
  });
  const problems = new Gauge({
    registers,
    name: 'voxsync_problems',
    help: 'Errors of the last pass by code.',
    labelNames: ['code'],
  });
  const duration = new Gauge({
    registers,
    name: 'voxsync_pass_duration_seconds',
    help: 'Duration of the last pass.',
  });
  const success = new Gauge({
    registers,
    name: 'voxsync_last_success_timestamp_seconds',
    help: 'End of the last pass that converged.',
  });
  return {
    ...accountMetrics(registers),
    onReport: (report) => {
      const counts = countsOf(report);
      const exitCode = exitCodeOfReport(report);
      passes.inc({ exit_code: String(exitCode) });
      for (const result of changeNames) changes.inc({ result }, counts[result]);
      // What could not be looked at is not gone: the last numbers stay.
      if (report.failures.length === 0) for (const state of stateNames) secrets.set({ state }, counts[state]);
      problems.reset();
      for (const { code } of problemsOf(report)) problems.inc({ code });
      duration.set(report.durationMs / 1000);
      if (exitCode === 0) success.set((report.startedAt.getTime() + report.durationMs) / 1000);
    },
    render: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}

function accountMetrics(registers: Registry[]): Pick<Metrics, 'onRequest' | 'onPace'> {
  const requests = new Histogram({
    registers,
    name: 'voxsync_request_duration_seconds',
    help: 'Calls to Voximplant.',
    labelNames: ['account', 'method', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
  const concurrency = new Gauge({
    registers,
    name: 'voxsync_account_concurrency',
    help: 'Calls to Voximplant that may be under way at once: less than configured after too many were refused.',
    labelNames: ['account'],
  });
  const stopped = new Gauge({
    registers,
    name: 'voxsync_account_stopped',
    help: '1 while calls to Voximplant are not sent, because all those before them failed.',
    labelNames: ['account'],
  });
  return {
    onRequest: ({ account, method, outcome, durationMs }) =>
      requests.observe({ account, method, outcome }, durationMs / 1000),
    onPace: ({ account, ...pace }) => {
      concurrency.set({ account }, pace.concurrency);
      stopped.set({ account }, pace.stopped === undefined ? 0 : 1);
    },
  };
}

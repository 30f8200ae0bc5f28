// One pass in this process, and what it did.
import { expect } from 'vitest';
import { failureLines } from '../../src/cli/failures.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { planLines } from '../../src/plan/render/text.ts';
import { runPass } from '../../src/reconcile/pass.ts';
import type { PassSetup } from '../../src/reconcile/setup.ts';
import { exitCodeOfReport } from '../../src/reconcile/report.ts';
import { groups } from './contents.ts';

export interface Passed {
  readonly exitCode: number;
  /** The reason of each decision about `app`, by name. */
  readonly reasons: ReadonlyMap<string, string>;
  /** What `voxsync sync` prints before it writes. */
  readonly text: string;
  /** How many writes were sent to Voximplant, and how many of them carried a value. */
  readonly writes: number;
  readonly valuesWritten: number;
}

const { signal: never } = new AbortController();
const same = (text: string): string => text;
const plain = { good: same, change: same, bad: same, faint: same, strong: same };

export async function passOver(setup: PassSetup, { journal }: Emulator): Promise<Passed> {
  journal.clear();
  const report = await runPass(setup, { isDryRun: false, stopping: never, aborting: never });
  const writes = journal.entries.filter(({ method }) => /^(?:Add|Set|Del)/.test(method));
  const plan = report.plan.applications.find(({ place }) => place.application === 'app');
  const decisions = [...(plan?.changes ?? []), ...(plan?.standing ?? [])];
  return {
    exitCode: exitCodeOfReport(report),
    reasons: new Map(decisions.map(({ name, reason }) => [name, reason])),
    text: [...failureLines(report.failures, plain), ...planLines(report.plan, plain)].join('\n'),
    writes: writes.length,
    valuesWritten: writes.filter(({ secretValue }) => secretValue !== 'absent').length,
  };
}

/** `4 in-sync absence-unproven …`: the exit code, then the reasons for the named, the found, and all fields. */
function verdictOf({ exitCode, reasons }: Passed): string {
  const told = Object.values(groups).map((group) => {
    const each = group.map((name) => reasons.get(name) ?? 'not-decided');
    return [...new Set(each)].join('/');
  });
  return [exitCode, ...told].join(' ');
}

export function expectVerdict(passed: Passed, verdict: string): void {
  expect(verdictOf(passed), `It said:\n${passed.text}`).toBe(verdict);
}

/** All of it in Voximplant is as in the source, and there was nothing to write. */
export function expectAtRest(passed: Passed): void {
  expectVerdict(passed, '0 in-sync in-sync in-sync');
  expect(passed.writes).toBe(0);
}

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { startProgress } from '../../src/cli/progress.ts';
import { planApplication, composePlan } from '../../src/plan/plan.ts';
import { place, rules, wanted } from '../plan/builders.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function ioOn(isErrTerminal: boolean): { io: Io; written: string[] } {
  const written: string[] = [];
  const never = new AbortController().signal;
  const interruption = { stopping: never, aborting: never, exitCode: () => undefined, release: () => {} };
  const err = (text: string) => void written.push(text);
  return { io: { out: err, err, isOutTerminal: false, isErrTerminal, env: {}, interruption }, written };
}

const plan = composePlan(
  [planApplication(place, { secrets: [wanted('A'), wanted('B')], scopes: [] }, [], rules())],
  rules(),
);

test('work of up to two seconds shows none; longer work one line, which is gone at the end', () => {
  const { io, written } = ioOn(true);
  const progress = startProgress(io);
  vi.advanceTimersByTime(1900);
  expect(written).toEqual([]);
  progress.onStage('applying');
  progress.onPlan(plan);
  progress.onOutcome();
  vi.advanceTimersByTime(1300);
  expect(written.at(-1)).toBe('\r\u001B[Kapplying 1 of 2 … 3 s');
  progress.done();
  expect(written.at(-1)).toBe('\r\u001B[K');
  vi.advanceTimersByTime(5000);
  expect(written.at(-1)).toBe('\r\u001B[K');
});

test('where stderr is no terminal there is none', () => {
  const { io, written } = ioOn(false);
  const progress = startProgress(io);
  progress.onPlan(plan);
  vi.advanceTimersByTime(10_000);
  progress.done();
  expect(written).toEqual([]);
});

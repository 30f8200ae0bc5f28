// One line of progress on a terminal, for work beyond two seconds; it is gone when the work is done.
import type { Plan } from '../plan/plan.ts';
import type { Stage } from '../reconcile/setup.ts';
import type { Io } from './io.ts';

export interface Progress {
  onStage(stage: Stage): void;
  onPlan(plan: Plan): void;
  onOutcome(): void;
  /** Takes the line away and stops. */
  done(): void;
}

const delayMs = 2000;
const intervalMs = 200;
const clearLine = '\r\u001B[K';

const silent: Progress = { onStage: () => {}, onPlan: () => {}, onOutcome: () => {}, done: () => {} };

/** A progress line on stderr; a silent one where stderr is no terminal. */
export function startProgress(io: Io): Progress {
  if (!io.isErrTerminal) return silent;
  const startedAt = Date.now();
  let [stage, total, finished, isShown] = ['reading', 0, 0, false];
  const draw = (): void => {
    const elapsedMs = Date.now() - startedAt;
    if (elapsedMs < delayMs) return;
    const counts = total > 0 ? ` ${finished} of ${total}` : '';
    io.err(`${clearLine}${stage}${counts} … ${Math.floor(elapsedMs / 1000)} s`);
    isShown = true;
  };
  const timer = setInterval(draw, intervalMs);
  timer.unref();
  return {
    onStage: (next) => void (stage = next),
    onPlan: (plan) => void (total = plan.applications.reduce((sum, { changes }) => sum + changes.length, 0)),
    onOutcome: () => void (finished += 1),
    done: () => {
      clearInterval(timer);
      if (isShown) io.err(clearLine);
    },
  };
}

// Which calls the emulator of a stage has seen.
import type { Stage } from './stage.ts';

/** The methods of all calls, in order. */
export function methodsOf({ emulator: { journal } }: Stage): readonly string[] {
  return journal.entries.map(({ method }) => method);
}

/** How many calls of a method there were. */
export function countOf(stage: Stage, method: string): number {
  return methodsOf(stage).filter((one) => one === method).length;
}

/** Writes that took effect, by method. */
export function writesOf({ emulator: { journal } }: Stage): Readonly<Record<string, number>> {
  const writes: Record<string, number> = { AddSecret: 0, SetSecretInfo: 0, DelSecret: 0 };
  for (const { method, outcome } of journal.entries) {
    const count = writes[method];
    const isCommitted = outcome.kind === 'answered' || (outcome.kind === 'faulted' && outcome.isCommitted);
    if (isCommitted && count !== undefined) writes[method] = count + 1;
  }
  return writes;
}

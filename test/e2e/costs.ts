// What a pass cost at Voximplant: every call counted, and the program ended well.
import { expect } from 'vitest';
import type { Stage } from './stage.ts';

/** How often each method, or kind of call, was made. */
export type Cost = Readonly<Record<string, number>>;

/** Runs `voxsync sync` in a new process. */
export async function costOf(stage: Stage): Promise<Cost> {
  stage.emulator.journal.clear();
  const { exitCode, stderr } = await stage.voxsync('sync');
  // With the log beside it, so that a failure says why.
  expect([exitCode, exitCode === 0 ? '' : stderr.slice(-2000)]).toEqual([0, '']);
  return stage.emulator.journal.countByMethod();
}

/** How many secrets were written without their value. */
export function descriptionsWritten({ emulator }: Stage): number {
  const isWithout = (entry: (typeof emulator.journal.entries)[number]) =>
    entry.method === 'SetSecretInfo' && entry.secretValue === 'absent';
  return emulator.journal.entries.filter(isWithout).length;
}

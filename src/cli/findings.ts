// What `voxsync check --online` found out: one finding for each source, reference, discovery, account and application.
import type { VoxsyncError } from '../errors.ts';
import { exitCodeOf } from '../errors.ts';
import type { Paint } from '../plan/render/text.ts';
import { problemOf } from '../reconcile/held.ts';
import { mostTelling } from '../reconcile/report.ts';
import type { Problem } from '../secret/desired.ts';

export interface Finding {
  readonly of: 'source' | 'reference' | 'discovery' | 'account' | 'application';
  /** The id of the source or account in the config. */
  readonly id: string;
  /** What was looked at there; empty for the source or account itself. */
  readonly name: string;
  /** Where the config asks for it: `mappings[0].secrets[1]`. */
  readonly places: readonly string[];
  readonly state: 'ok' | 'absent' | 'unresolved';
  readonly detail: string;
  readonly problem?: Problem | undefined;
}

/** What a finding is about. */
export type Subject = Pick<Finding, 'of' | 'id' | 'name' | 'places'>;

export function proven(subject: Subject, detail: string): Finding {
  return { ...subject, state: 'ok', detail };
}

export function unresolved(subject: Subject, error: VoxsyncError): Finding {
  return { ...subject, state: 'unresolved', detail: error.message, problem: problemOf(error) };
}

/** What `check` exits with. */
export function exitCodeOfFindings(findings: readonly Finding[]): number {
  return mostTelling(
    new Set(findings.flatMap(({ problem }) => (problem && [exitCodeOf(problem.code)]) || [])),
  );
}

/** The table for people: a source or account, below it what was looked at there, then how each trouble is mended. */
export function* findingLines(findings: readonly Finding[], paint: Paint): Generator<string> {
  const labels = findings.map(({ of, id, name }) => (name === '' ? `${of} ${id}` : `  ${name}`));
  const width = Math.min(Math.max(0, ...labels.map((label) => label.length)), longestLabel);
  for (const [index, { state, detail, places, problem }] of findings.entries()) {
    const label = (labels[index] ?? '').padEnd(width);
    const shown = (state === 'ok' ? paint.good : paint.bad)(state.padEnd(stateWidth));
    const where = state === 'ok' || places.length === 0 ? '' : paint.faint(` (${places.join(', ')})`);
    yield `${label}  ${shown}  ${detail}${where}`;
    if (problem !== undefined) yield `${' '.repeat(width)}  ${paint.faint('hint:')}       ${problem.hint}`;
  }
}

const longestLabel = 48;
const stateWidth = 'unresolved'.length;

// Orphans for people and for machines: what is there, why nothing wants it, since when, and where it came from.
import type { Standing } from '../change.ts';
import type { ApplicationOrphans, Orphan } from '../orphans.ts';
import { timeText } from '../time.ts';
import { provenanceText, reasonText, symbols } from './labels.ts';
import type { Paint } from './text.ts';
import { placeText, widest } from './text.ts';

/** Grows when a reader of the former one would be misled. */
const formatVersion = 1;

/** The orphans of every application, a line each, and a summary at the end. */
export function* orphanLines(applications: readonly ApplicationOrphans[], paint: Paint): Generator<string> {
  for (const application of applications) yield* applicationLines(application, paint);
  yield `${paint.strong('Orphans:')} ${summaryText(applications)}.`;
}

function* applicationLines(
  { place, orphans, undecided }: ApplicationOrphans,
  paint: Paint,
): Generator<string> {
  const all = [...orphans, ...undecided];
  if (all.length === 0) return;
  const widths = { name: widest(all.map(({ name }) => name)), reason: widest(all.map(reasonText)) };
  yield paint.strong(placeText(place));
  for (const orphan of orphans) {
    const head = `  ${symbols.orphan} ${orphan.name.padEnd(widths.name)}  ${reasonText(orphan).padEnd(widths.reason)}`;
    yield `${head}  ${paint.faint(historyText(orphan))}`.trimEnd();
  }
  for (const standing of undecided) yield* undecidedLines(standing, widths.name, paint);
  yield '';
}

function* undecidedLines(standing: Standing, width: number, paint: Paint): Generator<string> {
  const { name, problem } = standing;
  yield paint.faint(`  ${symbols.hold} ${name.padEnd(width)}  ${reasonText(standing)}`);
  if (problem === undefined) return;
  yield `      ${paint.bad('error:')} ${problem.message}`;
  yield `      ${paint.faint('hint:')}  ${problem.hint}`;
}

const originTexts = { mapping: 'a mapping named it', discovery: 'a discovery found it' } as const;

/** `a mapping named it, written 2026-11-23 10:00:00 UTC, gone since …`. */
function historyText({ from, origin, writtenAt, absentSince }: Orphan): string {
  const origins = origin === undefined ? undefined : originTexts[origin];
  const parts = [
    from === undefined ? origins : provenanceText(from),
    writtenAt === undefined ? undefined : `written ${timeText(writtenAt)}`,
    absentSince === undefined ? undefined : `gone since ${timeText(absentSince)}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function summaryText(applications: readonly ApplicationOrphans[]): string {
  const holding = applications.filter(({ orphans }) => orphans.length > 0);
  const count = holding.reduce((sum, { orphans }) => sum + orphans.length, 0);
  const undecided = applications.reduce((sum, one) => sum + one.undecided.length, 0);
  const found =
    count === 0 ? 'none' : `${count} in ${holding.length} application${holding.length === 1 ? '' : 's'}`;
  return undecided === 0 ? found : `${found}; nobody can tell of ${undecided}`;
}

/** The same as plain data, without values. */
export function orphanDocument(applications: readonly ApplicationOrphans[]) {
  return {
    version: formatVersion,
    orphans: applications.flatMap(({ place, orphans }) => orphans.map((orphan) => ({ ...place, ...orphan }))),
    undecided: applications.flatMap(({ place, undecided }) =>
      undecided.map((standing) => ({ ...place, ...standing })),
    ),
  };
}

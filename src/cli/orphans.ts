// `voxsync orphans`: lists the secrets that are ours and that nothing wants, in every application of the accounts.
import { exitCodeOf, VoxsyncError } from '../errors.ts';
import { orphanDocument, orphanLines } from '../plan/render/orphans.ts';
import { prepareOrphans } from '../reconcile/orphan-changes.ts';
import type { Search } from '../reconcile/orphans.ts';
import { searchOrphans } from '../reconcile/orphans.ts';
import { mostTelling } from '../reconcile/report.ts';
import type { AgreementOptions } from './agreement.ts';
import { runAgreed } from './agreement.ts';
import { failureLines } from './failures.ts';
import type { Io } from './io.ts';
import { writeLines } from './io.ts';
import { requestFor, withProgress } from './once.ts';
import { paintFor } from './paint.ts';
import { openSession, withComposition } from './session.ts';

export interface OrphansOptions extends AgreementOptions {
  readonly output: 'text' | 'json';
  readonly release?: readonly string[] | undefined;
  readonly delete?: readonly string[] | undefined;
}

/** Lists; or, with names, takes our marker off or deletes. */
export async function orphansCommand(options: OrphansOptions, io: Io): Promise<number> {
  const names = options.release ?? options.delete;
  if (names === undefined) return listOrphans(options, io);
  if (options.output === 'json')
    throw new VoxsyncError('usage-invalid', '--output json is for the list, not for --release and --delete');
  const wish = { act: options.release === undefined ? 'delete' : 'release', names: new Set(names) } as const;
  return runAgreed(options, io, (setup, request) => prepareOrphans(setup, request, wish));
}

async function listOrphans(options: OrphansOptions, io: Io): Promise<number> {
  const session = await openSession(options, io, io.err);
  const wish = { isDryRun: true, only: options.application };
  const search = await withComposition(session, ({ setup }) =>
    withProgress(io, (progress) => searchOrphans(setup, requestFor(wish, session, io, progress))),
  );
  writeLines(io.out, options.output === 'json' ? [jsonText(search)] : textLines(search, io));
  return io.interruption.exitCode() ?? exitCodeOfSearch(search);
}

function jsonText({ looks, failures }: Search): string {
  return JSON.stringify({ ...orphanDocument(looks.map(({ found }) => found)), failures }, undefined, 2);
}

function* textLines({ looks, failures }: Search, io: Io): Generator<string> {
  const paint = paintFor(io);
  const found = looks.map((look) => look.found);
  yield* failureLines(failures, paint);
  yield* orphanLines(found, paint);
  if (found.every(({ orphans }) => orphans.length === 0)) return;
  yield paint.faint(
    'Nothing was written. `--release NAME` takes our marker off and leaves the secret, `--delete NAME` deletes it.',
  );
}

/** An orphan is no trouble; what could not be looked at is. */
function exitCodeOfSearch({ looks, failures }: Search): number {
  const undecided = looks.flatMap(({ found }) => found.undecided);
  return mostTelling(
    new Set(
      [...failures, ...undecided].flatMap(({ problem }) => (problem ? [exitCodeOf(problem.code)] : [])),
    ),
  );
}

// `voxsync check --online`: proves every source and account of the config, each by itself. Writes nothing, prints no value.
import type { Composition } from '../compose.ts';
import { asVoxsyncError, isAbort } from '../errors.ts';
import type { Finding } from './findings.ts';
import { exitCodeOfFindings, findingLines, unresolved } from './findings.ts';
import type { Io } from './io.ts';
import { writeLines } from './io.ts';
import { paintFor } from './paint.ts';
import { probeAccount } from './probe-account.ts';
import { probeSource } from './probe-source.ts';
import type { Session, SessionOptions } from './session.ts';
import { openSession, withComposition } from './session.ts';

export interface OnlineOptions extends SessionOptions {
  readonly output: 'text' | 'json';
}

/** Prints the findings and tells the exit code. */
export async function checkOnline(options: OnlineOptions, io: Io): Promise<number> {
  const session = await openSession(options, io, io.err);
  const findings: Finding[] = [];
  for (const one of await Promise.all(probesOf(session, io.interruption.stopping))) findings.push(...one);
  const exitCode = exitCodeOfFindings(findings);
  if (options.output === 'json') {
    io.out(`${JSON.stringify({ version: 1, exitCode, findings }, undefined, 2)}\n`);
  } else writeLines(io.out, lines(findings, io));
  return io.interruption.exitCode() ?? exitCode;
}

/** Each source and account is opened alone, so that one that cannot be opened hides no other. */
function probesOf(session: Session, signal: AbortSignal): readonly Promise<readonly Finding[]>[] {
  const { config } = session;
  const nothing = { ...config, accounts: {}, sources: {}, mappings: [] };
  const sources = Object.entries(config.sources).map(([id, settings]) => {
    const own = { ...session, config: { ...nothing, sources: { [id]: settings } } };
    return alone({ of: 'source', id, signal }, own, async ({ setup }) => {
      const source = setup.sources.get(id);
      return source === undefined ? [] : probeSource({ id, source, signal }, config);
    });
  });
  const accounts = Object.entries(config.accounts).map(([id, settings]) => {
    const own = { ...session, config: { ...nothing, accounts: { [id]: settings } } };
    return alone({ of: 'account', id, signal }, own, async ({ setup }) => {
      const target = await setup.targets.get(id);
      return target === undefined ? [] : probeAccount(id, target, config, signal);
    });
  });
  return [...sources, ...accounts];
}

async function alone(
  { of, id, signal }: Pick<Finding, 'of' | 'id'> & { readonly signal: AbortSignal },
  session: Session,
  work: (composition: Composition) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await withComposition(session, work);
  } catch (error) {
    if (isAbort(error, signal)) throw error;
    const failure = asVoxsyncError(error, 'unexpected', `${of} ${id}`);
    return [unresolved({ of, id, name: '', places: [`${of}s.${id}`] }, failure)];
  }
}

function* lines(findings: readonly Finding[], io: Io): Generator<string> {
  yield* findingLines(findings, paintFor(io));
  const count = findings.filter(({ state }) => state !== 'ok').length;
  yield '';
  yield count === 0
    ? 'Everything that this config needs is there.'
    : `${count} of ${findings.length} need mending.`;
  yield 'Nothing was written. A value was read only where it says so; whether a KMS key may be used is not proven.';
}

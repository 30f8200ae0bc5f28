// `voxsync policy`: the least access that a config needs, told from the config alone.
import { sourcePolicyOf } from '../compose.ts';
import type { Config } from '../config/config.ts';
import { findConfig, loadConfig } from '../config/load.ts';
import { VoxsyncError } from '../errors.ts';
import type { Demand, SourcePolicy } from '../sources/policy.ts';
import { roleNotes } from '../target/voximplant/role.ts';
import { placedQueries, placedReferences } from './demand.ts';
import type { Io } from './io.ts';
import { writeLines } from './io.ts';
import type { SessionOptions } from './session.ts';

export interface PolicyOptions extends SessionOptions {
  readonly output: 'text' | 'json';
  /** Keeps to one source, so that its policy can be piped on. */
  readonly source?: string | undefined;
}

interface SourceEntry extends SourcePolicy {
  readonly source: string;
  readonly kind: string;
}

interface AccountEntry {
  readonly account: string;
  readonly notes: readonly string[];
}

/** Prints the policy of each source and the role of each account. Throws `usage-invalid` for an unknown source. */
export async function policyCommand(options: PolicyOptions, io: Io): Promise<number> {
  const config = await loadConfig(await findConfig(options.config, io.env), io.env);
  const sources = await sourceEntries(config, options.source);
  const accounts = options.source === undefined ? accountEntries(config) : [];
  if (options.output === 'json') {
    io.out(`${JSON.stringify({ version: 1, sources, accounts }, undefined, 2)}\n`);
  } else writeLines(io.out, textLines(sources, accounts));
  return 0;
}

/** What the mappings ask of a source. */
function demandOf(config: Config, source: string): Demand {
  return {
    references: placedReferences(config, source).map(({ reference }) => reference),
    queries: placedQueries(config, source).map(({ query }) => query),
  };
}

async function sourceEntries(config: Config, only: string | undefined): Promise<readonly SourceEntry[]> {
  const ids = Object.keys(config.sources);
  if (only !== undefined && !ids.includes(only)) {
    throw new VoxsyncError('usage-invalid', `the config has no source ${JSON.stringify(only)}`, {
      hint: ids.length === 0 ? 'It has no source at all.' : `There are: ${ids.join(', ')}.`,
    });
  }
  const wanted = Object.entries(config.sources).filter(([id]) => only === undefined || id === only);
  return Promise.all(
    wanted.map(([source, settings]) => sourceEntry(source, settings, demandOf(config, source))),
  );
}

async function sourceEntry(
  source: string,
  settings: Config['sources'][string] & object,
  demand: Demand,
): Promise<SourceEntry> {
  return { source, kind: settings.kind, ...(await sourcePolicyOf(settings.kind, settings, demand)) };
}

function accountEntries({ accounts, policy }: Config): readonly AccountEntry[] {
  return Object.keys(accounts).map((account) => ({ account, notes: roleNotes(policy) }));
}

/** What is no policy stands behind `#`, which HCL takes for a comment. */
function* textLines(sources: readonly SourceEntry[], accounts: readonly AccountEntry[]): Generator<string> {
  for (const { source, kind, title, notes, document } of sources) {
    yield `# source ${source} (${kind}): ${title}`;
    for (const note of notes) yield `#   ${note}`;
    if (document !== undefined) yield documentText(document);
    yield '';
  }
  for (const { account, notes } of accounts) {
    yield `# account ${account}: role in Voximplant`;
    for (const note of notes) yield `#   ${note}`;
  }
}

function documentText(document: object | string): string {
  return typeof document === 'string' ? document.trimEnd() : JSON.stringify(document, undefined, 2);
}

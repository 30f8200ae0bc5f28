// From the text of a config file to the config, or to everything that is wrong with it.
import path from 'node:path';
import type { Config } from './config.ts';
import { readDocument } from './document.ts';
import { checkDuplicates } from './duplicates.ts';
import { explainIssues, fillInNumbers, tellKnownKeys } from './explain.ts';
import type { Environment } from './interpolate.ts';
import { resolveAccount, resolverOf, resolveSource } from './paths.ts';
import type { Places } from './places.ts';
import { ConfigError } from './problem.ts';
import { checkReferences } from './references.ts';
import type { ParsedConfig } from './schema.ts';
import { configSchema } from './schema.ts';
import { at } from './tree.ts';

/** Throws `ConfigError` with every problem at once. `file` names the text in messages, and its directory anchors relative paths. */
export async function parseConfig(text: string, file: string, environment: Environment): Promise<Config> {
  const { tree, places } = readDocument(text, environment);
  const parsed = tree === undefined ? undefined : validate(tree, places);
  if (tree !== undefined) await checkMeaning(tree, places);
  const problems = places.problems();
  if (parsed === undefined || problems.length > 0) throw new ConfigError(file, problems);
  return finish(parsed, path.dirname(path.resolve(file)));
}

function validate(tree: unknown, places: Places): ParsedConfig | undefined {
  const first = configSchema.safeParse(tree, { error: tellKnownKeys });
  if (first.success) return first.data;
  // A number that came from the environment is text to YAML; where the schema wants a number, it becomes one.
  const second = configSchema.safeParse(fillInNumbers(tree, first.error.issues, places), {
    error: tellKnownKeys,
  });
  if (second.success) return second.data;
  explainIssues(second.error.issues, places);
  return undefined;
}

async function checkMeaning(tree: unknown, places: Places): Promise<void> {
  checkReferences(tree, places);
  checkDuplicates(tree, places);
  const cron = at(at(tree, 'schedule'), 'cron');
  if (typeof cron !== 'string') return;
  const { cronFlaw } = await import('./cron.ts');
  const flaw = cronFlaw(cron);
  if (flaw !== undefined) places.refuse(['schedule', 'cron'], flaw);
}

function finish(parsed: ParsedConfig, directory: string): Config {
  const resolve = resolverOf(directory);
  const onlyAccount = Object.keys(parsed.accounts)[0] ?? '';
  return {
    ...parsed,
    accounts: mapValues(parsed.accounts, (account) => resolveAccount(account, resolve)),
    sources: mapValues(parsed.sources, (source) => resolveSource(source, resolve)),
    mappings: parsed.mappings.map((mapping, index) => ({
      ...mapping,
      place: `mappings[${index}]`,
      account: mapping.account ?? onlyAccount,
    })),
  };
}

function mapValues<T>(values: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}

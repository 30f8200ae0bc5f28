// `voxsync check`: reads the config and says what is wrong with it, without any network unless asked for.
import { findConfig, loadConfig } from '../config/load.ts';
import type { Mapping } from '../reconcile/mapping.ts';
import { templateTexts } from '../reconcile/mapping.ts';
import { loadTemplates } from '../reconcile/template.ts';
import type { Io } from './io.ts';
import type { SessionOptions } from './session.ts';

export interface CheckOptions extends SessionOptions {
  readonly online?: boolean | undefined;
  readonly output: 'text' | 'json';
}

/** Prints one line when all is well; throws `config-invalid` with every problem otherwise. */
export async function checkCommand(options: CheckOptions, io: Io): Promise<number> {
  if (options.online === true) return (await import('./check-online.ts')).checkOnline(options, io);
  const file = await findConfig(options.config, io.env);
  const { accounts, sources, mappings, owner, policy } = await loadConfig(file, io.env);
  await checkTemplates(mappings);
  if (options.output === 'json') {
    io.out(`${JSON.stringify({ version: 1, exitCode: 0, file, findings: [] }, undefined, 2)}\n`);
    return 0;
  }
  const counts = [
    [Object.keys(accounts).length, 'account'],
    [Object.keys(sources).length, 'source'],
    [mappings.length, 'mapping'],
  ] as const;
  const told = counts.map(([count, word]) => `${count} ${word}${count === 1 ? '' : 's'}`).join(', ');
  io.out(`${file} is valid: ${told}; owner ${owner}, policy ${policy}.\n`);
  return 0;
}

/** Throws `config-invalid` for the first template that cannot be parsed. */
async function checkTemplates(mappings: readonly Mapping[]): Promise<void> {
  const texts = mappings.flatMap(templateTexts);
  const templates = await loadTemplates(texts.map(([, text]) => text));
  for (const [place, text] of texts) templates.check(text, place);
}

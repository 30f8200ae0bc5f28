// `voxsync check`: reads the config and says what is wrong with it, without any network.
import { findConfig, loadConfig } from '../config/load.ts';
import type { Mapping } from '../reconcile/mapping.ts';
import { templateTexts } from '../reconcile/mapping.ts';
import { loadTemplates } from '../reconcile/template.ts';
import type { Io } from './io.ts';
import type { SessionOptions } from './session.ts';

/** Prints one line when all is well; throws `config-invalid` with every problem otherwise. */
export async function checkCommand(options: SessionOptions, io: Io): Promise<number> {
  const file = await findConfig(options.config, io.env);
  const { accounts, sources, mappings, owner, policy } = await loadConfig(file, io.env);
  await checkTemplates(mappings);
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

// The config reference of the README: one table for each part of the file, generated from the JSON schema.
import { configJsonSchema } from './json-schema.ts';
import type { Option } from './options.ts';
import { listOptions } from './options.ts';

const nested = ['accounts', 'sources', 'mappings'];

/** Markdown: a heading and a table of path, type, default and meaning for each part. */
export function configReference(): string {
  const parts = new Map<string, Option[]>();
  for (const option of listOptions(configJsonSchema())) {
    const title = titleOf(option);
    parts.set(title, [...(parts.get(title) ?? []), option]);
  }
  return [...parts].map(([title, options]) => `${title}\n\n${table(options)}\n`).join('\n');
}

/** The parts with many options have tables of their own, sources one for each kind. */
function titleOf({ path, conditions }: Option): string {
  const part = nested.find((name) => path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
  if (part === undefined) return '### The file';
  const prefix = prefixOf(path);
  return part === 'sources' ? `### \`${prefix}\`, \`${conditions[0] ?? ''}\`` : `### \`${prefix}\``;
}

/** `accounts.<id>` or `mappings[]`. */
function prefixOf(path: string): string {
  return /^(?:accounts\.<id>|sources\.<id>|mappings\[\])/.exec(path)?.[0] ?? '';
}

function table(options: readonly Option[]): string {
  return ['| option | type | default | meaning |', '|---|---|---|---|', ...options.map(row)].join('\n');
}

const needs: Readonly<Record<string, string>> = { required: '*required*', alternative: '*one of these*' };

function row({ path, type, need, fallback, meaning, conditions }: Option): string {
  const name = path.slice(prefixOf(path).length).replace(/^\./, '');
  const shownDefault = needs[need] ?? (fallback === undefined ? '' : `\`${fallback}\``);
  const inner = path.startsWith('sources.') ? conditions.slice(1) : conditions;
  const condition = inner.map((one) => ` With \`${one}\`.`).join('');
  return `| \`${name}\` | ${type} | ${shownDefault} | ${meaning.replaceAll('|', '\\|')}${condition} |`;
}

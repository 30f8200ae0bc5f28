// The type of an option in words.
import type { JsonSchema } from './json-schema.ts';

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true` or `false`',
  object: 'mapping',
};

/** `text`, `duration`, `list of text`, `` `yaml` or `json` ``. */
export function formatType(schema: JsonSchema): string {
  const values = schema.const === undefined ? schema.enum : [schema.const];
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(' or ');
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return [...new Set(branches.map(formatType))].join(' or ');
  if (schema.type === 'array') return listType(schema.items);
  if (schema.pattern?.includes('ms|s|m|h|d') === true) return 'duration';
  return words[String(schema.type)] ?? 'any';
}

function listType(entries: JsonSchema['items']): string {
  if (typeof entries !== 'object' || Array.isArray(entries)) return 'list';
  return entries.type === 'object' ? 'list of mappings' : `list of ${formatType(entries)}`;
}

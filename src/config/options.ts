// Every option of the config as a flat list, read from the JSON schema.
import type { JsonSchema } from './json-schema.ts';
import { formatType } from './option-type.ts';

/** One option. */
export interface Option {
  /** `accounts.<id>.credentials.file`, `mappings[].secrets[].name`. */
  readonly path: string;
  readonly type: string;
  /** Within what it stands in: needed, needed unless another takes its place, or not needed. */
  readonly need: 'required' | 'alternative' | 'optional';
  /** JSON; `undefined` where there is none to tell. */
  readonly fallback: string | undefined;
  readonly meaning: string;
  /** The choices that let it appear: `kind: vault`, outermost first. */
  readonly conditions: readonly string[];
}

/** Where a schema stands: what its options are listed under. */
interface Context {
  readonly parent: string;
  readonly conditions: readonly string[];
  /** Whether the schema is one of several mappings to choose from by their keys. */
  readonly isAlternative: boolean;
}

const root: Context = { parent: '', conditions: [], isAlternative: false };

/** All options below a schema, in its order, each once. */
export function listOptions(schema: JsonSchema): readonly Option[] {
  const all = listBelow(schema, root).map((option) => [JSON.stringify(option), option] as const);
  return [...new Map(all).values()];
}

function listBelow(schema: JsonSchema, context: Context): readonly Option[] {
  const branches = branchesOf(schema);
  const mappings = branches.filter((branch) => branch.type === 'object');
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
      listProperty(key, asSchema(value), schema, context),
    ),
    ...listEntries(schema, context),
    ...branches.flatMap((branch) => {
      const own = conditionsOf(branch);
      const conditions = context.conditions.concat(own);
      const isAlternative = mappings.length > 1 && own.length === 0;
      return listBelow(branch, { parent: context.parent, conditions, isAlternative });
    }),
  ];
}

function listProperty(
  key: string,
  property: JsonSchema,
  owner: JsonSchema,
  context: Context,
): readonly Option[] {
  const path = context.parent === '' ? key : `${context.parent}.${key}`;
  const isRequired = owner.required?.includes(key) === true;
  const option: Option = {
    path,
    type: formatType(property),
    need: isRequired ? (context.isAlternative ? 'alternative' : 'required') : 'optional',
    fallback: formatDefault(property.default),
    meaning: property.description ?? '',
    conditions: context.conditions,
  };
  return [option].concat(listBelow(property, { ...context, parent: path, isAlternative: false }));
}

function listEntries(schema: JsonSchema, context: Context): readonly Option[] {
  const { additionalProperties: values, items: entries } = schema;
  const below = (inner: unknown, suffix: string) =>
    isSchema(inner) ? listBelow(inner, { ...context, parent: `${context.parent}${suffix}` }) : [];
  return [...below(values, '.<id>'), ...below(entries, '[]')];
}

/** The branches of a union, without lists and mappings of what is a branch itself. */
function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  const branches = schema.anyOf ?? schema.oneOf ?? [];
  const known = new Set(branches.map((branch) => JSON.stringify(branch)));
  return branches.filter((branch) => !isWrapper(branch, known));
}

function isWrapper(branch: JsonSchema, known: ReadonlySet<string>): boolean {
  const inner = branch.items ?? branch.additionalProperties;
  if (!isSchema(inner)) return false;
  const parts = inner.anyOf ?? [inner];
  return parts.every((part) => known.has(JSON.stringify(part)));
}

/** `kind: vault` for a branch that a fixed value selects. */
function conditionsOf({ properties, required = [] }: JsonSchema): readonly string[] {
  const fixed = required.map((key) => [key, asSchema(properties?.[key] ?? true).const] as const);
  return fixed.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}: ${String(value)}`);
}

function formatDefault(value: unknown): string | undefined {
  const text = value === undefined ? undefined : JSON.stringify(value);
  return text === undefined || ['{}', '[]', '""'].includes(text) ? undefined : text;
}

function asSchema(schema: JsonSchema | boolean): JsonSchema {
  return typeof schema === 'boolean' ? {} : schema;
}

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}

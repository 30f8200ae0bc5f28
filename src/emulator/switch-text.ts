// Switches as text: read from `key=value`, and described for --help and the README.
import * as z from 'zod/mini';
import { EmulatorSettingError, nearestWord } from './settings.ts';
import { emulatorSwitchesSchema, type EmulatorSwitches } from './switches.ts';

/** One line of the table of switches. */
interface SwitchDescription {
  readonly key: string;
  readonly default: string;
  /** What may be given: `object | list | flat`, `true | false`, `0 … 1000`. */
  readonly values: string;
  readonly meaning: string;
}

const keys = Object.keys(emulatorSwitchesSchema.shape);
const json = z.toJSONSchema(emulatorSwitchesSchema, { io: 'input' });

/** Every switch, in the order of the schema. */
export function describeSwitches(): readonly SwitchDescription[] {
  return keys.map((key) => {
    const schema = schemaOf(key);
    return {
      key,
      default: String(schema.default),
      values: valuesOf(schema),
      meaning: schema.description ?? '',
    };
  });
}

/**
 * Reads `['order=name', 'maxCount=50']`; what is not mentioned keeps its default.
 * Throws `EmulatorSettingError` with one line for every entry that cannot be read.
 */
export function parseSwitches(list: readonly string[]): EmulatorSwitches {
  const raw: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const entry of list) {
    const [, key, text] = /^([^=]*)=(.*)$/s.exec(entry) ?? [];
    if (key === undefined || text === undefined) problems.push(`${entry}: write it as key=value`);
    else if (keys.includes(key)) raw[key] = typedValue(key, text);
    else problems.push(unknownKey(key));
  }
  return finish(raw, problems);
}

/** Reads switches given as an object, from a JSON file for example. Throws as `parseSwitches` does. */
export function readSwitches(value: unknown): EmulatorSwitches {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord) throw new EmulatorSettingError('switches must be an object of keys and values');
  const known = Object.entries(value).filter(([key]) => keys.includes(key));
  const unknown = Object.keys(value).filter((key) => !keys.includes(key));
  return finish(Object.fromEntries(known), unknown.map(unknownKey));
}

function finish(raw: Readonly<Record<string, unknown>>, problems: readonly string[]): EmulatorSwitches {
  const parsed = emulatorSwitchesSchema.safeParse(raw);
  const refused = parsed.error?.issues.map((issue) => String(issue.path[0])) ?? [];
  const lines = refused.map((key) => `switch ${key}: must be ${valuesOf(schemaOf(key))}`);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new EmulatorSettingError([...problems, ...lines].join('\n'));
}

function unknownKey(key: string): string {
  const nearest = nearestWord(key, keys);
  const hint = nearest === undefined ? `known are ${keys.join(', ')}` : `did you mean ${nearest}?`;
  return `unknown switch ${key}: ${hint}`;
}

function schemaOf(key: string): z.core.JSONSchema.BaseSchema {
  const schema = json.properties?.[key];
  if (typeof schema !== 'object') throw new Error(`the switch ${key} has no schema`);
  return schema;
}

function typedValue(key: string, text: string): unknown {
  const { type } = schemaOf(key);
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function valuesOf(schema: z.core.JSONSchema.BaseSchema): string {
  if (schema.enum !== undefined) return schema.enum.join(' | ');
  if (schema.type === 'boolean') return 'true | false';
  return schema.type === 'integer' ? `${schema.minimum} … ${schema.maximum}` : 'a text';
}

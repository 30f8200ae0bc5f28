// The three file formats as secrets by name: texts as they are, numbers as they were written, nested parts as JSON text.
import path from 'node:path';
import { isLosslessNumber, LosslessNumber, parse as parseLossless } from 'lossless-json';
import type { Pair, YAMLMap } from 'yaml';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { VoxsyncError } from '../../errors.ts';
import { jsonText } from '../content.ts';
import { parseDotenv } from './dotenv.ts';

export type FileFormat = 'yaml' | 'json' | 'dotenv';

/** Texts by name; an error where one entry cannot be a secret. */
export type ParsedSecrets = ReadonlyMap<string, string | VoxsyncError>;

/** The format that a file's name tells: `.json`, `.env` or `.env.*`, else YAML. */
export function formatOf(file: string): FileFormat {
  const name = path.basename(file);
  if (name.endsWith('.json')) return 'json';
  return name.endsWith('.env') || name.startsWith('.env') ? 'dotenv' : 'yaml';
}

/** Throws `source-invalid` for a malformed file; parsers' own messages are left out, for they quote the text. */
export function parseSecrets(text: string, format: FileFormat, place: string): ParsedSecrets {
  if (format === 'dotenv') return parseDotenv(text, place);
  const tree = format === 'json' ? jsonTree(text, place) : yamlTree(text, place);
  return new Map(Object.entries(tree).map(([name, value]) => [name, textOf(name, value, place)]));
}

function textOf(name: string, value: unknown, place: string): string | VoxsyncError {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || isLosslessNumber(value)) return value.toString();
  if (typeof value === 'object' && value !== null) return jsonText(value);
  return new VoxsyncError('secret-invalid', `${place}: ${JSON.stringify(name)} has no value`);
}

function jsonTree(text: string, place: string): object {
  let tree: unknown;
  try {
    tree = parseLossless(text);
  } catch {
    throw new VoxsyncError('source-invalid', `${place} is not valid JSON`);
  }
  return asObject(tree, place);
}

function yamlTree(text: string, place: string): object {
  // `silent` would keep quiet about a second document, too.
  const document = parseDocument(text, { logLevel: 'error' });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) {
    const line = fault.linePos?.[0].line ?? 1;
    throw new VoxsyncError(
      'source-invalid',
      `${place}, line ${line}: ${fault.code.toLowerCase().replaceAll('_', ' ')}`,
    );
  }
  return asObject(plain(document.contents, place), place);
}

/** A YAML node as a JSON value whose numbers keep their spelling. */
function plain(node: unknown, place: string): unknown {
  if (isMap(node)) return plainMap(node, place);
  if (isSeq(node)) return node.items.map((entry) => plain(entry, place));
  if (isScalar(node)) return plainScalar(node.value, node.source);
  if (node === null || node === undefined) return null;
  throw new VoxsyncError('source-invalid', `${place} uses YAML aliases`, {
    hint: 'Write the value out where it is used.',
  });
}

function plainMap(map: YAMLMap, place: string): object {
  const entries = map.items.map((pair: Pair) => [keyOf(pair, place), plain(pair.value, place)] as const);
  return Object.fromEntries(entries);
}

function keyOf(pair: Pair, place: string): string {
  if (isScalar(pair.key) && pair.key.source !== undefined) return pair.key.source;
  throw new VoxsyncError('source-invalid', `${place} has a key that is no text`);
}

function plainScalar(value: unknown, source: string | undefined): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  const text = source ?? '';
  return isJsonNumber(text) ? new LosslessNumber(text) : text;
}

function isJsonNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
}

function asObject(tree: unknown, place: string): object {
  if (typeof tree === 'object' && tree !== null && !Array.isArray(tree) && !isLosslessNumber(tree))
    return tree;
  throw new VoxsyncError('source-invalid', `${place} is no mapping of names to values`, {
    hint: 'Write one `name: value` a line.',
  });
}

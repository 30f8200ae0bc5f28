// Values that nobody expects at a place of an answer.
import type { Node } from './document.ts';
import { nodeOf, raw } from './document.ts';
import type { Random } from './random.ts';

/** What the world of a run holds, for values that are right somewhere else. */
export interface Lore {
  readonly ids: readonly number[];
  readonly names: readonly string[];
  /** Markers of ours, of others, damaged ones, and texts without any. */
  readonly descriptions: readonly string[];
}

const nestedDeep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
const objectsDeep = `${'{"result":'.repeat(10_000)}1${'}'.repeat(10_000)}`;

const numbers = [
  '0',
  '-0',
  '-1',
  '1',
  '2',
  '0.5',
  '1e308',
  '1e999',
  '-1e999',
  '9007199254740993',
  '12345678901234567890123456789',
  '1e-7',
];

const texts = [
  '',
  ' ',
  'NaN',
  'Infinity',
  'null',
  'true',
  '0',
  '-1',
  'all',
  '1;2',
  '1e308',
  '9007199254740993',
  '__proto__',
  'constructor',
  'x'.repeat(100_000),
  '\u0000\u001b[31m\r\nSet-Cookie: a=b',
  'ä'.repeat(300),
  '\ud800',
  '../../etc/passwd',
  '1starts_with_a_digit',
  'has space',
  'A'.repeat(65),
];

const dates = [
  '0000-00-00 00:00:00',
  '9999-99-99 99:99:99',
  '2024-02-30 25:61:61',
  '2999-01-01 00:00:00',
  '1970-01-01 00:00:00',
  '2026-01-01T00:00:00+14:00',
  'Thu, 01 Jan 1970 00:00:00 GMT',
];

const others: readonly Node[] = [
  raw('null'),
  raw('true'),
  raw('false'),
  raw('{}'),
  raw('[]'),
  raw('[null]'),
  raw('[[]]'),
  raw('{"":""}'),
  raw('{"__proto__":{"secret_id":1}}'),
  raw(nestedDeep),
  raw(objectsDeep),
  raw('{"error":{"code":100,"msg":"refused"}}'),
];

/** A value from anywhere. */
export function strangeValue(random: Random, lore: Lore): Node {
  switch (random.below(7)) {
    case 0:
      return raw(random.pick(numbers));
    case 1:
      return nodeOf(random.pick(texts));
    case 2:
      return nodeOf(random.pick(dates));
    case 3:
      return raw(String(random.pick(lore.ids)));
    case 4:
      return nodeOf(random.pick(lore.names));
    case 5:
      return nodeOf(random.pick(lore.descriptions));
    default:
      return random.pick(others);
  }
}

/** Keys that mean something to JavaScript, or that differ from the right one by little. */
export function strangeKey(random: Random, key: string): string {
  return random.pick([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    key.toUpperCase(),
    `${key} `,
    `_${key}`,
    'result',
    'error',
    'errors',
    'data',
  ]);
}

// From the text of a config file to a plain tree and the places in it; the parts of YAML that surprise people are refused.
import type { Document, Pair, Scalar, YAMLMap, YAMLParseError, YAMLWarning } from 'yaml';
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Flaw } from './flaw.ts';
import type { Environment } from './interpolate.ts';
import { interpolate } from './interpolate.ts';
import { Places } from './places.ts';
import type { Path } from './problem.ts';

/** The tree is `undefined` where the file is no YAML, and has holes where a part was refused. */
export interface ReadDocument {
  readonly tree: unknown;
  readonly places: Places;
}

const deepest = 32;

/** Reads YAML. What is wrong is noted in the places; nothing is thrown. */
export function readDocument(text: string, environment: Environment): ReadDocument {
  const lines = new LineCounter();
  const places = new Places(lines);
  const document = parse(text, lines);
  if (document === undefined) {
    places.refuseAt(0, [], tooDeep);
    return { tree: undefined, places };
  }
  // What a parser says after its first complaint is mostly its own confusion. Odd tags and keys are the walk's to tell.
  const fault = [...document.errors, ...document.warnings].find(({ code }) => !toldByWalk.has(code));
  if (fault !== undefined) {
    const line = text.slice(text.lastIndexOf('\n', fault.pos[0]) + 1, fault.pos[0]);
    places.refuseAt(fault.pos[0], [], syntaxFlaw(fault, line));
    return { tree: undefined, places };
  }
  if (document.contents === null) {
    places.refuseAt(0, [], flaws.empty);
    return { tree: undefined, places };
  }
  if (document.directives?.yaml.explicit === true) places.refuseAt(0, [], flaws.directive);
  return { tree: new Walk(places, environment).plain(document.contents, []), places };
}

function parse(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      logLevel: 'error',
      version: '1.2',
      stringKeys: true,
      // Quadratic in the library; the walk looks for duplicates itself.
      uniqueKeys: false,
    });
  } catch {
    // The library recurses, so a hostile depth of nesting ends its stack.
    return undefined;
  }
}

const tooDeep: Flaw = { reason: 'is nested too deeply', hint: `${deepest} levels are allowed` };

const flaws = {
  empty: { reason: 'is empty', hint: 'start from config/minimal.yaml' },
  directive: { reason: 'has a YAML directive', hint: 'remove the lines that start with %' },
  alias: { reason: 'uses a YAML alias', hint: 'write the value out where it is used' },
  anchor: { reason: 'carries a YAML anchor', hint: 'remove it' },
  tag: { reason: 'carries a YAML tag', hint: 'remove it; put text in quotes' },
  merge: { reason: 'is a YAML merge key', hint: 'write the keys out where they are used' },
  key: { reason: 'is no usable key', hint: 'write a single word' },
} as const satisfies Record<string, Flaw>;

const toldByWalk: ReadonlySet<string> = new Set(['TAG_RESOLVE_FAILED', 'NON_STRING_KEY']);

/** `lineBefore` is the text of the line up to the fault. */
function syntaxFlaw({ code, message }: YAMLParseError | YAMLWarning, lineBefore: string): Flaw {
  if (message.includes('call stack')) return tooDeep;
  if (code === 'MULTIPLE_DOCS')
    return { reason: 'holds several YAML documents', hint: 'keep one document in the file' };
  const reason = (message.split('\n')[0] ?? code).replaceAll(/[^\x20-\x7E]/g, '?').slice(0, 160);
  const hint = /[{[,].*\$\{?$/.test(lineBefore)
    ? 'inside { } and [ ], put what holds ${…} in quotes'
    : 'check indentation, quotes and brackets';
  return { reason: `is not valid YAML: ${reason}`, hint };
}

class Walk {
  readonly #places: Places;
  readonly #environment: Environment;

  constructor(places: Places, environment: Environment) {
    this.#places = places;
    this.#environment = environment;
  }

  plain(node: unknown, path: Path): unknown {
    if (!isNode(node)) return null;
    const oddity = path.length > deepest ? tooDeep : oddityOf(node);
    if (oddity !== undefined) {
      this.#places.refuseValue(path, [oddity]);
      return null;
    }
    if (isMap(node)) return this.#plainMap(node, path);
    if (isSeq(node)) return node.items.map((entry, index) => this.#entry(entry, [...path, index]));
    return isScalar(node) ? this.#plainScalar(node, path) : null;
  }

  #entry(entry: unknown, path: Path): unknown {
    const offset = offsetOf(entry) ?? 0;
    this.#note(path, entry, offset, offset);
    return this.plain(entry, path);
  }

  #plainMap(map: YAMLMap, path: Path): unknown {
    const seen = new Map<string, unknown>();
    for (const pair of map.items) this.#addPair(pair, seen, path);
    return Object.fromEntries(seen);
  }

  #addPair({ key, value }: Pair, seen: Map<string, unknown>, parent: Path): void {
    const name = isScalar(key) && typeof key.value === 'string' ? key.value : '';
    const path = [...parent, name];
    const offset = offsetOf(key) ?? offsetOf(value) ?? 0;
    const flaw = seen.has(name) ? twice : keyFlaw(key, name);
    if (flaw !== undefined) return this.#places.refuseAt(offset, path, flaw);
    this.#note(path, value, offsetOf(value) ?? offset, offset);
    seen.set(name, this.plain(value, path));
  }

  #note(path: Path, node: unknown, value: number, key: number): void {
    const scalar = isScalar(node) ? node : undefined;
    const raw = typeof scalar?.value === 'string' ? scalar.value : scalar?.source;
    const isFilledIn = raw !== undefined && interpolate(raw, this.#environment).isChanged;
    this.#places.set(path, { value, key, raw, isFilledIn });
  }

  #plainScalar({ value, source }: Scalar, path: Path): unknown {
    if (typeof value === 'string') return this.#fillIn(value, path);
    // An integer that a double cannot hold stays the text it was.
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return source;
    return value;
  }

  #fillIn(source: string, path: Path): string {
    const { text, flaws } = interpolate(source, this.#environment);
    this.#places.refuseValue(path, flaws);
    return text;
  }
}

function oddityOf(node: unknown): Flaw | undefined {
  if (!isNode(node)) return undefined;
  if (isAlias(node)) return flaws.alias;
  if ('anchor' in node && node.anchor !== undefined) return flaws.anchor;
  return node.tag === undefined ? undefined : flaws.tag;
}

function keyFlaw(key: unknown, name: string): Flaw | undefined {
  if (name === '<<') return flaws.merge;
  return name === '' || name === '__proto__' ? flaws.key : oddityOf(key);
}

const twice: Flaw = { reason: 'is given twice', hint: 'keep one of them' };

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

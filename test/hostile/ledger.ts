// What a source has said of its values in a run: nothing else may ever be written.
import { decodeText } from '../../src/secret/text.ts';
import { added, discovered, dropped, wanted } from './scene.ts';
import type { SourceSide } from './side.ts';

const paths: Readonly<Record<string, string>> = { ...wanted, ...dropped, ...added, ...discovered };

export class Ledger {
  readonly #prefix: string;
  readonly #said = new Map<string, unknown[]>();
  /** Whole contents, as texts that can be compared. */
  readonly #contents = new Map<string, Set<string>>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** A content, as JSON text or as the object it stands for. */
  note(secret: string, content: unknown): void {
    const contents = this.#contents.get(secret) ?? new Set();
    this.#contents.set(secret, contents.add(comparable(content)));
    const value = valueIn(content);
    if (value !== undefined) this.#said.set(secret, [...(this.#said.get(secret) ?? []), value]);
  }

  /** All that an answer says. */
  noteAnswer(
    side: SourceSide,
    request: { readonly path: string; readonly body: string },
    body: Buffer,
  ): void {
    const text = decodeText(body);
    if (text === undefined) return;
    for (const [secret, content] of side.valuesIn(request, text)) this.note(secret, content);
  }

  /** Whether the mapping of a name could make this value of what was said. */
  allows(name: string, value: string): boolean {
    if (name === 'COMPOSED') return this.#composed().some((composed) => composed === value);
    return this.#valuesOf(paths[name] ?? '').some((said) => isSame(said, value));
  }

  /** Whether this content was said of a secret. */
  allowsContent(secret: string, content: string): boolean {
    return this.#contents.get(secret)?.has(comparable(content)) === true;
  }

  #composed(): readonly string[] {
    const right = this.#valuesOf('rotated').map((said) =>
      encodeURIComponent(String(said)).replaceAll('%20', '+'),
    );
    return this.#valuesOf('stable').flatMap((left) => right.map((one) => `${String(left)}:${one}`));
  }

  #valuesOf(path: string): readonly unknown[] {
    return this.#said.get(`${this.#prefix}${path}`) ?? [];
  }
}

/** JSON without its spelling. */
function comparable(content: unknown): string {
  const parsed = typeof content === 'string' ? parse(content) : content;
  return parsed === undefined ? String(content) : JSON.stringify(parsed);
}

function valueIn(content: unknown): unknown {
  const parsed = typeof content === 'string' ? parse(content) : content;
  if (typeof parsed !== 'object' || parsed === null || !('value' in parsed)) return undefined;
  return parsed.value;
}

/** Numbers and booleans are written as they stand. */
function isSame(said: unknown, value: string): boolean {
  return typeof said === 'string' ? said === value : said === parse(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

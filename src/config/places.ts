// Where each option of a config stands in its file, and what is wrong with the file so far.
import type { LineCounter } from 'yaml';
import type { Flaw } from './flaw.ts';
import type { Path, Problem } from './problem.ts';
import { formatPath } from './problem.ts';

/** One option in the file; offsets count characters from its start. */
export interface Place {
  readonly value: number;
  /** Where its key stands; the entry itself in a list. */
  readonly key: number;
  /** The text of a scalar before anything was filled in, so that it may be shown. */
  readonly raw?: string | undefined;
  /** A scalar that the environment took part in: text that may be meant as a number. */
  readonly isFilledIn: boolean;
}

/** The places of one file, and the problems found at them. */
export class Places {
  readonly #places = new Map<string, Place>();
  readonly #refused = new Set<string>();
  readonly #holes = new Set<string>();
  readonly #problems: Problem[] = [];
  readonly #lines: LineCounter;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  set(path: Path, place: Place): void {
    this.#places.set(keyOf(path), place);
  }

  get(path: Path): Place | undefined {
    return this.#places.get(keyOf(path));
  }

  /** Notes a problem of an option; a missing one is told at its parent. Only the first problem of an option counts. */
  refuse(path: Path, flaw: Flaw, at: 'key' | 'value' = 'value'): void {
    if (this.isHole(path) || this.#refused.has(keyOf(path))) return;
    this.#refused.add(keyOf(path));
    const place = this.get(path);
    this.refuseAt(place === undefined ? this.#parentOf(path) : place[at], path, flaw);
  }

  /** Notes why a value cannot be known; whatever else is said about it, or about its parts, does not count. */
  refuseValue(path: Path, flaws: readonly Flaw[]): void {
    for (const flaw of flaws) this.refuseAt(this.get(path)?.value ?? 0, path, flaw);
    if (flaws.length > 0) this.#holes.add(keyOf(path));
  }

  /** Notes a problem at an offset of the file. */
  refuseAt(offset: number, path: Path, { reason, hint }: Flaw): void {
    const { line, col: column } = this.#lines.linePos(offset);
    this.#problems.push({
      line: Math.max(line, 1),
      column: Math.max(column, 1),
      path: formatPath(path),
      reason,
      hint,
    });
  }

  /** Whether the value of the option, or of what it is part of, cannot be known. */
  isHole(path: Path): boolean {
    return path.some((_, index) => this.#holes.has(keyOf(path.slice(0, index + 1))));
  }

  /** The line that an option stands on. */
  lineOf(path: Path): number {
    return this.#lines.linePos(this.get(path)?.value ?? 0).line;
  }

  /** In the order of the file. */
  problems(): readonly Problem[] {
    return this.#problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }

  #parentOf(path: Path): number {
    for (let length = path.length - 1; length > 0; length -= 1) {
      const place = this.get(path.slice(0, length));
      if (place !== undefined) return place.key;
    }
    return 0;
  }
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}

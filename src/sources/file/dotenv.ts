// Dotenv files, read strictly: the library passes over what it does not understand, which would look like a secret that was deleted.
import { parse } from 'dotenv';
import { VoxsyncError } from '../../errors.ts';

/** One assignment, on as many lines as its quotes take. */
interface Assignment {
  readonly name: string;
  readonly text: string;
  /** What stands behind the equals sign. */
  readonly rest: string;
}

/** A fault by the number of its line. */
type Malformed = (line: number, problem: string) => VoxsyncError;

const start = /^\s*(?:export\s+)?([\w.-]+)[ \t]*=[ \t]*/;
const blank = /^\s*(?:#.*)?$/;

/** Texts by name, an error where a value may mean two things. Throws `source-invalid`, without quoting the text. */
export function parseDotenv(text: string, place: string): ReadonlyMap<string, string | VoxsyncError> {
  const malformed: Malformed = (line, problem) =>
    new VoxsyncError('source-invalid', `${place}, line ${line} ${problem}`, {
      hint: 'Write one `NAME=value` a line, with quotes around a value of several lines.',
    });
  const values = new Map<string, string | VoxsyncError>();
  let line = 1;
  for (const chunk of chunksOf(text.replaceAll(/\r\n?/g, '\n'))) {
    if (!blank.test(chunk)) {
      const assignment = assignmentOf(chunk, (problem) => malformed(line, problem));
      if (values.has(assignment.name)) throw malformed(line, `gives ${assignment.name} a second time`);
      values.set(assignment.name, valueOf(assignment, place));
    }
    line += chunk.split('\n').length;
  }
  return values;
}

/** The lines of a text, those of one value in quotes together. */
function* chunksOf(text: string): Generator<string> {
  for (let from = 0; from <= text.length;) {
    const valueAt = from + (start.exec(lineAt(text, from))?.[0].length ?? 0);
    const end = lineEnd(text, valueAt > from ? closingQuote(text, valueAt) : from);
    yield text.slice(from, end);
    from = end + 1;
  }
}

/** The place of the quote that closes the one at `from`; `from` itself where there is none of the two. */
function closingQuote(text: string, from: number): number {
  const quote = text.charAt(from);
  if (!/["'`]/.test(quote)) return from;
  for (let index = from + 1; index < text.length; index += 1) {
    if (text[index] === quote) return index;
    if (text[index] === '\\') index += 1;
  }
  return from;
}

function lineAt(text: string, from: number): string {
  return text.slice(from, lineEnd(text, from));
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function assignmentOf(text: string, malformed: (problem: string) => VoxsyncError): Assignment {
  const [opening, name] = start.exec(text) ?? [];
  if (opening === undefined || name === undefined) throw malformed('is no `NAME=value`');
  const rest = text.slice(opening.length);
  const closed = closingQuote(rest, 0);
  if (/^["'`]/.test(rest)) {
    if (closed === 0) throw malformed('opens a quote that nothing closes');
    if (!blank.test(rest.slice(closed + 1))) throw malformed('goes on behind its closing quote');
  }
  return { name, text, rest };
}

function valueOf({ name, text, rest }: Assignment, place: string): string | VoxsyncError {
  // `a#b` without quotes is cut to `a` by some readers, and not by others.
  if (/^["'`]/.test(rest) || !/\S#/.test(rest)) return parse(text)[name] ?? '';
  const problem = `${place}: ${JSON.stringify(name)} has a # in a value without quotes`;
  return new VoxsyncError('secret-invalid', problem, {
    hint: 'Put the value into quotes, or a space before a # that begins a comment.',
  });
}

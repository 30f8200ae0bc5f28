// The edge of the process as commands see it: where results and logs go, and how the process is asked to end.
import type { Interruption } from '../signals.ts';

export interface Io {
  /** Results. */
  readonly out: (text: string) => void;
  /** Logs, progress and errors. */
  readonly err: (text: string) => void;
  readonly isOutTerminal: boolean;
  readonly isErrTerminal: boolean;
  /** Asks a person and gives their line, `undefined` at the end of the input; missing where there is no terminal. */
  readonly ask?: ((question: string) => Promise<string | undefined>) | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly interruption: Interruption;
}

const chunkSize = 16_384;

/** Writes lines in chunks: neither a system call a line, nor one giant text. */
export function writeLines(write: (text: string) => void, lines: Iterable<string>): void {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < chunkSize) continue;
    write(chunk);
    chunk = '';
  }
  if (chunk !== '') write(chunk);
}

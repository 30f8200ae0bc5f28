// Asking a person on the terminal.
import { createInterface } from 'node:readline';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly write: (text: string) => void;
  /** Ends the waiting; the question is then answered by its reason. */
  readonly signal: AbortSignal;
}

/** Writes the question and gives the line that comes back; `undefined` at the end of the input. */
export async function askOn(
  { input, write, signal }: Terminal,
  question: string,
): Promise<string | undefined> {
  signal.throwIfAborted();
  write(question);
  // Without an output it is no line editor: Ctrl-C stays the terminal's and arrives as SIGINT.
  const lines = createInterface({ input, signal });
  try {
    const answer = await new Promise<string | undefined>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(undefined));
    });
    if (answer === undefined) write('\n');
    signal.throwIfAborted();
    return answer;
  } finally {
    lines.close();
  }
}

import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askOn } from '../../src/cli/ask.ts';

function terminal() {
  const input = new PassThrough();
  const stop = new AbortController();
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  return { input, stop, written, ask: () => askOn({ input, write, signal: stop.signal }, 'Go on? ') };
}

test('the question is written, and the line that comes back is the answer', async () => {
  const { input, written, ask } = terminal();
  const answer = ask();
  expect(written).toEqual(['Go on? ']);
  input.write('yes\nand more\n');
  expect(await answer).toBe('yes');
  expect(written).toEqual(['Go on? ']);
});

test('a second question waits for an answer of its own', async () => {
  const { input, ask } = terminal();
  const first = ask();
  input.write('no\n');
  expect(await first).toBe('no');
  const second = ask();
  input.write('yes\n');
  expect(await second).toBe('yes');
});

test('the end of the input is no answer, and leaves the cursor on a line of its own', async () => {
  const { input, written, ask } = terminal();
  const answer = ask();
  input.end();
  expect(await answer).toBeUndefined();
  expect(written).toEqual(['Go on? ', '\n']);
});

test('an interruption ends the waiting, and comes before any question', async () => {
  const { stop, written, ask } = terminal();
  const answer = ask();
  const reason = new DOMException('interrupted by SIGINT', 'AbortError');
  stop.abort(reason);
  await expect(answer).rejects.toBe(reason);
  await expect(ask()).rejects.toBe(reason);
  expect(written.filter((text) => text === 'Go on? ')).toHaveLength(1);
});

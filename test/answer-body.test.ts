// Reading a stream to its end, or to its limit and not a piece further.
import { describe, expect, it } from 'vitest';
import { readBytes } from '../src/answer-body.ts';

/** A stream of these texts, and how many of them were asked for. */
function streamOf(...texts: readonly string[]) {
  const counts = { taken: 0 };
  async function* pieces() {
    for (const text of texts) {
      counts.taken += 1;
      yield Buffer.from(text);
    }
  }
  return { counts, stream: pieces() };
}

describe('the bytes of a stream', () => {
  it.each<[string, readonly string[], string | undefined]>([
    ['that is empty', [], ''],
    ['in pieces', ['ab', '', 'c'], 'abc'],
    ['as long as the limit', ['abc', 'de'], 'abcde'],
    ['longer than the limit by one', ['abc', 'def'], undefined],
  ])('%s', async (_, texts, expected) => {
    const bytes = await readBytes(streamOf(...texts).stream, 5);
    expect(bytes?.toString()).toBe(expected);
  });

  it('are not read on once there are too many', async () => {
    const { counts, stream } = streamOf('abc', 'def', 'ghi');
    expect(await readBytes(stream, 5)).toBeUndefined();
    expect(counts.taken).toBe(2);
  });
});

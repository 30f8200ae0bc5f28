// The end of an answer: all its bytes, or the knowledge that there are too many, and a connection that can be used again.
import { setImmediate as turn } from 'node:timers/promises';

/** Reads a stream to its end; `undefined` as soon as it turns out longer than the limit, and then no more is read. */
export async function readBytes(
  stream: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** undici frees a connection a turn after its last byte; who asks sooner is given another, with a handshake of its own. */
export async function untilConnectionIsFree(): Promise<void> {
  await turn();
}

// All bytes of an answer, or the knowledge that there are too many.
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
  // undici frees a connection a moment after its last byte. Who asks at once is given another, with a handshake of its own.
  await turn();
  return Buffer.concat(chunks);
}

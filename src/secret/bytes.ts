// All bytes of an answer, or the knowledge that there are too many.

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

// Bytes as text, or the knowledge that they are none.

/** Bytes as UTF-8 text without a byte order mark; `undefined` when they are no UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

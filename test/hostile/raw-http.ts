// Answers written to a connection by hand, right or wrong.
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

export interface Head {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `undefined` leaves the length out, so that the body goes on until the connection ends. */
  readonly length: number | undefined;
  /** Sent as they are, whatever they say. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** Headers that speak of the server's own connection, and the length, which is told anew. */
const ofConnection = new Set(['connection', 'transfer-encoding', 'content-length', 'keep-alive']);

/** A head as HTTP writes it; the connection ends behind the answer. */
export function headOf({ status, headers, length, extra = {} }: Head): string {
  const kept = Object.entries(headers).filter(
    ([name]) => !ofConnection.has(name) && !Object.hasOwn(extra, name),
  );
  const lines = [...kept, ...Object.entries(extra)].flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => `${name}: ${one}`),
  );
  const lengths = length === undefined ? [] : [`content-length: ${length}`];
  return [`HTTP/1.1 ${status} Said`, ...lines, ...lengths, 'connection: close', '', ''].join('\r\n');
}

/** Sends all of it and ends the connection. */
export function sendAll(socket: Socket, head: string, body: Buffer): void {
  socket.write(head);
  socket.end(body);
}

/** Sends the chunk again and again, as fast as it is taken, until the connection ends. */
export function endlessly(socket: Socket, head: string, chunk: Buffer): void {
  const pour = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', pour);
  socket.write(head);
  pour();
}

/** Sends the head, and then one piece now and then until the connection ends. */
export function drip(socket: Socket, head: string, piece: string): void {
  socket.write(head);
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write(piece);
  }, 15);
}

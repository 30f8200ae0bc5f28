// Answers written to a connection by hand, right or wrong.
import type { Socket } from 'node:net';

/** Sends the chunk again and again, as fast as it is taken, until the connection ends. */
export function endlessly(socket: Socket, head: string, chunk: Buffer): void {
  const pour = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', pour);
  socket.write(head);
  pour();
}

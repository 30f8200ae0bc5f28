// What goes over the wire: an answer, or the fault in its place.
import type { ServerResponse } from 'node:http';
import { errorBody, type Reply } from './api.ts';
import type { ActiveFault, FaultKind } from './faults.ts';
import type { EmulatorSwitches } from './switches.ts';

const jsonType = 'application/json; charset=utf-8';

/** Sends a reply; a reply that hangs stays unsent until the server closes. */
export function sendReply(response: ServerResponse, reply: Reply, switches: EmulatorSwitches): void {
  const { fault, text } = reply;
  if (fault === undefined) send(response, reply.status, jsonType, text);
  else sendFault(response, fault, { text, error: JSON.stringify(errorBody(fault.code, switches)) });
}

/** Sends a page of the kind that web servers and gateways make. */
export function sendPage(response: ServerResponse, status: number): void {
  const page = `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>\n`;
  send(response, status, 'text/html', page);
}

function sendFault(
  response: ServerResponse,
  fault: ActiveFault,
  bodies: { readonly text: string; readonly error: string },
): void {
  if (fault.retryAfterSeconds !== undefined) response.setHeader('Retry-After', fault.retryAfterSeconds);
  const reset = () => void response.socket?.resetAndDestroy();
  const senders: Record<FaultKind, () => void> = {
    error: () => send(response, fault.status ?? 200, jsonType, bodies.error),
    http: () => send(response, fault.status ?? 503, jsonType, '{}'),
    html: () => sendPage(response, fault.status ?? 502),
    'reset-before': reset,
    'reset-after': reset,
    hang: () => undefined,
    cut: () => sendCut(response, bodies.text),
    truncated: () => send(response, fault.status ?? 200, jsonType, half(bodies.text)),
  };
  senders[fault.kind]();
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

/** Promises the whole body, sends half of it, and closes the connection. */
function sendCut(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'Content-Type': jsonType, 'Content-Length': Buffer.byteLength(text) });
  response.write(half(text), () => response.destroy());
}

function half(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

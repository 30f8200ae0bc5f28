// What can be wrong with an answer below its JSON: bytes, lengths, encodings, statuses, headers, and time.
import type { Socket } from 'node:net';
import type { Reply, SendRaw } from '../proxy/faulty-proxy.ts';
import type { Make } from './made.ts';
import type { Random } from './random.ts';
import { drip, endlessly, headOf } from './raw-http.ts';
import { cutShort, flipByte, gzipBomb, html, insertBytes, withBody } from './wire-bodies.ts';
import {
  badFraming,
  badStartLine,
  hugeHeaders,
  informational,
  otherHeaders,
  otherStatus,
  wrongLength,
} from './wire-heads.ts';

/** An answer that is sent wrongly, and how. */
export interface WireMutation {
  readonly what: string;
  readonly send: SendRaw;
  /** The body that a client may read, whatever stands around it. */
  readonly body: (body: Buffer) => Buffer;
}

/** A mutation that chance picks. */
export function mutateWire(random: Random): WireMutation {
  const [name, make] = random.pick(kinds);
  const { send, detail, body = (same) => same } = make(random);
  return { what: detail === undefined ? name : `${name} ${detail}`, send, body };
}

/** One byte now and then, so that an idle connection is never seen. */
const dripping: Make = (random) => {
  const isHead = random.chance(0.4);
  const send: SendRaw = (socket, reply) =>
    isHead
      ? drip(socket, 'HTTP/1.1 200 OK\r\nx-slow: ', 'y')
      : drip(socket, headOf({ ...reply, length: 10_000_000 }), ' ');
  return { send, detail: isHead ? 'of the head' : 'of the body' };
};

const silence: Make = () => ({ send: () => {} });
const reset: Make = () => ({ send: (socket) => void socket.resetAndDestroy() });

const flood: Make = (random) => {
  const chunk = Buffer.from(random.pick(['[', '{"result":', ' ', '0,', 'x', '"a":{}, ']).repeat(8000));
  return {
    send: (socket: Socket, reply: Reply) => endlessly(socket, headOf({ ...reply, length: undefined }), chunk),
  };
};

const kinds: readonly (readonly [name: string, make: Make])[] = [
  ['strange bytes', insertBytes],
  ['a flipped byte', flipByte],
  ['a flipped byte', flipByte],
  ['cut short', cutShort],
  ['cut short', cutShort],
  ['byte order mark', () => withBody((body) => Buffer.concat([Buffer.from('efbbbf', 'hex'), body]))],
  ['UTF-16', () => withBody((body) => Buffer.from(body.toString('utf8'), 'utf16le'))],
  ['nothing', () => withBody(() => Buffer.alloc(0))],
  ['twice', () => withBody((body) => Buffer.concat([body, body]))],
  ['length off by', wrongLength],
  ['framing', badFraming],
  ['status', otherStatus],
  ['status', otherStatus],
  ['status', otherStatus],
  ['start line', badStartLine],
  ['informational', informational],
  ['headers', otherHeaders],
  ['headers', otherHeaders],
  ['huge headers', hugeHeaders],
  ['HTML', html],
  ['gzip bomb', gzipBomb],
  ['drip', dripping],
  ['silence', silence],
  ['reset', reset],
  ['flood', flood],
];

// Heads that are wrong: lengths, framing, statuses, headers, and lines before and in the place of them.
import type { SendRaw } from '../proxy/faulty-proxy.ts';
import type { Make } from './made.ts';
import { headOf, sendAll } from './raw-http.ts';

/** The head promises more or less than comes. */
export const wrongLength: Make = (random) => {
  const [by, isClosed] = [random.pick([-40, -1, 1, 1000, 1e15]), random.chance(0.7)];
  const send: SendRaw = (socket, reply) => {
    socket.write(headOf({ ...reply, length: Math.max(0, reply.body.length + by) }));
    socket.write(reply.body);
    if (isClosed) socket.end();
  };
  return { send, detail: `${by}${isClosed ? '' : ', then silence'}` };
};

const badHeads = [
  'transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
  'transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n{}',
  'transfer-encoding: chunked\r\n\r\n-5\r\n{}\r\n',
  'transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n{}',
  'content-length: 2\r\ncontent-length: 3\r\n\r\n{}',
  'content-length: -1\r\n\r\n{}',
  'content-length: NaN\r\n\r\n{}',
  'transfer-encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-trailer: \u0000\r\n\r\n',
];

export const badFraming: Make = (random) => {
  const head = random.pick(badHeads);
  const send: SendRaw = (socket) => void socket.end(`HTTP/1.1 200 OK\r\n${head}`);
  return { send, detail: JSON.stringify(head.slice(0, 60)) };
};

const statuses = [
  201, 202, 204, 205, 206, 299, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 407,
  408, 409, 410, 412, 413, 418, 422, 425, 429, 431, 451, 472, 473, 499, 500, 501, 502, 503, 504, 507, 520,
  599, 600, 999,
];

export const otherStatus: Make = (random) => {
  const status = random.pick(statuses);
  const location = random.pick([
    undefined,
    '/',
    'http://127.0.0.1:1/',
    'https://127.0.0.1:1/',
    'http://[::',
    '//127.0.0.1:1/x',
    'file:///etc/passwd',
    'javascript:1',
    `/${'a'.repeat(10_000)}`,
  ]);
  const send: SendRaw = (socket, reply) => {
    const extra = location === undefined ? {} : { location };
    sendAll(socket, headOf({ ...reply, status, extra, length: reply.body.length }), reply.body);
  };
  return { send, detail: `${status}${location === undefined ? '' : ` to ${location.slice(0, 30)}`}` };
};

const badStartLines = [
  'HTTP/1.1 abc OK',
  'HTTP/1.1 20 OK',
  'HTTP/1.1 2000 OK',
  'HTTP/9.9 200 OK',
  'HTTP/1.0 200 OK',
  'SSH-2.0-OpenSSH_9.9',
  '',
  '\u0016\u0003\u0001\u0002',
];

export const badStartLine: Make = (random) => {
  const line = random.pick(badStartLines);
  const send: SendRaw = (socket) => void socket.end(`${line}\r\ncontent-length: 2\r\n\r\n{}`);
  return { send, detail: JSON.stringify(line) };
};

/** A head before the head. */
export const informational: Make = (random) => {
  const status = random.pick([100, 101, 102, 103, 199]);
  const times = random.pick([1, 3, 200]);
  const send: SendRaw = (socket, reply) => {
    socket.write(`HTTP/1.1 ${status} first\r\nlink: </x>\r\n\r\n`.repeat(times));
    sendAll(socket, headOf({ ...reply, length: reply.body.length }), reply.body);
  };
  return { send, detail: `${status} ${times} times` };
};

const strangeHeaders: readonly Readonly<Record<string, string>>[] = [
  { date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
  { date: 'Fri, 31 Dec 9999 23:59:59 GMT' },
  { date: 'Sat, 01 Jan 2050 00:00:00 GMT' },
  { date: 'yesterday' },
  { 'retry-after': '99999999999999999999' },
  { 'retry-after': '999999999' },
  { 'retry-after': '-1' },
  { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' },
  { 'x-amz-retry-after': '99999999999' },
  { 'x-amzn-errortype': 'constructor' },
  { 'x-amzn-query-error': 'a;b' },
  { 'x-amzn-requestid': 'x'.repeat(5000) },
  { 'x-vault-index': 'x'.repeat(2000) },
  { 'x-vault-index': 'v1:abc' },
  { 'content-type': 'text/html' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'br, gzip, deflate' },
  { connection: 'upgrade', upgrade: 'h2c' },
  { 'set-cookie': 'a=b' },
  { 'keep-alive': 'timeout=0, max=0' },
  { 'keep-alive': 'timeout=99999999999' },
  { __proto__: 'x', constructor: 'y' },
];

export const otherHeaders: Make = (random) => {
  const status = random.pick([200, 200, 429, 503]);
  const extra = random.pick(strangeHeaders);
  const send: SendRaw = (socket, reply) =>
    sendAll(socket, headOf({ ...reply, status, extra, length: reply.body.length }), reply.body);
  return { send, detail: `${status} ${JSON.stringify(extra).slice(0, 80)}` };
};

export const hugeHeaders: Make = (random) => {
  const [count, size] = random.pick([
    [1, 100_000],
    [10_000, 20],
    [1, 15_000],
  ] as const);
  const send: SendRaw = (socket, reply) => {
    const extra = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`x-filler-${index}`, 'f'.repeat(size)]),
    );
    sendAll(socket, headOf({ ...reply, extra, length: reply.body.length }), reply.body);
  };
  return { send, detail: `${count} of ${size} bytes` };
};

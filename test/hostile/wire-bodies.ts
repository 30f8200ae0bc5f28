// Bodies that are wrong in their bytes, or of another kind than JSON.
import { gzipSync } from 'node:zlib';
import type { SendRaw } from '../proxy/faulty-proxy.ts';
import type { Made, Make } from './made.ts';
import { headOf, sendAll } from './raw-http.ts';

/** Sends another body, with the length that belongs to it. */
export function withBody(change: (body: Buffer) => Buffer, detail?: string): Made {
  const send: SendRaw = (socket, reply) => {
    const body = change(reply.body);
    sendAll(socket, headOf({ ...reply, length: body.length }), body);
  };
  return { send, body: change, ...(detail !== undefined && { detail }) };
}

const badBytes = ['ff', 'c328', 'e28228', 'f0288cbc', 'eda080', '00', 'c080'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

export const insertBytes: Make = (random) => {
  const [bytes, at] = [random.pick(badBytes), random.next()];
  return withBody((body) => {
    const place = Math.floor(at * body.length);
    return Buffer.concat([body.subarray(0, place), bytes, body.subarray(place)]);
  }, bytes.toString('hex'));
};

export const flipByte: Make = (random) => {
  const [at, bit] = [random.next(), random.below(8)];
  return withBody((body) => {
    const flipped = Buffer.from(body);
    const place = Math.floor(at * body.length);
    flipped[place] = (flipped[place] ?? 0) ^ (1 << bit);
    return flipped;
  });
};

export const cutShort: Make = (random) => {
  const at = random.next();
  return withBody((body) => body.subarray(0, Math.floor(at * body.length)));
};

export const html: Make = (random) => {
  const status = random.pick([200, 403, 404, 502]);
  const body = Buffer.from('<!doctype html><html><body><h1>Sign in</h1></body></html>');
  const send: SendRaw = (socket) =>
    sendAll(socket, headOf({ status, headers: { 'content-type': 'text/html' }, length: body.length }), body);
  return { send, detail: String(status) };
};

const bomb = gzipSync(Buffer.alloc(20_000_000, '['));

export const gzipBomb: Make = () => ({
  send: (socket, reply) => {
    const extra = { 'content-encoding': 'gzip' };
    sendAll(socket, headOf({ ...reply, extra, length: bomb.length }), bomb);
  },
});

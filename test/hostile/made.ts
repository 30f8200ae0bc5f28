// What a mutation below the JSON is made of.
import type { SendRaw } from '../proxy/faulty-proxy.ts';
import type { Random } from './random.ts';

export interface Made {
  readonly send: SendRaw;
  readonly body?: (body: Buffer) => Buffer;
  readonly detail?: string;
}

export type Make = (random: Random) => Made;

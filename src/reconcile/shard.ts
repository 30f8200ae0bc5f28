// Which applications one of several processes works on, by rendezvous hashing: each belongs to exactly one, and few change hands when their number does.
import { digest } from '../secret/digest.ts';

/** One of `count` processes, counted from 0. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Whether an application of an account belongs to the shard. */
export function isInShard(account: string, applicationId: number, { index, count }: Shard): boolean {
  return shardOf(account, applicationId, count) === index;
}

/** The shard that bids highest; its bid does not depend on how many others there are. */
export function shardOf(account: string, applicationId: number, count: number): number {
  const bidOf = (index: number) => digest([account, String(applicationId), String(index)], 16);
  let winner = { index: 0, bid: bidOf(0) };
  for (let index = 1; index < count; index += 1) {
    const bid = bidOf(index);
    if (bid > winner.bid) winner = { index, bid };
  }
  return winner.index;
}

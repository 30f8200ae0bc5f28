// The option --shard: `1/4`, or `4` with the index that an Indexed Job of Kubernetes puts into the environment.
import { VoxsyncError } from '../errors.ts';
import type { Shard } from '../reconcile/shard.ts';
import type { Io } from './io.ts';

/** Shards are for applications, and no account has more. */
const countLimit = 10_000;

/** The shard that is asked for. Throws `usage-invalid`. */
export function readShard(text: string | undefined, { env }: Pick<Io, 'env'>): Shard | undefined {
  if (text === undefined) return undefined;
  const [, written, total] = /^(?:(\d{1,6})\/)?(\d{1,6})$/.exec(text) ?? [];
  const given = written ?? env['JOB_COMPLETION_INDEX'];
  if (given === undefined) throw refusal(text, 'JOB_COMPLETION_INDEX is not set');
  const shard = { index: Number(given), count: Number(total) };
  if (isShard(shard)) return shard;
  throw refusal(text, `the shard is ${given}, counted from 0`);
}

function isShard({ index, count }: Shard): boolean {
  return Number.isInteger(index) && index >= 0 && index < count && count <= countLimit;
}

function refusal(text: string, why: string): VoxsyncError {
  return new VoxsyncError('usage-invalid', `--shard ${text}: ${why}`, {
    hint: 'Write `--shard I/N` with I from 0 to N-1; in an Indexed Job, `--shard N` is enough.',
  });
}

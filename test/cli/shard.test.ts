// The option --shard, and the index that an Indexed Job of Kubernetes gives.
import { describe, expect, test } from 'vitest';
import { readShard } from '../../src/cli/shard.ts';
import { VoxsyncError } from '../../src/errors.ts';

const job = (index?: string) => ({ env: { JOB_COMPLETION_INDEX: index } });

describe('--shard', () => {
  test.each([
    [undefined, undefined, undefined],
    ['0/4', undefined, { index: 0, count: 4 }],
    ['3/4', '1', { index: 3, count: 4 }],
    ['4', '2', { index: 2, count: 4 }],
    ['1', '0', { index: 0, count: 1 }],
  ])('%s in job %s', (text, index, expected) => {
    expect(readShard(text, job(index))).toEqual(expected);
  });

  test.each([
    ['4/4', undefined, /counted from 0/],
    ['4', undefined, /JOB_COMPLETION_INDEX is not set/],
    ['4', '4', /the shard is 4/],
    ['4', 'two', /the shard is two/],
    ['0/0', undefined, /counted from 0/],
    ['-1/4', '0', /counted from 0/],
    ['1/2/3', '0', /counted from 0/],
    ['', '0', /counted from 0/],
    ['0/20000', undefined, /counted from 0/],
  ])('%s in job %s is refused', (text, index, message) => {
    expect(() => readShard(text, job(index))).toThrow(VoxsyncError);
    expect(() => readShard(text, job(index))).toThrow(message);
  });
});

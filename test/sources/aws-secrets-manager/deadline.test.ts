// The bound on a call: its time, the caller's signal, and calls that overlook theirs.
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { withDeadline } from '../../../src/sources/aws-secrets-manager/deadline.ts';

const deaf = () => new Promise<never>(() => {});

test('gives what the call gives, and leaves nothing behind', async () => {
  const { signal } = new AbortController();
  expect(await withDeadline(1000, signal, async () => 'done')).toBe('done');
  await expect(withDeadline(1000, signal, () => Promise.reject(new Error('own')))).rejects.toThrow('own');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('ends a call that overlooks its signal when the time is up', async () => {
  const { signal } = new AbortController();
  await expect(withDeadline(20, signal, deaf)).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('ends it with the reason of the caller', async () => {
  const control = new AbortController();
  const reason = new Error('enough');
  const running = withDeadline(60_000, control.signal, deaf);
  control.abort(reason);
  await expect(running).rejects.toBe(reason);
});

test('aborts the signal of the call', async () => {
  const { signal } = new AbortController();
  let inner: AbortSignal | undefined;
  const running = withDeadline(20, signal, (own) => {
    inner = own;
    return deaf();
  });
  await expect(running).rejects.toThrow('no answer in time');
  expect(inner?.aborted).toBe(true);
});

test('does not begin under a signal that is aborted', async () => {
  let isBegun = false;
  const running = withDeadline(1000, AbortSignal.abort(new Error('before')), async () => {
    isBegun = true;
  });
  await expect(running).rejects.toThrow('before');
  expect(isBegun).toBe(false);
});

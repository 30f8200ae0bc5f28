// When a server counts as down, here a Vault, for how long, and what does not count.
import { expect, test } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { createOutageWatch } from '../../src/sources/outage.ts';
import { isOutage } from '../../src/sources/vault/refusals.ts';

const sealed = new VoxsyncError('source-unreachable', 'vault: Vault is sealed (503)', {
  hint: 'Unseal it.',
  remoteCode: 503,
});
const gone = new VoxsyncError('source-unreachable', 'vault: it cannot be reached: ECONNREFUSED');

/** A watch of three failures, a clock, and a count of what was asked. */
function watching() {
  const state = { now: 0, asked: 0 };
  const watch = createOutageWatch({ id: 'vault', failures: 3, isOutage }, () => state.now);
  const ask = (answer: unknown) =>
    watch
      .unlessDown(async () => {
        state.asked += 1;
        if (answer instanceof Error) throw answer;
        return answer;
      })
      .catch((error: unknown) => error);
  return { state, ask };
}

test('after some failures in a row nothing is asked for five seconds, and each further failure renews them', async () => {
  const { state, ask } = watching();
  for (const error of [gone, sealed, sealed]) expect(await ask(error)).toBe(error);
  expect(await ask('here')).toMatchObject({
    code: 'source-unreachable',
    message: 'vault: not asked, because the requests before it failed: Vault is sealed (503)',
    hint: 'Unseal it.',
    remoteCode: 503,
  });
  state.now = 4999;
  await ask('here');
  expect(state.asked).toBe(3);
  state.now = 5000;
  expect(await ask(gone)).toBe(gone);
  state.now = 9999;
  expect(await ask('here')).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
  state.now = 10_000;
  expect(await ask('here')).toBe('here');
  expect(state.asked).toBe(5);
  await ask(gone);
  expect(await ask('here')).toBe('here');
});

test('an answer in between, a refusal too, begins the count anew', async () => {
  const refused = new VoxsyncError('source-refused', 'no', { remoteCode: 403 });
  for (const answer of ['here', refused]) {
    const { ask, state } = watching();
    for (const one of [gone, gone, answer, gone, gone, answer]) expect(await ask(one)).toBe(one);
    expect(state.asked).toBe(6);
  }
});

test('what may be about one path, or was stopped by us, is no outage', async () => {
  const broken = new VoxsyncError('source-unreachable', 'no', { remoteCode: 500 });
  const stopped = new Error('stop');
  for (const error of [broken, stopped]) {
    const { ask } = watching();
    for (const one of [error, error, error, error, 'here']) expect(await ask(one)).toBe(one);
  }
  // But neither is it an answer of a Vault that is well.
  const { ask, state } = watching();
  for (const one of [gone, gone, stopped, gone]) await ask(one);
  await ask('here');
  expect(state.asked).toBe(4);
});

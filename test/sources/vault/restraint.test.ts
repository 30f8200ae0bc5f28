// What was refused is not shown again for a minute, unless it is something else.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { VoxsyncError } from '../../../src/errors.ts';
import { createRestraint } from '../../../src/sources/vault/restraint.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const refused = new VoxsyncError('source-refused', 'no');
const unreachable = new VoxsyncError('source-unreachable', 'gone');

/** Logs in with proofs, and counts how often that reached the other side. */
function knocking(answer: () => string | VoxsyncError) {
  const restraint = createRestraint();
  let knocks = 0;
  const knock = (secret: string) =>
    restraint
      .unlessRefused({ secret }, async () => {
        knocks += 1;
        const given = answer();
        if (given instanceof VoxsyncError) throw given;
        return given;
      })
      .catch((error: unknown) => error);
  return { restraint, knock, knocks: () => knocks };
}

test('repeats the refusal of the same proof for a minute, and asks again after it', async () => {
  const { knock, knocks } = knocking(() => refused);
  for (const [passedMs, expected] of [
    [0, 1],
    [30_000, 1],
    [29_999, 1],
    [1, 2],
    [59_999, 2],
    [1, 3],
  ] as const) {
    vi.advanceTimersByTime(passedMs);
    expect(await knock('a')).toBe(refused);
    expect(knocks()).toBe(expected);
  }
});

test('shows another proof at once, and what may prove more', async () => {
  const { restraint, knock, knocks } = knocking(() => refused);
  await knock('a');
  await knock('b');
  expect(knocks()).toBe(2);
  restraint.forget();
  await knock('b');
  expect(knocks()).toBe(3);
});

test('holds nothing against a proof that was not judged, or was accepted', async () => {
  const answers = [unreachable, 'in', refused];
  const { knock, knocks } = knocking(() => answers.shift() ?? 'in');
  expect([await knock('a'), await knock('a'), await knock('a'), await knock('a')]).toEqual([
    unreachable,
    'in',
    refused,
    refused,
  ]);
  expect(knocks()).toBe(3);
});

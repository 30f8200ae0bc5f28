// What the Date headers of answers tell of the server's clock.
import { expect, test, vi } from 'vitest';
import { ServerClock } from '../src/server-clock.ts';
import { never, openBench } from './target/setup.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const header = (ms: number) => new Date(ms).toUTCString();

function clockAt(localMs: number): ServerClock {
  vi.spyOn(Date, 'now').mockReturnValue(localMs);
  return new ServerClock();
}

test('before any answer it is our own', () => {
  expect(clockAt(noon).nowMs()).toBe(noon);
});

test.each([
  ['ahead', 600_000],
  ['behind', -7_200_000],
])('a server that is %s', (_, offsetMs) => {
  const clock = clockAt(noon);
  clock.note(header(noon + offsetMs), noon - 100, noon + 100);
  expect(clock.nowMs()).toBe(noon + offsetMs + 500);
});

test.each([
  ['a difference that a header cannot tell', header(noon + 1000), 0, 0],
  ['an answer that took too long', header(noon + 600_000), -6000, 0],
  ['a clock that was set back meanwhile', header(noon + 600_000), 1000, 0],
  ['no header', undefined, 0, 0],
  ['a header that is no date', 'yesterday', 0, 0],
])('%s changes nothing', (_, text, sentBefore, receivedAfter) => {
  const clock = clockAt(noon);
  clock.note(text, noon + sentBefore, noon + receivedAfter);
  expect(clock.nowMs()).toBe(noon);
});

test('a clock that is set right is right again', () => {
  const clock = clockAt(noon);
  for (const offsetMs of [600_000, 600_000, 600_000, 0, 0, 0]) {
    clock.note(header(noon + offsetMs), noon, noon);
  }
  expect(clock.nowMs()).toBe(noon);
});

test.each([
  ['the first', [1e12, 3_600_000, 3_600_000]],
  ['the second', [3_600_000, 1e12, 3_600_000]],
  ['the newest', [3_600_000, 3_600_000, -1e12]],
  ['two of five', [3_600_000, 1e12, 3_600_000, 1e12, 3_600_000]],
])('one answer that is far off moves nothing: %s', (_, offsetsMs) => {
  const clock = clockAt(noon);
  for (const offsetMs of offsetsMs) clock.note(header(noon + offsetMs), noon, noon);
  expect(clock.nowMs()).toBe(noon + 3_600_500);
});

test('of two answers, the one that agrees more with this machine', () => {
  const clock = clockAt(noon);
  clock.note(header(noon + 1e12), noon, noon);
  clock.note(header(noon - 1e11), noon, noon);
  expect(clock.nowMs()).toBe(noon - 1e11 + 500);
});

test('tokens go by the newest answer', () => {
  const clock = clockAt(noon);
  for (const offsetMs of [0, 0, 7_200_000]) clock.note(header(noon + offsetMs), noon, noon);
  expect(clock.toldMs()).toBe(noon + 7_200_500);
});

test('a target tells the time of its server after the first answer, and signs its tokens by it', async () => {
  const bench = await openBench({ clock: () => new Date(Date.now() + 3_600_000) });
  await bench.target.applications('cheap', never);
  const aheadSeconds = bench.target.now() - Math.floor(Date.now() / 1000);
  await bench.close();
  expect(Math.abs(aheadSeconds - 3600)).toBeLessThanOrEqual(2);
});

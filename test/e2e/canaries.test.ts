// The search itself: it finds what is there in every form, and nothing where nothing is.
import { expect, test } from 'vitest';
import { hatch, tracesIn } from './canaries.ts';

test('finds a canary in every form and at every offset, and no other', () => {
  const [canary, other] = [hatch('here'), hatch('there')];
  const { value } = canary;
  const found = (text: string) => tracesIn(text, [canary, other]).map((trace) => trace.split(': ')[1]);
  expect(found(`x${value}x`)).toContain('plain');
  expect(found(value.slice(0, 20))).toContain('plain');
  expect(found(encodeURIComponent(value))).toContain('URL-encoded');
  expect(found(JSON.stringify({ value }))).toContain('JSON-escaped');
  for (const before of ['', 'a', 'ab', 'abc', 'user:'])
    for (const form of ['base64', 'base64url'] as const)
      expect(found(Buffer.from(`${before}${value}:after`).toString(form))).toEqual(['base64']);
  expect(found(Buffer.from(value).toString('hex'))).toEqual(['hex']);
  expect(found('nothing of it')).toEqual([]);
  expect(tracesIn(other.value, [canary])).toEqual([]);
});

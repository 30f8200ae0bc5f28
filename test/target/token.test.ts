// The account's token: its claims, how long it is kept, and that many callers cost one signature.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { createTokenSource } from '../../src/target/voximplant/token.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const start = 1_700_000_000_000;

function sourceAt(startMs = start) {
  let nowMs = startMs;
  let tickMs = 0;
  const tokens = createTokenSource({ keyId: 'kid-1', privateKey }, 4711, () => (nowMs += tickMs));
  return {
    tokens,
    /** Makes the clock move on whenever it is read. */
    tick: (seconds: number) => {
      tickMs = seconds * 1000;
    },
    advance: (seconds: number) => {
      nowMs += seconds * 1000;
    },
  };
}

test('is an RS256 token of the account, back-dated by five seconds, good for an hour at most', async () => {
  const token = await sourceAt().tokens.current();
  expect(decodeProtectedHeader(token)).toEqual({ typ: 'JWT', alg: 'RS256', kid: 'kid-1' });
  const { payload } = await jwtVerify(token, createPublicKey(privateKey), { currentDate: new Date(start) });
  expect(payload.iss).toBe('4711');
  expect(payload.iat).toBe(start / 1000 - 5);
  expect(payload.exp! - payload.iat!).toBe(3600);
});

test('is kept, and renewed ten minutes before its end', async () => {
  const { tokens, advance } = sourceAt();
  const first = await tokens.current();
  advance(2990);
  expect(await tokens.current()).toBe(first);
  advance(10);
  expect(await tokens.current()).not.toBe(first);
});

test('is renewed when the clock was set back, for it would come from the future', async () => {
  const { tokens, advance } = sourceAt();
  const first = await tokens.current();
  advance(-60);
  expect(await tokens.current()).not.toBe(first);
});

test('is shared by callers at the same time, fresh or stale', async () => {
  const { tokens, advance, tick } = sourceAt();
  expect(new Set(await Promise.all([tokens.current(), tokens.current(), tokens.current()])).size).toBe(1);
  advance(3300);
  // Signed twice, they would differ in their times.
  tick(2);
  const renewed = await Promise.all([tokens.current(), tokens.current(), tokens.current()]);
  expect(new Set(renewed).size).toBe(1);
});

test('is signed anew after it was refused, once for all who held it', async () => {
  const { tokens, advance } = sourceAt();
  const refused = await tokens.current();
  advance(1);
  await tokens.invalidate(refused);
  const renewed = await tokens.current();
  expect(renewed).not.toBe(refused);
  advance(1);
  await tokens.invalidate(refused);
  expect(await tokens.current()).toBe(renewed);
});

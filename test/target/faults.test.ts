// What the target does when the emulator loses answers, throttles, and expires tokens.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SecretBox } from '../../src/secret/box.ts';
import type { EmulatorFault } from '../../src/emulator/emulator.ts';
import type { PaceState } from '../../src/target/voximplant/pace/pace.ts';
import { applicationId, failureOf, never, openBench, type Bench } from './setup.ts';

const contents = { value: new SecretBox('the value'), description: 'our marker' };

let bench: Bench;
beforeEach(async () => {
  // Long enough for an answer on a busy machine: all but one are to come.
  bench = await openBench({}, { timeoutMs: 1000 });
});
afterEach(() => bench.close());

const fault = (method: string, kind: EmulatorFault['kind'], more: Partial<EmulatorFault> = {}) =>
  bench.emulator.faults.add({ method, kind, ...more });
const create = () => bench.target.create(applicationId, 'NAME', contents, never);
const names = () => bench.emulator.state.secrets(applicationId).map(({ name }) => name);
const calls = () => bench.emulator.journal.entries.map(({ method }) => method);
const seed = (name: string) =>
  bench.emulator.state.addSecret(applicationId, { name, value: 'old', description: 'theirs' });

describe('create', () => {
  test.each([
    ['lost before it took effect', 'reset-before', {}, ['AddSecret', 'GetSecrets', 'AddSecret']],
    ['lost after it took effect', 'reset-after', {}, ['AddSecret', 'GetSecrets']],
    ['answered by half of the JSON', 'truncated', {}, ['AddSecret', 'GetSecrets']],
    ['cut off', 'cut', {}, ['AddSecret', 'GetSecrets']],
    ['answered by a page, without effect', 'html', {}, ['AddSecret', 'GetSecrets', 'AddSecret']],
    ['answered by a page, with effect', 'html', { isCommitted: true }, ['AddSecret', 'GetSecrets']],
    ['answered by 503, with effect', 'http', { isCommitted: true }, ['AddSecret', 'GetSecrets']],
    ['never answered', 'hang', {}, ['AddSecret', 'GetSecrets', 'AddSecret']],
    ['never answered, with effect', 'hang', { isCommitted: true }, ['AddSecret', 'GetSecrets']],
    ['taken for a repetition', 'error', { code: 484 }, ['AddSecret', 'GetSecrets', 'AddSecret']],
    ['broken inside, with effect', 'error', { code: 4, isCommitted: true }, ['AddSecret', 'GetSecrets']],
    ['throttled', 'error', { code: 340 }, ['AddSecret', 'AddSecret']],
  ] as const)('adds exactly one secret when a call is %s', async (_, kind, more, expected) => {
    fault('AddSecret', kind, more);
    await create();
    expect(names()).toEqual(['NAME']);
    expect(bench.emulator.state.readValue(applicationId, 'NAME')).toBe('the value');
    expect(calls()).toEqual(expected);
  });

  test('adds one even where names need not be unique', async () => {
    bench.emulator.setSwitches({ duplicateAdd: 'second' });
    fault('AddSecret', 'reset-after');
    await create();
    expect(names()).toEqual(['NAME']);
  });

  test('counts as done when a call that was given up takes effect after the listing', async () => {
    fault('AddSecret', 'reset-before');
    const stop = bench.emulator.onCall(({ method }) => {
      const listings = bench.emulator.journal.countByMethod()['GetSecrets'] ?? 0;
      if (method !== 'AddSecret' || listings !== 1 || names().length > 0) return;
      const { description } = contents;
      bench.emulator.state.addSecret(applicationId, { name: 'NAME', value: 'the value', description });
    });
    await create();
    stop();
    expect(names()).toEqual(['NAME']);
    expect(calls()).toEqual(['AddSecret', 'GetSecrets', 'AddSecret', 'GetSecrets']);
  });

  test('finds the name taken by somebody else while its own call was lost', async () => {
    fault('AddSecret', 'html');
    seed('NAME');
    expect((await failureOf(create())).code).toBe('name-taken');
    expect(bench.emulator.state.readValue(applicationId, 'NAME')).toBe('old');
  });

  test('looks once more before it gives up', async () => {
    fault('AddSecret', 'reset-before', { count: 4 });
    fault('AddSecret', 'reset-after', { nth: 5 });
    await create();
    expect(names()).toEqual(['NAME']);
  });

  test('does not decide anything from a listing that fails', async () => {
    fault('AddSecret', 'reset-after');
    fault('GetSecrets', 'html', { count: 2 });
    await create();
    expect(calls()).toEqual(['AddSecret', 'GetSecrets', 'GetSecrets', 'GetSecrets']);
    expect(names()).toEqual(['NAME']);
  });

  test('says so when nobody can tell', async () => {
    fault('AddSecret', 'reset-after');
    fault('GetSecrets', 'http', { count: 'all' });
    const failure = await failureOf(create());
    expect([failure.code, failure.isOutcomeUnknown]).toEqual(['target-unreachable', true]);
  });

  test('costs one call when it is refused for good', async () => {
    fault('AddSecret', 'error', { code: 127 });
    expect((await failureOf(create())).code).toBe('target-refused');
    expect(calls()).toEqual(['AddSecret']);
  });
});

describe('update', () => {
  const seenNow = (name = 'NAME') => ({ id: seed(name), description: 'theirs' });
  const value = () => bench.emulator.state.readValue(applicationId, 'NAME');

  test.each([
    ['lost before it took effect', 'reset-before', {}, ['SetSecretInfo', 'GetSecrets', 'SetSecretInfo']],
    ['lost after it took effect', 'reset-after', {}, ['SetSecretInfo', 'GetSecrets']],
    ['never answered', 'hang', {}, ['SetSecretInfo', 'GetSecrets', 'SetSecretInfo']],
    ['never answered, with effect', 'hang', { isCommitted: true }, ['SetSecretInfo', 'GetSecrets']],
    ['answered by a page', 'html', {}, ['SetSecretInfo', 'GetSecrets', 'SetSecretInfo']],
    ['cut off', 'cut', {}, ['SetSecretInfo', 'GetSecrets']],
    ['answered by half of the JSON', 'truncated', {}, ['SetSecretInfo', 'GetSecrets']],
    ['answered by 503, with effect', 'http', { isCommitted: true }, ['SetSecretInfo', 'GetSecrets']],
    ['taken for a repetition', 'error', { code: 484 }, ['SetSecretInfo', 'GetSecrets', 'SetSecretInfo']],
    ['throttled', 'error', { code: 515 }, ['SetSecretInfo', 'SetSecretInfo']],
  ] as const)('looks before it is sent again when a call is %s', async (_, kind, more, expected) => {
    const seen = seenNow();
    fault('SetSecretInfo', kind, more);
    await bench.target.update(applicationId, seen, contents, never);
    expect(value()).toBe('the value');
    expect(calls()).toEqual(expected);
  });

  test('does not write over what somebody else wrote after its answer was lost', async () => {
    const seen = seenNow();
    fault('SetSecretInfo', 'reset-before');
    const stop = bench.emulator.onCall(({ method }) => {
      if (method === 'SetSecretInfo')
        bench.emulator.state.changeSecret(applicationId, 'NAME', { value: 'new', description: 'of another' });
    });
    const failure = await failureOf(bench.target.update(applicationId, seen, contents, never));
    stop();
    expect(failure.code).toBe('secret-changed');
    expect(value()).toBe('new');
    expect(calls()).toEqual(['SetSecretInfo', 'GetSecrets']);
  });

  test('finds the secret gone after its answer was lost', async () => {
    const seen = seenNow();
    fault('SetSecretInfo', 'reset-before');
    const stop = bench.emulator.onCall(({ method }) => {
      if (method === 'SetSecretInfo') bench.emulator.state.deleteSecret(applicationId, 'NAME');
    });
    const failure = await failureOf(bench.target.update(applicationId, seen, contents, never));
    stop();
    expect(failure.code).toBe('secret-changed');
  });

  test('gives up after its attempts, and says that nobody knows', async () => {
    const seen = seenNow();
    fault('SetSecretInfo', 'reset-before', { count: 'all' });
    const failure = await failureOf(bench.target.update(applicationId, seen, contents, never));
    expect(failure.isOutcomeUnknown).toBe(true);
    expect(calls().filter((method) => method === 'SetSecretInfo')).toHaveLength(5);
    expect(calls().filter((method) => method === 'GetSecrets')).toHaveLength(5);
  });
});

describe('remove', () => {
  const remove = (ids: readonly number[]) => bench.target.remove(applicationId, ids, never);

  test('asks only for what is still there after an answer was lost', async () => {
    const [a, b] = [seed('A'), seed('B')];
    seed('C');
    fault('DelSecret', 'reset-after');
    await remove([a, b]);
    expect(names()).toEqual(['C']);
    // What is gone shows only in a listing that was read to its end.
    expect(calls()).toEqual(['DelSecret', 'GetSecrets', 'GetSecrets']);
  });

  test('asks again when nothing was deleted', async () => {
    const [a] = [seed('A'), seed('B')];
    fault('DelSecret', 'reset-before');
    await remove([a]);
    expect(names()).toEqual(['B']);
    expect(calls()).toEqual(['DelSecret', 'GetSecrets', 'GetSecrets', 'DelSecret']);
  });

  test('leaves out a secret that is gone, where the API refuses the whole list', async () => {
    const [a, b] = [seed('A'), seed('B')];
    bench.emulator.state.deleteSecret(applicationId, 'A');
    await remove([a, b]);
    expect(names()).toEqual([]);
    const deletions = bench.emulator.journal.entries.filter(({ method }) => method === 'DelSecret');
    expect(deletions.map(({ parameters }) => parameters['secret_id'])).toEqual([`${a};${b}`, String(b)]);
  });

  test('lets a refusal stand when everything is still there', async () => {
    const a = seed('A');
    fault('DelSecret', 'error', { code: 477, count: 'all' });
    const failure = await failureOf(remove([a]));
    expect([failure.code, failure.isOutcomeUnknown]).toEqual(['secret-refused', false]);
    expect(calls()).toEqual(['DelSecret', 'GetSecrets', 'GetSecrets']);
  });

  test('looks once more before it gives up, and else says that nobody knows', async () => {
    const [a, b] = [seed('A'), seed('B')];
    fault('DelSecret', 'reset-before', { count: 4 });
    fault('DelSecret', 'reset-after', { nth: 5 });
    await remove([a]);
    expect(names()).toEqual(['B']);
    fault('DelSecret', 'reset-after', { count: 'all' });
    fault('GetSecrets', 'html', { count: 'all' });
    expect((await failureOf(remove([b]))).isOutcomeUnknown).toBe(true);
  });
});

describe('throttling', () => {
  test('holds back the whole account for as long as Retry-After says', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    await bench.close();
    let told: (state: PaceState) => void = () => {};
    bench = await openBench({}, { onPace: (state) => told(state) });
    const slowed = new Promise<PaceState>((resolve) => (told = resolve));
    fault('GetSecrets', 'http', { status: 429, retryAfterSeconds: 1 });
    const throttled = bench.target.list(applicationId, 'cheap', never);
    expect(await slowed).toMatchObject({ isSlowed: true });
    await Promise.all([throttled, bench.target.applications('cheap', never)]);
    const times = bench.emulator.journal.entries.map(({ at }) => at.getTime());
    expect(times).toHaveLength(3);
    for (const time of times.slice(1)) expect(time - times[0]!).toBeGreaterThanOrEqual(990);
  });

  test('keeps to the concurrency and the rate of the account', async () => {
    await bench.close();
    bench = await openBench({ latencyMs: 5 }, { concurrency: 3, requestsPerSecond: 50 });
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => bench.target.list(applicationId, 'cheap', never)));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(370);
    expect(bench.emulator.journal.highestConcurrency).toBeLessThanOrEqual(3);
  });
});

describe('tokens', () => {
  test('one that expired is replaced once, at once, also for a write', async () => {
    fault('AddSecret', 'error', { code: 456 });
    await create();
    expect(calls()).toEqual(['AddSecret', 'AddSecret']);
    expect(names()).toEqual(['NAME']);
  });

  test('but only once', async () => {
    fault('GetSecrets', 'error', { code: 456, count: 'all' });
    const failure = await failureOf(bench.target.list(applicationId, 'cheap', never));
    expect([failure.code, failure.remoteCode]).toEqual(['target-refused', 456]);
    expect(calls()).toEqual(['GetSecrets', 'GetSecrets']);
  });

  test('a key that was deleted, or lacks a role, is explained', async () => {
    bench.emulator.setSwitches({ secretsRole: 'missing' });
    const failure = await failureOf(bench.target.list(applicationId, 'cheap', never));
    expect([failure.code, failure.remoteCode]).toEqual(['target-refused', 100]);
    expect(failure.hint).toMatch(/key.*clock.*role/);
    expect(await bench.target.accountInfo(never)).toEqual({ active: true, frozen: false });
  });

  test('the key of a parent speaks for a child account', async () => {
    await bench.close();
    const child = { id: 55, name: 'child', applications: [{ name: 'inner', id: 81 }] };
    bench = await openBench({ childAccounts: [child] }, { childAccountId: 55 });
    expect((await bench.target.applications('cheap', never)).rows.map(({ name }) => name)).toEqual([
      'inner.child.voximplant.com',
    ]);
  });
});

// What an account costs that throttles us, or fails altogether: calls are counted, never timed.
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { EmulatorFault, EmulatorOptions } from '../../src/emulator/emulator.ts';
import { VoxsyncError } from '../../src/errors.ts';
import { SecretBox } from '../../src/secret/box.ts';
import { Pace, type PaceState } from '../../src/target/voximplant/pace/pace.ts';
import type { VoximplantSettings } from '../../src/target/voximplant/target.ts';
import { applicationId, failureOf, never, openBench, type Bench } from './setup.ts';

const contents = { value: new SecretBox('the value'), description: 'our marker' };
const otherId = 7002;
const applications = [
  { name: 'call-center', id: applicationId },
  { name: 'ivr', id: otherId },
];

async function open(
  options: EmulatorOptions = {},
  settings: Partial<VoximplantSettings> = {},
): Promise<Bench & { readonly states: PaceState[] }> {
  const states: PaceState[] = [];
  const onPace = (state: PaceState) => states.push(state);
  const bench = await openBench({ applications, ...options }, { onPace, ...settings });
  onTestFinished(() => bench.close());
  return { ...bench, states };
}

const namesOf = (count: number, prefix = 'NAME') =>
  Array.from({ length: count }, (_, at) => `${prefix}_${at}`);

/** Creates them eight at a time, as a pass does; gives what failed. */
async function createAll(
  { target }: Bench,
  names: readonly string[],
  application = applicationId,
): Promise<readonly VoxsyncError[]> {
  const waiting = [...names];
  const failures: VoxsyncError[] = [];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const thrown: unknown = await target.create(application, name, contents, never).catch((error) => error);
      if (thrown instanceof VoxsyncError) failures.push(thrown);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return failures;
}

const refusedIn = ({ emulator }: Bench) =>
  emulator.journal.entries.filter(({ outcome }) => outcome.kind === 'refused').length;
const callsOf = ({ emulator }: Bench) => emulator.journal.entries.length;
const writtenIn = ({ emulator }: Bench, application = applicationId) =>
  emulator.state
    .secrets(application)
    .map(({ name }) => name)
    .toSorted();

describe('an account that takes less than we send', () => {
  test.each([314, 416])('four calls at once, code %i', async (throttleCode) => {
    const bench = await open({ switches: { concurrentCalls: 4, throttleCode }, latencyMs: 10 });
    expect(await createAll(bench, namesOf(300))).toEqual([]);
    expect(writtenIn(bench)).toHaveLength(300);
    // Four at the start, then one whenever a fifth is tried again.
    expect(refusedIn(bench)).toBeLessThanOrEqual(20);
    expect(bench.emulator.journal.countByMethod()).toEqual({ AddSecret: 300 + refusedIn(bench) });
  });

  test('fifty calls a second, codes 340, 429 and 515', async () => {
    const converge = async (throttleCode: number) => {
      const switches = { callsPerSecond: 50, throttleCode };
      const bench = await open({ switches, latencyMs: 5 }, { coolDownMs: 1000 });
      expect(await createAll(bench, namesOf(300))).toEqual([]);
      expect(writtenIn(bench)).toHaveLength(300);
      expect(refusedIn(bench)).toBeGreaterThan(0);
      expect(refusedIn(bench)).toBeLessThanOrEqual(30);
      expect(bench.emulator.journal.countByMethod()).toEqual({ AddSecret: 300 + refusedIn(bench) });
    };
    // Side by side: each takes as long as the limit makes it.
    await Promise.all([340, 429, 515].map(converge));
  });

  test('is asked as before when that is over', async () => {
    const bench = await open({ switches: { concurrentCalls: 1, throttleCode: 314 }, latencyMs: 5 });
    await createAll(bench, namesOf(30, 'SLOW'));
    expect(bench.states.at(-1)).toMatchObject({ isSlowed: true });
    expect(bench.states.at(-1)?.concurrency).toBeLessThanOrEqual(3);
    bench.emulator.setSwitches({ concurrentCalls: 0 });
    await createAll(bench, namesOf(120, 'RECOVERING'));
    expect(bench.states.at(-1)).toMatchObject({ isSlowed: false, concurrency: 8 });
    bench.emulator.journal.clear();
    let arrived = 0;
    let letOn = () => {};
    const eighth = new Promise<void>((resolve) => (letOn = resolve));
    bench.emulator.onCall(() => {
      arrived += 1;
      if (arrived === 8) letOn();
      return eighth;
    });
    await createAll(bench, namesOf(30, 'FAST'));
    expect(bench.emulator.journal.highestConcurrency).toBe(8);
  });

  test('never exceeds the rate of the config while it recovers', async () => {
    const bench = await open({}, { requestsPerSecond: 100 });
    bench.emulator.faults.add({ method: 'AddSecret', nth: 20, kind: 'error', code: 340 });
    await createAll(bench, namesOf(60));
    const rates = bench.states.map(({ requestsPerSecond }) => requestsPerSecond ?? Infinity);
    expect([rates[0], Math.min(...rates), Math.max(...rates)]).toEqual([100, 50, 100]);
  });

  test('a call taken for a repetition slows nobody down', async () => {
    const bench = await open();
    bench.emulator.faults.add({ method: 'SetSecretInfo', kind: 'error', code: 484 });
    const secret = { name: 'NAME', value: 'old', description: '' };
    const id = bench.emulator.state.addSecret(applicationId, secret);
    await bench.target.update(applicationId, { id, description: '' }, contents, never);
    expect(bench.states).toHaveLength(1);
  });
});

describe('when everything fails', () => {
  const cases: readonly [string, Partial<EmulatorFault>, VoxsyncError['code']][] = [
    ['no role or key', { kind: 'error', code: 100 }, 'target-refused'],
    ['no money', { kind: 'error', code: 127 }, 'target-refused'],
    ['a refused rate', { kind: 'error', code: 340 }, 'target-throttled'],
    ['too many at once', { kind: 'error', code: 314 }, 'target-throttled'],
    ['an internal error', { kind: 'error', code: 2 }, 'target-unreachable'],
    ['503', { kind: 'http', status: 503 }, 'target-unreachable'],
    ['a broken connection', { kind: 'reset-before' }, 'target-unreachable'],
    ['no answer', { kind: 'hang' }, 'target-unreachable'],
    ['a page', { kind: 'html', status: 200 }, 'target-answer-invalid'],
  ];

  test.each(cases)('by %s, 200 creates cost few calls', async (_, fault, code) => {
    // Only where no answer is to come: a busy machine may keep the others waiting as long.
    const bench = await open({}, fault.kind === 'hang' ? { timeoutMs: 200 } : {});
    bench.emulator.faults.add({ method: '*', count: 'all', kind: 'error', ...fault });
    const failures = await createAll(bench, namesOf(200));
    expect(failures).toHaveLength(200);
    expect(new Set(failures.map((failure) => failure.code))).toEqual(new Set([code]));
    // Sixteen failures in a row, what was under way with them, and now and then one that looks again.
    expect(callsOf(bench)).toBeLessThanOrEqual(40);
    const notAsked = failures.filter(({ message }) => message.startsWith('not asked: the last '));
    expect(notAsked.length).toBeGreaterThanOrEqual(160);
    expect(bench.states.at(-1)?.stopped?.code).toBe(code);
  });

  test('a write that was not sent has not taken effect, and says so', async () => {
    const bench = await open();
    bench.emulator.faults.add({ method: '*', count: 'all', kind: 'http', status: 503 });
    await createAll(bench, namesOf(100));
    const failure = await failureOf(bench.target.create(applicationId, 'LAST', contents, never));
    expect(failure.message).toMatch(
      /^not asked: the last \d+ calls to application 7001 failed: Voximplant answered GetSecrets with HTTP 503$/,
    );
    expect([failure.isOutcomeUnknown, failure.exitCode]).toEqual([false, 6]);
  });

  test('a thousand applications cost no thousand refused calls', async () => {
    const ids = Array.from({ length: 1000 }, (_, at) => 10_000 + at);
    const many = ids.map((id) => ({ name: `app${id}`, id }));
    const bench = await open({ applications: many, switches: { secretsRole: 'missing' } });
    const failures = await Promise.all(ids.map((id) => failureOf(bench.target.list(id, 'cheap', never))));
    expect(new Set(failures.map(({ code, exitCode }) => `${code} ${exitCode}`))).toEqual(
      new Set(['target-refused 5']),
    );
    expect(failures.at(-1)?.message).toMatch(
      /^not asked: the last \d+ calls to the account failed: .* error 100/,
    );
    expect(callsOf(bench)).toBeLessThanOrEqual(32);
    expect(await bench.target.accountInfo(never).catch(String)).toMatch(/not asked/);
  });

  test('goes on by the first call that succeeds', async () => {
    const bench = await open();
    const recover = bench.emulator.faults.add({ method: '*', count: 'all', kind: 'http', status: 503 });
    await createAll(bench, namesOf(50));
    await createAll(bench, namesOf(50), otherId);
    expect(bench.states.at(-1)?.stopped).toBeDefined();
    recover();
    bench.emulator.journal.clear();
    await vi.waitFor(() => bench.target.list(applicationId, 'cheap', never), {
      timeout: 60_000,
      interval: 20,
    });
    // Until then nothing was sent; from then on everything, in every application.
    expect(callsOf(bench)).toBe(1);
    expect(bench.states.at(-1)?.stopped).toBeUndefined();
    expect(await createAll(bench, namesOf(50))).toEqual([]);
    expect(await createAll(bench, namesOf(50), otherId)).toEqual([]);
  });
});

describe('what fails alone', () => {
  test('a role that is missing in one application stops that application', async () => {
    const bench = await open();
    const fault = { kind: 'error', code: 100, application: applicationId, count: 'all' } as const;
    bench.emulator.faults.add({ method: 'AddSecret', ...fault });
    const failures = await createAll(bench, namesOf(200));
    expect([failures.length, callsOf(bench)]).toEqual([200, expect.toSatisfy((calls) => calls <= 24)]);
    expect(await createAll(bench, namesOf(20), otherId)).toEqual([]);
  });

  test('secrets that something before the API refuses do not keep the others waiting', async () => {
    const bench = await open();
    bench.emulator.faults.add({ method: 'AddSecret', kind: 'http', status: 403, count: 60 });
    const failures = await createAll(bench, namesOf(100));
    expect(failures).toHaveLength(60);
    expect(writtenIn(bench)).toHaveLength(40);
  });

  test('many secrets that keep failing share one budget of repetitions', async () => {
    const bench = await open();
    bench.emulator.faults.add({ method: 'AddSecret', kind: 'error', code: 2, count: 'all' });
    await createAll(bench, namesOf(300));
    // One call for each, and eighty repetitions for all, with what the budget gained meanwhile.
    const { AddSecret: adds = 0 } = bench.emulator.journal.countByMethod();
    expect(adds).toBeGreaterThanOrEqual(380);
    expect(adds).toBeLessThanOrEqual(400);
  });
});

test('calls that wait for their turn do not wait for a pause when they will not be sent', async () => {
  const pace = new Pace({ concurrency: 1, coolDownMs: 1000, failures: 1 });
  const refusal = new VoxsyncError('target-throttled', 'an hour', {
    remoteCode: 429,
    retryAfterMs: 3_600_000,
  });
  const call = { isWrite: false, applicationId: undefined };
  const refused = pace.run(call, () => Promise.reject(refusal), never);
  const waiting = Array.from({ length: 20 }, () => pace.run(call, () => Promise.resolve('sent'), never));
  await expect(refused).rejects.toBe(refusal);
  for (const one of waiting) expect((await failureOf(one)).message).toMatch(/^not asked: .*: an hour$/);
  pace.close();
}, 5000);

describe('an abort', () => {
  test('ends the wait of a call that is held back', async () => {
    const bench = await open();
    const fault = { method: 'GetSecrets', kind: 'http', status: 429, retryAfterSeconds: 3600 } as const;
    bench.emulator.faults.add(fault);
    const controller = new AbortController();
    const first = bench.target.list(applicationId, 'cheap', controller.signal);
    await expect.poll(() => bench.states, { interval: 5 }).toHaveLength(2);
    const second = bench.target.list(otherId, 'cheap', controller.signal);
    controller.abort(new Error('stop'));
    await expect(first).rejects.toThrow('stop');
    await expect(second).rejects.toThrow('stop');
    expect(callsOf(bench)).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { VoxsyncError } from '../../src/errors.ts';
import { exitCodeOfReport } from '../../src/reconcile/report.ts';
import { Sightings } from '../../src/reconcile/sightings.ts';
import { createWorld, decisionsOf, discovery, explicit, mapping } from './world.ts';

describe('a pass', () => {
  it('creates, then finds nothing to do and reads no value', async () => {
    const world = await createWorld();
    world.secrets.set('a', 'one').set('b', 'two');
    expect(exitCodeOfReport(await world.run())).toBe(0);
    expect(await world.values()).toEqual({ A: 'one', B: 'two' });
    const writes = { ...world.target.counts };
    expect(decisionsOf(await world.run())).toEqual(['none A in-sync', 'none B in-sync']);
    expect(world.target.counts).toEqual({
      ...writes,
      applications: writes.applications + 1,
      list: writes.list + 1,
    });
  });

  it('touches the applications that are named, and not those that are alike', async () => {
    const world = await createWorld();
    world.secrets.set('a', 'one');
    await world.run();
    expect(await world.values(2)).toEqual({});
  });

  it('replaces a rotated value in place', async () => {
    const world = await createWorld();
    world.secrets.set('a', 'one');
    await world.run();
    const [before] = (await world.target.list(1, 'whole', new AbortController().signal)).rows;
    world.secrets.set('a', 'two');
    expect(decisionsOf(await world.run())).toEqual(['update A source-changed']);
    const [after] = (await world.target.list(1, 'whole', new AbortController().signal)).rows;
    expect(await world.values()).toEqual({ A: 'two' });
    expect(after?.id).toBe(before?.id);
  });

  it('brings back a value that somebody changed, seen by a new process too', async () => {
    const world = await createWorld();
    world.secrets.set('a', 'one');
    await world.run();
    await world.edit('A', { value: 'changed by hand' });
    expect(decisionsOf(await world.run({ isDryRun: true }))).toEqual(['none A in-sync']);
    world.now += 60;
    await world.edit('A', { value: 'changed by hand' });
    world.setup = { ...world.setup, sightings: new Sightings() };
    expect(decisionsOf(await world.run())).toEqual(['update A drifted']);
    expect(await world.values()).toEqual({ A: 'one' });
  });

  it('reads each value once after a new private key, and writes only markers', async () => {
    const world = await createWorld();
    world.secrets.set('a', 'one');
    await world.run();
    const keys = { ...world.target.keys, tag: 'new', fingerprint: () => 'another-finger' };
    world.setup = { ...world.setup, targets: new Map([['main', { ...world.target, keys }]]) };
    expect(decisionsOf(await world.run())).toEqual(['update A description-changed']);
    expect(decisionsOf(await world.run())).toEqual(['none A in-sync']);
    expect(world.target.counts.readValue).toBe(1);
  });

  it('composes values and descriptions by template', async () => {
    const inputs = {
      user: { source: 'local', secret: 'db', field: 'user' },
      password: { source: 'local', secret: 'db', field: 'password' },
    };
    const secret = explicit('URL', '', {
      inputs,
      template: 'pg://{{ user }}:{{ password | url_encode }}@db',
      description: 'for {{ application }}',
    });
    const world = await createWorld({ mappings: [mapping({ secrets: [secret] })] });
    world.secrets.set('db', '{"user":"me","password":"p&=%+ü"}');
    await world.run();
    expect(await world.values()).toEqual({ URL: 'pg://me:p%26%3D%25%2B%C3%BC@db' });
    const [listed] = (await world.target.list(1, 'whole', new AbortController().signal)).rows;
    expect(listed?.description).toMatch(/ for app$/);
  });

  it('writes again when the mapping uses the same version in another way', async () => {
    const use = (changes: object) => [mapping({ secrets: [{ ...explicit('A', 'a'), ...changes }] })];
    const world = await createWorld({ mappings: use({}) });
    world.secrets.set('a', '{"f":"one"}');
    await world.run();
    for (const [changes, value] of [
      [{ inputs: { value: { source: 'local', secret: 'a', encoding: 'base64' } } }, 'eyJmIjoib25lIn0='],
      [{ inputs: { value: { source: 'local', secret: 'a', field: 'f' } } }, 'one'],
      [{ template: '[{{ value }}]' }, '[{"f":"one"}]'],
    ] as const) {
      world.setup = { ...world.setup, mappings: use(changes) };
      expect(decisionsOf(await world.run())).toEqual(['update A source-changed']);
      expect(await world.values()).toEqual({ A: value });
    }
  });

  it('fans a JSON secret out by its fields, and follows them as they come and go', async () => {
    const world = await createWorld({
      mappings: [mapping({ discoveries: [discovery({ fields: 'all', name: '{{ path }}_{{ field }}' })] })],
    });
    world.secrets.set('db', '{"user":"me","password":"secret"}');
    await world.run();
    expect(await world.values()).toEqual({ DB_USER: 'me', DB_PASSWORD: 'secret' });
    world.secrets.set('db', '{"user":"me","host":"h"}');
    await world.run();
    expect(await world.values()).toEqual({ DB_USER: 'me', DB_HOST: 'h' });
  });
});

describe('a secret that its mapping names and its source lost', () => {
  it('is told as an error from the first pass on, and deleted after the grace all the same', async () => {
    const world = await createWorld({
      mappings: [mapping({ secrets: [explicit('A', 'a'), explicit('B', 'b')] })],
      rules: { graceSeconds: 60 },
    });
    world.secrets.set('a', 'one').set('b', 'two');
    await world.run();
    world.secrets.delete('a');
    const exitCodes = [exitCodeOfReport(await world.run()), exitCodeOfReport(await world.run())];
    world.now += 60;
    exitCodes.push(exitCodeOfReport(await world.run()), exitCodeOfReport(await world.run()));
    expect(exitCodes).toEqual([3, 3, 3, 3]);
    expect(await world.values()).toEqual({ B: 'two' });
  });
});

describe('what a log must strike out', () => {
  it('is everything that was read, and everything that was composed', async () => {
    const inputs = { value: { source: 'local', secret: 'a', field: 'f' } };
    const world = await createWorld({
      mappings: [mapping({ secrets: [explicit('A', '', { inputs, template: '<{{ value }}>' })] })],
    });
    world.secrets.set('a', '{"f":"one"}');
    const told: string[] = [];
    await world.run({ onValue: (value) => void told.push(value.reveal()) });
    expect(told).toEqual(['{"f":"one"}', '<one>']);
  });
});

describe('one bad secret', () => {
  const cases: readonly [string, Partial<Parameters<typeof explicit>[2]>, string, string][] = [
    ['empty', {}, '', 'is empty'],
    ['too long', {}, 'x'.repeat(8193), 'is longer than 8192 characters'],
    [
      'without its field',
      { inputs: { value: { source: 'local', secret: 'bad', field: 'f' } } },
      '{}',
      'does not have this field',
    ],
    [
      'with a template that names nothing',
      { template: '{{ other }}' },
      'x',
      'uses other, which is not defined here',
    ],
    [
      'with a template that never ends',
      { template: '{% for i in (1..1000000000) %}{{ i }}{% endfor %}' },
      'x',
      'too costly|cannot be rendered',
    ],
    [
      'with a description too long',
      { description: 'd'.repeat(140) },
      'x',
      'the description has 140 characters',
    ],
    ['broken Unicode', {}, 'x\uD800', 'is not well-formed Unicode'],
  ];

  it.each(cases)('%s stays alone', async (_, changes, text, message) => {
    const world = await createWorld({
      mappings: [mapping({ secrets: [explicit('BAD', 'bad', changes), explicit('GOOD', 'good')] })],
    });
    world.secrets.set('bad', text).set('good', 'fine');
    const report = await world.run();
    expect(await world.values()).toEqual({ GOOD: 'fine' });
    expect(exitCodeOfReport(report)).toBe(3);
    const problem = report.plan.applications[0]?.standing.find(({ name }) => name === 'BAD')?.problem;
    expect(problem?.message).toMatch(new RegExp(message));
  });

  it('of two that claim one name, neither is written, and both places are named', async () => {
    const secrets = [explicit('TWICE', 'a'), explicit('TWICE', 'b'), explicit('GOOD', 'good')];
    const world = await createWorld({ mappings: [mapping({ secrets })] });
    world.secrets.set('a', '1').set('b', '2').set('good', 'fine');
    const report = await world.run();
    expect(await world.values()).toEqual({ GOOD: 'fine' });
    expect(report.plan.applications[0]?.standing[0]?.problem?.message).toContain(
      'mappings[0].secrets[0] and mappings[0].secrets[1]',
    );
  });
});

describe('an acknowledgement', () => {
  it('lets exactly one plan pass the guard, exactly once', async () => {
    const world = await createWorld({ rules: { guard: { maxDeletes: {}, maxUpdates: { count: 0 } } } });
    const rotate = async (value: string) => {
      world.now += 60;
      world.secrets.set('a', value);
      const { plan } = await world.run();
      return plan.id;
    };
    world.secrets.set('a', 'one');
    await world.run();
    const toTwo = await rotate('two');
    expect(await world.values()).toEqual({ A: 'one' });
    await world.run({ acknowledged: toTwo });
    expect(await world.values()).toEqual({ A: 'two' });
    await world.run({ acknowledged: await rotate('one') });
    expect(await rotate('two')).not.toBe(toTwo);
    expect(decisionsOf(await world.run({ acknowledged: toTwo }))).toEqual(['hold A guard-refused']);
  });
});

describe('failures', () => {
  it('of a listing leave that application alone, and the others go on', async () => {
    const world = await createWorld({
      mappings: [mapping({ applications: ['app*'], discoveries: [discovery()] })],
      target: (memory) => ({
        ...memory,
        list: async (id, care, signal) => {
          if (id === 1) throw new VoxsyncError('target-inconsistent', 'rows moved');
          return memory.list(id, care, signal);
        },
      }),
    });
    world.secrets.set('a', 'one');
    const report = await world.run();
    expect(await world.values(2)).toEqual({ A: 'one' });
    expect(await world.values()).toEqual({});
    expect(report.failures).toMatchObject([{ application: 'app', problem: { code: 'target-inconsistent' } }]);
    expect(exitCodeOfReport(report)).toBe(6);
  });

  it('a write that answers success and has no effect is found', async () => {
    const world = await createWorld({ target: (memory) => ({ ...memory, create: async () => {} }) });
    world.secrets.set('a', 'one');
    const report = await world.run();
    expect(report.outcomes).toMatchObject([{ result: 'failed', problem: { code: 'write-unconfirmed' } }]);
    expect(exitCodeOfReport(report)).toBe(3);
  });

  it('an application that is not there is told with those that are', async () => {
    const world = await createWorld({
      mappings: [mapping({ applications: ['ap'], discoveries: [discovery()] })],
    });
    const report = await world.run();
    expect(report.failures).toMatchObject([
      { problem: { code: 'application-not-found', hint: 'There are: app, appendix.' } },
    ]);
  });
});

describe('an interruption', () => {
  it('lets what is in flight finish and starts nothing new', async () => {
    const stop = new AbortController();
    const world = await createWorld({
      target: (memory) => ({
        ...memory,
        concurrency: 1,
        create: async (id, name, contents, signal) => {
          stop.abort(new Error('SIGTERM'));
          await memory.create(id, name, contents, signal);
        },
      }),
    });
    world.secrets.set('a', 'one').set('b', 'two').set('c', 'three');
    const report = await world.run({ stopping: stop.signal });
    expect(report.outcomes.map(({ result }) => result)).toEqual(['done', 'waiting', 'waiting']);
    expect(report.isInterrupted).toBe(true);
    expect(await world.values()).toEqual({ A: 'one' });
    await world.run();
    expect(await world.values()).toEqual({ A: 'one', B: 'two', C: 'three' });
  });

  it('by a second signal cuts what is in flight, and says that nobody knows', async () => {
    const [stop, cut] = [new AbortController(), new AbortController()];
    const world = await createWorld({
      target: (memory) => ({
        ...memory,
        create: async (_id, _name, _contents, signal) => {
          stop.abort(new Error('SIGTERM'));
          cut.abort(new Error('SIGTERM again'));
          signal.throwIfAborted();
        },
      }),
    });
    world.secrets.set('a', 'one');
    const report = await world.run({ stopping: stop.signal, aborting: cut.signal });
    expect(report.outcomes).toMatchObject([
      {
        result: 'failed',
        problem: { code: 'target-unreachable', message: expect.stringContaining('nobody knows') },
      },
    ]);
  });

  it('before the plan throws the reason', async () => {
    const stop = new AbortController();
    stop.abort(new Error('SIGTERM'));
    await expect((await createWorld()).run({ stopping: stop.signal })).rejects.toThrow('SIGTERM');
  });
});

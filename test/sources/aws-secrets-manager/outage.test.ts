// Calls that nobody answers: after eight in a row the rest of a pass is not made to wait, and a later one finds out that all is well again.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeWithBackend } from '../../backends/suite.ts';
import type { Fault } from '../../proxy/faulty-proxy.ts';
import { awsError, countOperations } from '../../proxy/faulty-proxy.ts';
import type { World } from './setup.ts';
import { namesOf, never, startWorld, states, textOf } from './setup.ts';

const references = namesOf('prod/', 400).map((secret) => ({ secret }));

describeWithBackend('moto', 'an outage of AWS', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  test.each<[string, Fault, string, RegExp]>([
    ['a server that hangs', { kind: 'hang' }, 'source-unreachable', /TimeoutError/],
    ['resets', { kind: 'reset' }, 'source-unreachable', /ECONNRESET/],
    ['throttling for good', awsError(400, 'ThrottlingException'), 'source-throttled', /ThrottlingException/],
  ])(
    '%s: the names after the first are left unresolved without a call',
    async (_title, fault, code, name) => {
      // What answers is to be given up for what it says, on a busy machine too.
      const source = world.open({ timeoutMs: fault.kind === 'hang' ? 900 : 4000 });
      const chunks = new Set<string>();
      world.proxy.misbehave(({ body }) => {
        chunks.add(body);
        return fault;
      });
      const observed = await source.observe(references, never);
      expect(new Set(states(observed))).toEqual(new Set([code]));
      // Of forty chunks, four at a time: those under way end as well.
      expect(chunks.size).toBeLessThanOrEqual(8 + 3);
      expect(observed.at(-1)).toMatchObject({
        error: {
          message: expect.stringMatching(
            /^aws: not asked, because the requests before it failed: ListSecrets /,
          ),
          hint: expect.stringMatching(/\w/),
        },
      });
      expect(JSON.stringify(observed.at(-1))).toMatch(name);
      world.proxy.forget();
      const readings = await source.read(references.slice(0, 1), never);
      expect([states(readings), world.proxy.journal]).toEqual([[code], []]);
    },
  );

  test('is over with the first answer', async () => {
    await world.create('prod/crm', 'a value');
    const source = world.open({ timeoutMs: 3000 });
    world.proxy.misbehave(() => ({ kind: 'reset' }));
    await source.observe(references, never);
    world.proxy.misbehave();
    const read = async () => (await source.read([{ secret: 'prod/crm' }], never)).map(textOf);
    await expect.poll(read).toEqual(['a value']);
    expect(states(await source.observe(references.slice(0, 30), never))).toEqual(Array(30).fill('absent'));
  });

  test('is none where only some calls fail, or where all are refused', async () => {
    await world.createAll(references.map(({ secret }) => secret));
    const source = world.open({ timeoutMs: 9000 });
    let count = 0;
    world.proxy.misbehave(({ body }) => {
      count += body.includes('prod/3') ? 1 : 0;
      return body.includes('prod/3') ? { kind: 'reset' } : undefined;
    });
    const some = await source.read(references, never);
    expect(states(some.slice(0, 300))).toEqual(Array(300).fill('present'));
    expect(count).toBeGreaterThan(0);
    world.proxy.forget();
    world.proxy.misbehave(() => awsError(400, 'AccessDeniedException'));
    const refused = await world.open().read(references.slice(0, 60), never);
    expect(new Set(states(refused))).toEqual(new Set(['source-refused']));
    expect(countOperations(world.proxy.journal)).toMatchObject({ GetSecretValue: 60 });
  });
});

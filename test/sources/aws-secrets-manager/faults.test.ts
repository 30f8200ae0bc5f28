// What the AWS source makes of denials, throttling, broken answers and silence.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Source } from '../../../src/sources/source.ts';
import { describeWithBackend } from '../../backends/suite.ts';
import type { Fault } from '../../proxy/faulty-proxy.ts';
import { awsError, countOperations, failOperation } from '../../proxy/faulty-proxy.ts';
import type { World } from './setup.ts';
import { namesOf, never, startWorld, states, textOf } from './setup.ts';

const denied = awsError(400, 'AccessDeniedException', 'User: arn:aws:iam::1:user/x is not authorized');
const refs = (names: readonly string[]) => names.map((secret) => ({ secret }));

const withoutVersion = (body: string) => body.replace('"VersionId"', '"Other"');
const renamed = (body: string) =>
  body.replace(/"Name": ?"a"/, '"Name":"z"').replace(/:secret:a-/, ':secret:z-');

describeWithBackend('moto', 'faults of AWS', () => {
  let world: World;
  let source: Source;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterEach(() => world.reset());
  afterAll(() => world.end());

  const prepare = async (names: readonly string[]) => {
    await world.createAll(names);
    source = world.open();
  };
  const askEverything = () =>
    Promise.all([
      source.observe(refs(['prod/crm']), never),
      source.read(refs(['prod/crm']), never),
      source.discover({ prefix: '' }, never),
    ]);
  const counts = () => countOperations(world.proxy.journal);

  describe('denials', () => {
    test('batches denied: single reads, and no batch ever after', async () => {
      const names = namesOf('prod/', 25);
      await prepare(names);
      world.proxy.misbehave(failOperation('BatchGetSecretValue', denied));
      expect((await source.read(refs(names), never)).map(textOf)).toEqual(names);
      expect(counts()).toEqual({ BatchGetSecretValue: 2, GetSecretValue: 25 });
      expect((await source.read(refs(names.slice(0, 3)), never)).map(textOf)).toEqual(names.slice(0, 3));
      expect(counts()).toEqual({ BatchGetSecretValue: 2, GetSecretValue: 28 });
    });

    test('single reads denied as well: each says what is missing', async () => {
      await prepare(['prod/crm']);
      world.proxy.misbehave(({ amzTarget }) => (amzTarget.endsWith('GetSecretValue') ? denied : undefined));
      expect(await source.read(refs(['prod/crm']), never)).toMatchObject([
        {
          state: 'unresolved',
          error: {
            code: 'source-refused',
            message: 'aws: secret "prod/crm": GetSecretValue was denied (AccessDeniedException)',
            hint: expect.stringContaining('`secretsmanager:GetSecretValue` on this secret'),
          },
        },
      ]);
    });

    test('listing denied: DescribeSecret for each', async () => {
      const names = namesOf('prod/', 12);
      await prepare(names);
      world.proxy.misbehave(failOperation('ListSecrets', denied));
      const observed = await source.observe(refs([...names, 'unknown']), never);
      expect(states(observed)).toEqual([...Array<string>(12).fill('present'), 'absent']);
      expect(counts()).toEqual({ ListSecrets: 2, DescribeSecret: 13 });
    });

    test('listing and DescribeSecret denied: unresolved, naming both permissions', async () => {
      await prepare(['prod/crm']);
      world.proxy.misbehave(() => denied);
      const [observed] = await source.observe(refs(['prod/crm']), never);
      expect(observed).toMatchObject({ state: 'unresolved', error: { code: 'source-refused' } });
      const hint = observed?.state === 'unresolved' ? observed.error.hint : '';
      expect(hint).toContain('secretsmanager:DescribeSecret');
      expect(hint).toContain('secretsmanager:ListSecrets');
      expect(await source.discover({ prefix: '' }, never)).toMatchObject({
        state: 'unresolved',
        error: {
          code: 'source-refused',
          hint: expect.stringContaining('`secretsmanager:ListSecrets` on `*`'),
        },
      });
    });

    test('what a listing does not show is never absent while DescribeSecret is denied', async () => {
      await prepare(['prod/crm']);
      world.proxy.misbehave(failOperation('DescribeSecret', denied));
      const observed = await source.observe(refs(['prod/crm', 'unknown']), never);
      expect(states(observed)).toEqual(['present', 'source-refused']);
      const readings = await source.read(refs(['prod/crm', 'unknown']), never);
      expect(states(readings)).toEqual(['present', 'secret-not-found']);
    });

    test.each([
      ['UnrecognizedClientException', 'credentials'],
      ['ExpiredTokenException', 'credentials'],
      ['InvalidSignatureException', 'credentials'],
      ['DecryptionFailure', 'kms:Decrypt'],
    ])('%s is a refusal that tells of %s', async (name, hint) => {
      await prepare(['prod/crm']);
      world.proxy.misbehave(() => awsError(400, name));
      const said = [
        ...(await source.observe(refs(['prod/crm']), never)),
        ...(await source.read(refs(['prod/crm']), never)),
        await source.discover({ prefix: '' }, never),
      ];
      for (const one of said) {
        expect(one).toMatchObject({
          error: { code: 'source-refused', remoteCode: name, hint: expect.stringContaining(hint) },
        });
      }
      expect(counts()).toEqual({ ListSecrets: 2, BatchGetSecretValue: 1 });
    });
  });

  describe('a batch that fails in part', () => {
    test('each secret has its own reading', async () => {
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      await prepare(names);
      const errors = [
        { SecretId: 'b', ErrorCode: 'AccessDeniedException', Message: 'not authorized' },
        { SecretId: 'c', ErrorCode: 'AccessDeniedException', Message: 'Access to KMS is not allowed' },
        { SecretId: 'd', ErrorCode: 'InternalServiceError', Message: 'value-of-d' },
        { SecretId: 'e', ErrorCode: 'ResourceNotFoundException', Message: 'gone' },
      ];
      const change = (body: string) => {
        const page = JSON.parse(body);
        const kept = page.SecretValues.filter(({ Name }: { Name: string }) => Name === 'a');
        return JSON.stringify({ ...page, SecretValues: kept, Errors: errors });
      };
      world.proxy.misbehave(failOperation('BatchGetSecretValue', { kind: 'rewrite', change }));
      const readings = await source.read(refs(names), never);
      expect(states(readings)).toEqual([
        'present',
        'source-refused',
        'source-refused',
        'source-unreachable',
        // DescribeSecret knows it, so it is not absent.
        'secret-not-found',
        'source-answer-invalid',
      ]);
      expect(readings[2]).toMatchObject({ error: { hint: expect.stringContaining('kms:Decrypt') } });
      expect(readings[5]).toMatchObject({
        error: { message: 'aws: secret "f": BatchGetSecretValue left it out' },
      });
      expect(counts()).toEqual({ BatchGetSecretValue: 1, DescribeSecret: 1 });
    });

    test('what a batch could not get for throttling is read by itself, with patience', async () => {
      await prepare(['a', 'b']);
      const change = (body: string) => {
        const page = JSON.parse(body);
        const kept = page.SecretValues.filter(({ Name }: { Name: string }) => Name === 'a');
        const error = { SecretId: 'b', ErrorCode: 'ThrottlingException', Message: 'Rate exceeded' };
        return JSON.stringify({ ...page, SecretValues: kept, Errors: [error] });
      };
      world.proxy.misbehave((request) =>
        request.amzTarget.endsWith('.BatchGetSecretValue')
          ? { kind: 'rewrite', change }
          : failOperation('GetSecretValue', awsError(400, 'ThrottlingException'), 2)(request),
      );
      expect((await source.read(refs(['a', 'b']), never)).map(textOf)).toEqual(['a', 'b']);
      expect(counts()).toEqual({ BatchGetSecretValue: 1, GetSecretValue: 3 });
    });

    test('a batch that is refused for one of its names is read one by one', async () => {
      await prepare(['a', 'b']);
      world.proxy.misbehave(failOperation('BatchGetSecretValue', awsError(400, 'ValidationException'), 1));
      expect((await source.read(refs(['a', 'b']), never)).map(textOf)).toEqual(['a', 'b']);
      await source.read(refs(['a', 'b']), never);
      expect(counts()).toEqual({ BatchGetSecretValue: 2, GetSecretValue: 2 });
    });

    test('an answer in pages is put together', async () => {
      await prepare(['a', 'b']);
      world.proxy.misbehave(({ earlier }) => {
        const [name, token] = earlier === 0 ? ['a', 'more'] : ['b', undefined];
        const value = { Name: name, VersionId: 'v', SecretString: name };
        return { kind: 'answer', status: 200, body: { SecretValues: [value], NextToken: token } };
      });
      expect((await source.read(refs(['a', 'b']), never)).map(textOf)).toEqual(['a', 'b']);
    });

    test('an answer for another secret, or without a version, is not taken', async () => {
      await prepare(['a']);
      world.proxy.misbehave(() => ({ kind: 'rewrite', change: renamed }));
      expect(await source.read([{ secret: 'a', stage: 'AWSPENDING' }, { secret: 'a' }], never)).toMatchObject(
        [{ error: { code: 'secret-not-found' } }, { error: { code: 'source-answer-invalid' } }],
      );
      world.proxy.misbehave(() => ({ kind: 'rewrite', change: withoutVersion }));
      expect(await source.read(refs(['a']), never)).toMatchObject([
        { error: { message: 'aws: secret "a": BatchGetSecretValue gave no version id' } },
      ]);
    });
  });

  describe('trouble on the way', () => {
    const html: Fault = {
      kind: 'answer',
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<html>sign in: hunter2</html>',
    };

    test.each<[string, Fault]>([
      ['throttling', awsError(400, 'ThrottlingException')],
      ['a server error', awsError(500, 'InternalServiceError')],
      ['a reset', { kind: 'reset' }],
      ['a cut answer', { kind: 'cut', bytes: 10 }],
    ])('%s once is overcome', async (_title, fault) => {
      await prepare(['prod/crm']);
      world.proxy.misbehave(({ earlier }) => (earlier === 0 ? fault : undefined));
      const [observed, readings, discovery] = await askEverything();
      expect(states([...observed, ...readings, discovery])).toEqual(['present', 'present', 'listed']);
      expect(discovery).toMatchObject({ found: [{ secret: 'prod/crm' }] });
    });

    test.each<[string, Fault, string]>([
      ['throttling', awsError(400, 'ThrottlingException'), 'source-throttled'],
      ['a 429 without a name', { kind: 'answer', status: 429 }, 'source-throttled'],
      ['server errors', awsError(500, 'InternalServiceError'), 'source-unreachable'],
      ['a gateway that is down', { ...html, status: 502 }, 'source-unreachable'],
      ['resets', { kind: 'reset' }, 'source-unreachable'],
      ['a page of HTML', html, 'source-answer-invalid'],
      ['a refusal in HTML', { ...html, status: 403 }, 'source-answer-invalid'],
      [
        'JSON of another kind',
        { kind: 'answer', status: 200, body: ['no', 'object'] },
        'source-answer-invalid',
      ],
    ])('%s for good leaves everything unresolved: %s', async (_title, fault, code) => {
      await prepare(['prod/crm']);
      if (code === 'source-throttled') source = world.open({ timeoutMs: 3000 });
      world.proxy.misbehave(() => fault);
      const [observed, readings, discovery] = await askEverything();
      expect(states([...observed, ...readings, discovery])).toEqual([code, code, code]);
      const told = JSON.stringify(
        [observed, readings, discovery]
          .flat()
          .map((one) => 'error' in one && [one.error.message, one.error.hint, one.error.cause]),
      );
      expect(told).not.toMatch(/hunter2|html>|told by the proxy/);
    });

    test('a burst of ten throttled answers to each operation is waited out', async () => {
      await prepare(['prod/crm']);
      const throttled = awsError(400, 'ThrottlingException');
      world.proxy.misbehave(({ earlier }) => (earlier < 10 ? throttled : undefined));
      const [observed, readings, discovery] = await askEverything();
      expect(states([...observed, discovery])).toEqual(['present', 'listed']);
      expect(readings.map(textOf)).toEqual(['prod/crm']);
      expect(counts()).toEqual({ ListSecrets: 12, BatchGetSecretValue: 11 });
    });

    test('a hanging server is left at the deadline', async () => {
      await prepare([]);
      source = world.open({ timeoutMs: 300 });
      world.proxy.misbehave(() => ({ kind: 'hang' }));
      const begun = performance.now();
      const said = await askEverything();
      expect(states(said.flat())).toEqual(Array(3).fill('source-unreachable'));
      // Without a deadline of its own it would be half a minute.
      expect(performance.now() - begun).toBeLessThan(15_000);
      expect(said[0]).toMatchObject([{ error: { message: 'aws: ListSecrets failed (TimeoutError)' } }]);
    });

    test('a request that hangs once is repeated before the deadline', async () => {
      await prepare(['prod/crm']);
      // A third of it for each request, which is enough for an answer on a busy machine.
      source = world.open({ timeoutMs: 6000 });
      world.proxy.misbehave(failOperation('ListSecrets', { kind: 'hang' }, 1));
      expect(states(await source.observe(refs(['prod/crm']), never))).toEqual(['present']);
      expect(counts()).toEqual({ ListSecrets: 2 });
    });

    test('a server that nobody listens at is unreachable', async () => {
      await prepare([]);
      source = world.open({ endpoint: 'http://127.0.0.1:1' });
      expect(await source.observe(refs(['prod/crm']), never)).toMatchObject([
        { error: { code: 'source-unreachable', message: 'aws: ListSecrets failed (ECONNREFUSED)' } },
      ]);
    });

    test('one chunk of names that fails leaves the others alone', async () => {
      const names = namesOf('prod/', 30);
      await prepare(names);
      source = world.open({ timeoutMs: 3000 });
      world.proxy.misbehave(({ body }) =>
        body.includes('prod/015') ? awsError(400, 'ThrottlingException') : undefined,
      );
      expect(states(await source.observe(refs(names), never))).toEqual([
        ...Array<string>(10).fill('present'),
        ...Array<string>(10).fill('source-throttled'),
        ...Array<string>(10).fill('present'),
      ]);
    });
  });

  describe('an aborted signal', () => {
    test('ends each method at once, with its reason', async () => {
      await prepare(['prod/crm']);
      const control = new AbortController();
      const reason = new Error('enough');
      let arrived = 0;
      world.proxy.misbehave(() => {
        arrived += 1;
        if (arrived === 3) control.abort(reason);
        return { kind: 'hang' };
      });
      const running = [
        source.observe(refs(['prod/crm']), control.signal),
        source.read(refs(['prod/crm']), control.signal),
        source.discover({ prefix: '' }, control.signal),
      ];
      const ends = await Promise.allSettled(running);
      expect(ends).toEqual(running.map(() => ({ status: 'rejected', reason })));
    });

    test('asks nothing when it is aborted before', async () => {
      await prepare([]);
      const signal = AbortSignal.abort(new Error('before'));
      await expect(source.observe([], signal)).rejects.toThrow('before');
      await expect(source.read(refs(['a']), signal)).rejects.toThrow('before');
      await expect(source.discover({ prefix: '' }, signal)).rejects.toThrow('before');
      expect(world.proxy.journal).toEqual([]);
    });
  });
});

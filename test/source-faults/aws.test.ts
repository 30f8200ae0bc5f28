// What passes make of AWS Secrets Manager when it lists less than there is, denies, throttles, breaks off, or answers nonsense.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { describeWithBackend } from '../backends/suite.ts';
import { awsError, failOperation, type Fault, type Matcher } from '../proxy/faulty-proxy.ts';
import { testAbsence } from './absence.ts';
import { openAws, type AwsGround } from './aws.ts';
import { testDoubts, type Doubt } from './doubt.ts';
import { createMemory } from './lag.ts';
import { expectAtRest, expectVerdict } from './passes.ts';
import { openScene } from './scene.ts';
import { sweep, type Strike } from './sweep.ts';

const denied = awsError(400, 'AccessDeniedException');
const html: Fault = { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' };

interface Entry {
  readonly Name: string;
}

/** ListSecrets, with what it shows changed. */
const listing = (change: (entries: readonly Entry[]) => readonly Entry[]): Matcher =>
  failOperation('ListSecrets', {
    kind: 'rewrite',
    change: (body) => {
      const page = JSON.parse(body);
      return JSON.stringify({ ...page, SecretList: change(page.SecretList) });
    },
  });

const any =
  (...matchers: readonly Matcher[]): Matcher =>
  (request) =>
    matchers.map((matcher) => matcher(request)).find((fault) => fault !== undefined);

const impatient = { source: { timeout: '1s' } };
/** Long enough for the SDK to give up by itself, and to say why. */
const lessImpatient = { source: { timeout: '3s' } };
const good = '0 in-sync in-sync in-sync';
const updated = '0 source-changed source-changed source-changed';
const unavailable = 'source-unavailable absence-unproven absence-unproven';

describeWithBackend('moto', 'AWS Secrets Manager', () => {
  let aws: AwsGround;
  beforeAll(async () => {
    aws = await openAws();
  });
  afterEach(() => aws.world.reset());
  afterAll(() => aws.end());

  /** A doubt that a matcher of the proxy makes. */
  const doubt = (name: string, matcher: Matcher, rest: Omit<Doubt, 'name' | 'strike'>): Doubt => ({
    name,
    strike: () => {
      // The matchers count.
      aws.world.proxy.forget();
      aws.world.proxy.misbehave(matcher);
      return () => aws.world.proxy.forget();
    },
    ...rest,
  });
  /** One secret of a batch that is refused, or left out without a word. */
  const partial = (code: string | undefined, exitCode: number, says: RegExp): readonly Doubt[] => [
    doubt(
      `a batch in part: ${code ?? 'left out'}`,
      failOperation('BatchGetSecretValue', withoutFoundOne(code)),
      {
        unchanged: good,
        rotated: `${exitCode} source-changed source-unavailable/source-changed source-changed`,
        says,
      },
    ),
  ];
  const always =
    (fault: Fault): Matcher =>
    () =>
      fault;

  testDoubts(
    () => aws,
    [
      doubt(
        'an empty listing, as of a filter that finds nothing',
        listing(() => []),
        {
          unchanged: '0 in-sync absence-unproven absence-unproven',
          rotated: '0 source-changed absence-unproven absence-unproven',
        },
      ),
      doubt(
        'a listing without some rows',
        listing((all) => all.filter(({ Name }) => !Name.endsWith('two'))),
        {
          unchanged: '0 in-sync in-sync/absence-unproven in-sync',
          rotated: '0 source-changed source-changed/absence-unproven source-changed',
        },
      ),
      doubt('a second page that does not come', secondPage({ kind: 'reset' }), {
        unchanged: `6 ${unavailable}`,
        rotated: `6 ${unavailable}`,
        says: /ListSecrets failed \(ECONNRESET\)/,
      }),
      doubt('a second page that is denied', secondPage(denied), {
        unchanged: '4 in-sync absence-unproven absence-unproven',
        rotated: '4 source-changed absence-unproven absence-unproven',
      }),
      doubt(
        'a second page that is empty',
        secondPage({ kind: 'answer', status: 200, body: { SecretList: [] } }),
        {
          unchanged: '0 in-sync in-sync/absence-unproven in-sync',
          rotated: '0 source-changed source-changed/absence-unproven source-changed',
        },
      ),
      doubt('ListSecrets is denied', failOperation('ListSecrets', denied), {
        unchanged: '4 in-sync absence-unproven absence-unproven',
        rotated: '4 source-changed absence-unproven absence-unproven',
        says: /tested: ListSecrets was denied .*\n +hint: .*`secretsmanager:ListSecrets` on `\*`/,
      }),
      doubt('DescribeSecret is denied', failOperation('DescribeSecret', denied), {
        unchanged: good,
        rotated: updated,
      }),
      doubt(
        'an empty listing while DescribeSecret is denied',
        any(
          listing(() => []),
          failOperation('DescribeSecret', denied),
        ),
        {
          unchanged: `4 ${unavailable}`,
          rotated: `4 ${unavailable}`,
          says: /"s\d+\/named\/one": DescribeSecret was denied .*\n +hint: .*`secretsmanager:DescribeSecret`/,
        },
      ),
      doubt(
        'a listing that shows a deletion while DescribeSecret is denied',
        any(
          listing((entries) =>
            entries.map((entry) =>
              entry.Name.endsWith('found/two') ? { ...entry, DeletedDate: 1.7e9 } : entry,
            ),
          ),
          failOperation('DescribeSecret', denied),
        ),
        {
          unchanged: '4 in-sync in-sync/source-unavailable in-sync',
          rotated: '4 source-changed source-changed/source-unavailable source-changed',
          says: /found\/two": DescribeSecret was denied .*\n +hint: .*`secretsmanager:DescribeSecret`/,
        },
      ),
      doubt('batches are denied', failOperation('BatchGetSecretValue', denied), {
        unchanged: good,
        rotated: updated,
      }),
      doubt(
        'values are denied',
        any(failOperation('BatchGetSecretValue', denied), failOperation('GetSecretValue', denied)),
        {
          unchanged: good,
          rotated: '4 source-unavailable source-unavailable absence-unproven',
          says: /"s\d+\/found\/one": GetSecretValue was denied .*\n +hint: .*`secretsmanager:GetSecretValue` on this secret/,
        },
      ),
      ...partial('AccessDeniedException', 4, /found\/one": GetSecretValue was denied/),
      ...partial('InternalServiceError', 6, /found\/one": GetSecretValue failed/),
      ...partial('ResourceNotFoundException', 3, /found\/one": GetSecretValue did not find it/),
      ...partial(undefined, 3, /found\/one": BatchGetSecretValue left it out/),
      doubt('everything is denied', always(denied), {
        unchanged: `4 ${unavailable}`,
        rotated: `4 ${unavailable}`,
        says: /DescribeSecret was denied/,
      }),
      doubt('an expired token', always(awsError(400, 'ExpiredTokenException')), {
        unchanged: `4 ${unavailable}`,
        rotated: `4 ${unavailable}`,
        says: /ListSecrets was refused for its credentials .*\n +hint: .*credentials/,
      }),
      doubt('a short burst of throttling', throttledFor(2), { unchanged: good, rotated: updated }),
      doubt('throttling for good', always(awsError(400, 'ThrottlingException')), {
        unchanged: `6 ${unavailable}`,
        rotated: `6 ${unavailable}`,
        changes: lessImpatient,
        says: /ListSecrets was throttled/,
      }),
      doubt('no answer', always({ kind: 'hang' }), {
        unchanged: `6 ${unavailable}`,
        rotated: `6 ${unavailable}`,
        changes: impatient,
        says: /ListSecrets failed \(TimeoutError\)/,
      }),
      doubt('resets', always({ kind: 'reset' }), {
        unchanged: `6 ${unavailable}`,
        rotated: `6 ${unavailable}`,
        says: /ListSecrets failed \(ECONNRESET\)/,
      }),
      doubt('answers that are cut', always({ kind: 'cut', bytes: 20 }), {
        unchanged: `6 ${unavailable}`,
        rotated: `6 ${unavailable}`,
      }),
      doubt('a server that fails', always(awsError(500, 'InternalServiceError')), {
        unchanged: `6 ${unavailable}`,
        rotated: `6 ${unavailable}`,
      }),
      doubt('a page of HTML', always(html), {
        unchanged: `3 ${unavailable}`,
        rotated: `3 ${unavailable}`,
        says: /ListSecrets was not answered as AWS does/,
      }),
      doubt(
        'an answer without a list',
        failOperation('ListSecrets', { kind: 'answer', status: 200, body: {} }),
        {
          unchanged: `3 ${unavailable}`,
          rotated: `3 ${unavailable}`,
          says: /ListSecrets gave no list/,
        },
      ),
    ],
  );

  test('a listing that lags, catches up, and falls behind again', async () => {
    const { proxy } = aws.world;
    const { record, replay } = createMemory(({ amzTarget, body }) =>
      amzTarget.endsWith('.ListSecrets') ? body : undefined,
    );
    const scene = await openScene(aws);
    proxy.misbehave(record);
    expect((await scene.pass()).exitCode).toBe(0);
    await scene.rotate();
    await aws.put({ [scene.pathOf('found', 'new')]: { value: 'new' } });
    await aws.world.remove(scene.pathOf('found', 'two'));

    proxy.misbehave(replay);
    expectAtRest(await scene.pass());
    expect(scene.generations()).toEqual(new Set([1]));

    proxy.forget();
    const caughtUp = await scene.pass();
    expectVerdict(caughtUp, '0 source-changed source-changed/no-longer-desired source-changed');
    const { state } = scene.emulator;
    expect(state.readValue('app', 'FOUND_NEW')).toBe('new');
    const before = scene.contents();

    proxy.misbehave(replay);
    const behind = await scene.pass();
    expectVerdict(behind, '0 in-sync in-sync/not-decided in-sync');
    expect(behind.writes).toBe(0);
    expect(behind.reasons.get('FOUND_NEW')).toBe('absence-unproven');
    expect(scene.contents()).toEqual(before);
  });

  describe('at each call of a pass', () => {
    test.each<[string, Strike]>([
      ['the credentials end', { fault: () => awsError(400, 'ExpiredTokenException'), exitCodes: [0, 4] }],
      ['the policy is taken away', { fault: () => denied, exitCodes: [0, 4] }],
      ['the one call is denied', { fault: once(denied), exitCodes: [0, 4] }],
      ['the one call gets a page', { fault: once(html), exitCodes: [0, 3] }],
      ['the one call is reset', { fault: once({ kind: 'reset' }), exitCodes: [0] }],
      [
        'the one call is not understood',
        { fault: once(awsError(400, 'ValidationException')), exitCodes: [0, 3] },
      ],
    ])('%s', async (_, strike) => {
      expect(await sweep(aws, aws.world.proxy, strike)).toBeGreaterThan(4);
    });
  });

  const removeAll =
    (isForced: boolean) =>
    (...paths: readonly string[]) =>
      Promise.all(paths.map((name) => aws.world.remove(name, isForced)));
  testAbsence(
    () => aws,
    [
      {
        name: 'a scheduled deletion, and its end',
        take: removeAll(false),
        giveBack: (...paths) => aws.restore(...paths),
        isTold: true,
        proof: /DescribeSecret: scheduled for deletion/,
      },
      {
        name: 'a deletion at once, and a secret made anew',
        take: removeAll(true),
        isTold: false,
        proof: /DescribeSecret: no such secret/,
      },
    ],
  );
});

function once(fault: Fault): Strike['fault'] {
  return (sinceThen) => (sinceThen === 0 ? fault : undefined);
}

function withoutFoundOne(ErrorCode: string | undefined): Fault {
  const change = (body: string): string => {
    const { SecretValues, Errors }: { SecretValues: Entry[]; Errors: object[] } = JSON.parse(body);
    const refused = SecretValues.find(({ Name }) => Name.endsWith('found/one'));
    const error = { SecretId: refused?.Name, ErrorCode, Message: 'told by the proxy' };
    const errors = refused === undefined || ErrorCode === undefined ? Errors : [...Errors, error];
    return JSON.stringify({ SecretValues: SecretValues.filter((one) => one !== refused), Errors: errors });
  };
  return { kind: 'rewrite', change };
}

/** Listings come in two pages: the first shows the first row, and the second is the fault. */
function secondPage(fault: Fault): Matcher {
  return (request) => {
    if (!request.amzTarget.endsWith('.ListSecrets')) return undefined;
    if (JSON.parse(request.body).NextToken !== undefined) return fault;
    const change = (body: string): string => {
      const { SecretList }: { SecretList: Entry[] } = JSON.parse(body);
      const sorted = SecretList.toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
      return JSON.stringify({ SecretList: sorted.slice(0, 1), NextToken: 'second' });
    };
    return { kind: 'rewrite', change };
  };
}

/** The first requests to each operation are throttled. */
function throttledFor(times: number): Matcher {
  return ({ earlier }) => (earlier < times ? awsError(400, 'ThrottlingException') : undefined);
}

// Which failure of AWS or its SDK becomes which of ours, and that none of their text comes along.
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { VoxsyncError } from '../../../src/errors.ts';
import {
  failureNamed,
  failureOf,
  isDenied,
  isDoubtful,
  isMisunderstood,
} from '../../../src/sources/aws-secrets-manager/failures.ts';

const call = { id: 'aws', operation: 'GetSecretValue', secret: 'prod/crm' } as const;

/** An error as the SDK throws it. */
function sdkError(name: string, status?: number, message = 'hunter2'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

test.each([
  ['AccessDeniedException', 400, 'source-refused'],
  ['AccessDenied', 403, 'source-refused'],
  ['UnrecognizedClientException', 400, 'source-refused'],
  ['InvalidSignatureException', 400, 'source-refused'],
  ['InvalidClientTokenId', 403, 'source-refused'],
  ['ExpiredTokenException', 400, 'source-refused'],
  ['ExpiredToken', 403, 'source-refused'],
  ['MissingAuthenticationTokenException', 400, 'source-refused'],
  ['CredentialsProviderError', undefined, 'source-refused'],
  ['TokenProviderError', undefined, 'source-refused'],
  ['DecryptionFailure', 400, 'source-refused'],
  ['SomethingElse', 403, 'source-refused'],
  ['ThrottlingException', 400, 'source-throttled'],
  ['TooManyRequestsException', 429, 'source-throttled'],
  ['RequestLimitExceeded', 400, 'source-throttled'],
  ['SomethingElse', 429, 'source-throttled'],
  ['InternalServiceError', 500, 'source-unreachable'],
  ['InternalFailure', 500, 'source-unreachable'],
  ['ServiceUnavailable', 503, 'source-unreachable'],
  ['TimeoutError', undefined, 'source-unreachable'],
  ['SyntaxError', 502, 'source-unreachable'],
  ['SyntaxError', 200, 'source-answer-invalid'],
  ['SyntaxError', 403, 'source-answer-invalid'],
  ['TypeError', undefined, 'source-answer-invalid'],
  ['InvalidNextTokenException', 400, 'source-answer-invalid'],
  ['SomethingElse', 400, 'source-answer-invalid'],
  ['ResourceNotFoundException', 400, 'secret-not-found'],
  ['InvalidRequestException', 400, 'secret-invalid'],
  ['InvalidParameterException', 400, 'secret-invalid'],
  ['ValidationException', 400, 'secret-invalid'],
  ['SomethingElse', undefined, 'unexpected'],
])('%s with status %s is %s', (name, status, code) => {
  const failure = failureOf(sdkError(name, status), call);
  expect(failure).toMatchObject({ code, remoteCode: name });
  expect(failure.message).toMatch(/^aws: secret "prod\/crm": GetSecretValue /);
  expect(failure.message).toContain(`(${name})`);
});

test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'CERT_HAS_EXPIRED'])(
  'the system code %s is source-unreachable',
  (code) => {
    const failure = failureOf(Object.assign(new Error('hunter2'), { code }), call);
    expect(failure).toMatchObject({ code: 'source-unreachable', remoteCode: code, isRetryable: true });
  },
);

test('nothing of a stranger’s text, answer or stack is kept', () => {
  const thrown = Object.assign(sdkError('SyntaxError', 200), {
    $response: { body: 'hunter2' },
    $responseBodyText: 'hunter2',
  });
  const failure = failureOf(thrown, call);
  expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('hunter2');
  expect(failure.cause).toBeUndefined();
});

test.each(['the value is hunter2!', 'hunter2', 'Hunter2', 'hunter', ''])(
  '%j is no name, and not shown',
  (name) => {
    const failure = failureOf(sdkError(name, 400), call);
    expect(failure.message).toBe(
      'aws: secret "prod/crm": GetSecretValue was not answered as AWS does (unnamed error)',
    );
  },
);

test('a missing region says where to set it', () => {
  const failure = failureOf(new Error('Region is missing'), call);
  expect(failure).toMatchObject({ code: 'config-invalid', hint: expect.stringContaining('AWS_REGION') });
});

const denied = (text: string) => failureNamed({ name: 'AccessDeniedException', text }, call).hint;

test.each([
  [
    'User: arn:aws:sts::123456789012:assumed-role/a/b is not authorized to perform: x',
    'arn:aws:sts::123456789012:assumed-role/a/b',
  ],
  ['User: arn:aws-cn:iam::123456789012:user/a is not authorized', 'arn:aws-cn:iam::123456789012:user/a'],
  ['User: hunter2 is not authorized', 'the identity that voxsync uses'],
  [
    'User: arn:aws:iam::123456789012:user/hunter2 hunter2 is not authorized',
    'the identity that voxsync uses',
  ],
  ['arn:aws:iam::123456789012:user/hunter2', 'the identity that voxsync uses'],
  ['User: arn:aws:secretsmanager:a:123456789012:hunter2 is not authorized', 'the identity that voxsync uses'],
])('whom AWS says it denied, by ARN and by nothing else: %s', (text, who) => {
  expect(denied(text)).toMatch(new RegExp(`^Allow ${who} \`secretsmanager:GetSecretValue\``));
});

test('an endpoint that is no address says so', () => {
  const failure = failureOf(Object.assign(new TypeError('hunter2'), { code: 'ERR_INVALID_URL' }), call);
  expect(failure).toMatchObject({ code: 'config-invalid', hint: expect.stringContaining('endpoint') });
});

test('a denial by KMS tells of kms:Decrypt, any other of the operation', () => {
  expect(denied('Access to KMS is not allowed')).toContain('`kms:Decrypt`');
  expect(denied('User is not authorized')).toContain('`secretsmanager:GetSecretValue` on this secret');
});

test('a failure of ours passes as it is', () => {
  const ours = new VoxsyncError('source-throttled', 'ours');
  expect(failureOf(ours, call)).toBe(ours);
});

test.each([
  ['AccessDeniedException', 400, { denied: true, misunderstood: false, doubtful: false }],
  ['ExpiredTokenException', 400, { denied: false, misunderstood: false, doubtful: false }],
  ['ValidationException', 400, { denied: false, misunderstood: true, doubtful: false }],
  ['InvalidRequestException', 400, { denied: false, misunderstood: true, doubtful: true }],
  ['ResourceNotFoundException', 400, { denied: false, misunderstood: true, doubtful: true }],
  ['ThrottlingException', 400, { denied: false, misunderstood: false, doubtful: false }],
  ['SyntaxError', 200, { denied: false, misunderstood: false, doubtful: false }],
])('what %s allows to try', (name, status, expected) => {
  const failure = failureOf(sdkError(name, status), call);
  expect({
    denied: isDenied(failure),
    misunderstood: isMisunderstood(failure),
    doubtful: isDoubtful(failure),
  }).toEqual(expected);
});

// Every failure that a source can tell: whose it is, what was asked, what is missing, what to do; and nothing of what the other side wrote.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { VoxsyncError } from '../../src/errors.ts';
import { failureNamed, failureOf } from '../../src/sources/aws-secrets-manager/failures.ts';
import type { Call, KindName, Symptom } from '../../src/sources/aws-secrets-manager/kinds.ts';
import { changing, unreadable } from '../../src/sources/local.ts';
import { connectionFailure } from '../../src/sources/vault/failures.ts';
import { nameOf } from '../../src/sources/vault/identity.ts';
import { loginRefusal } from '../../src/sources/vault/login-refusals.ts';
import { refusalOf } from '../../src/sources/vault/refusals.ts';
import type { LoginAuth } from '../../src/sources/vault/settings.ts';

const canary = 'what-the-other-side-wrote';

interface Told {
  /** What was asked, as the message must show it. */
  readonly subject: string;
  readonly code: string;
  /** What the hint must name: the permission, the path or the setting. */
  readonly hint?: RegExp;
}

/** What of it the error does not tell as it should; empty for a good one. */
function faultsOf(error: VoxsyncError, { subject, code, hint = /\w/ }: Told): readonly string[] {
  const { message, hint: given } = error;
  const rules: Readonly<Record<string, boolean>> = {
    [`code is ${code}`]: error.code === code,
    [`message shows ${subject}`]: message.includes(subject),
    'message begins with the source': /^(?:aws|vault|local)\b/.test(message),
    [`hint matches ${hint.source}`]: hint.test(given),
    'hint is a sentence': /^[A-Z`].{15,}\.$/.test(given),
    'nothing is missing in the words': !/undefined|\[object/.test(`${message} ${given}`),
    'nothing of the other side comes along': !inspect(error, { depth: 9, showHidden: true }).includes(canary),
  };
  return Object.entries(rules).flatMap(([rule, isKept]) =>
    isKept ? [] : [`${rule}: ${message} | ${given}`],
  );
}

describe('AWS', () => {
  const single = { id: 'aws', operation: 'GetSecretValue', secret: 'prod/crm' } as const;
  // Each kind of failure must be here, or this does not compile.
  const examples: Readonly<Record<KindName, { symptom: Symptom; code: string; hint?: RegExp }>> = {
    denied: {
      symptom: { name: 'AccessDeniedException', status: 400 },
      code: 'source-refused',
      hint: /`secretsmanager:\w+`/,
    },
    undecryptable: {
      symptom: { name: 'AccessDeniedException', text: 'no KMS for you' },
      code: 'source-refused',
      hint: /`kms:Decrypt` on the key/,
    },
    credentials: {
      symptom: { name: 'ExpiredTokenException', status: 400 },
      code: 'source-refused',
      hint: /credentials, the profile or role.*clock/,
    },
    throttled: { symptom: { name: 'ThrottlingException', status: 400 }, code: 'source-throttled' },
    unreachable: {
      symptom: { name: 'ECONNREFUSED' },
      code: 'source-unreachable',
      hint: /address, the network/,
    },
    unknown: {
      symptom: { name: 'ResourceNotFoundException' },
      code: 'secret-not-found',
      hint: /name, the region/,
    },
    state: {
      symptom: { name: 'InvalidRequestException' },
      code: 'secret-invalid',
      hint: /state of the secret/,
    },
    parameter: {
      symptom: { name: 'InvalidParameterException' },
      code: 'secret-invalid',
      hint: /name or ARN/,
    },
    answer: { symptom: { name: 'SyntaxError', status: 200 }, code: 'source-answer-invalid', hint: /proxies/ },
    region: {
      symptom: { name: 'Error', text: 'Region is missing' },
      code: 'config-invalid',
      hint: /AWS_REGION/,
    },
    endpoint: { symptom: { name: 'ERR_INVALID_URL' }, code: 'config-invalid', hint: /`endpoint`/ },
    defect: { symptom: { name: 'Whatever' }, code: 'unexpected', hint: /report it/ },
  };
  const calls: readonly Call[] = [
    single,
    { id: 'aws', operation: 'DescribeSecret', secret: 'prod/crm' },
    { id: 'aws', operation: 'ListSecrets' },
    { id: 'aws', operation: 'BatchGetSecretValue' },
  ];

  test.each(Object.entries(examples))('%s', (_kind, { symptom, ...told }) => {
    for (const call of calls) {
      const text = symptom.text ?? canary;
      const error = failureNamed({ ...symptom, text }, call);
      expect(faultsOf(error, { ...told, subject: call.operation })).toEqual([]);
      expect(error.message.includes('"prod/crm"')).toBe(call.secret !== undefined);
    }
  });

  test.each(calls.map((call) => [call.operation, call] as const))(
    'a denied %s names its permission and its scope',
    (operation, call) => {
      const { hint } = failureNamed({ name: 'AccessDeniedException' }, call);
      expect(hint).toContain(`\`secretsmanager:${operation}\``);
      expect(hint).toMatch(call.secret === undefined ? / on `\*`/ : / on this secret/);
    },
  );

  test('what the SDK throws is not kept', () => {
    const thrown = Object.assign(new Error(canary), {
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400, body: canary },
      $response: { body: canary, headers: { authorization: canary } },
    });
    expect(
      faultsOf(failureOf(thrown, single), { subject: 'GetSecretValue', code: 'source-refused' }),
    ).toEqual([]);
  });
});

describe('Vault', () => {
  // Vault's own words are shown where they are short; a long answer, or one that is no list of errors, is not.
  const body = { errors: [canary.repeat(20)], data: { value: canary } };

  const question = {
    capability: 'read',
    shown: 'secret/data/voice/trunk',
    identity: 'the user voxsync of auth/userpass',
  } as const;

  test.each([
    [400, 'source-answer-invalid', /proxies/],
    [403, 'source-refused', /capability `read` on `secret\/data\/voice\/trunk`.*token is valid/],
    [404, 'source-invalid', /`mount`, `namespace` and `kvVersion`/],
    [405, 'source-answer-invalid', /proxies/],
    [412, 'source-unreachable', /next pass/],
    [472, 'source-unreachable', /`address` to the primary/],
    [473, 'source-unreachable', /`address` to the active node/],
    [500, 'source-unreachable', /log of Vault/],
    [501, 'source-unreachable', /Initialise and unseal/],
    [502, 'source-unreachable', /a gateway before it/],
    [503, 'source-unreachable', /Unseal it/],
  ])('answer %d to a read', (status, code, hint) => {
    const error = refusalOf('vault', question, { status, body, atMs: 0 });
    expect(faultsOf(error, { subject: `(${status})`, code, hint })).toEqual([]);
    expect(error.remoteCode).toBe(status);
  });

  test.each([403, 404, 500, 400])('answer %d tells the path', (status) => {
    const asked = { ...question, capability: 'list', shown: 'secret/metadata/voice/' } as const;
    expect(refusalOf('vault', asked, { status, body, atMs: 0 }).message).toContain('secret/metadata/voice/');
  });

  test('a refusal tells for whom', () => {
    const { message } = refusalOf('vault', question, { status: 403, body, atMs: 0 });
    expect(message).toBe(
      'vault: Vault refused to read secret/data/voice/trunk for the user voxsync of auth/userpass (403)',
    );
  });

  const credential = { env: 'VARIABLE' };
  const logins: Readonly<Record<LoginAuth['method'], LoginAuth>> = {
    approle: { method: 'approle', roleId: 'id', secretId: credential },
    userpass: { method: 'userpass', username: 'voxsync', password: credential },
    jwt: { method: 'jwt', role: 'ci', token: credential },
    kubernetes: { method: 'kubernetes', role: 'voxsync', token: credential },
    cert: { method: 'cert', certificate: credential, key: credential },
  };
  const refuse = (auth: LoginAuth, status: number, words: string) =>
    loginRefusal('vault', `auth/${auth.method}/login`, auth, { status, body: { errors: [words] }, atMs: 0 });

  test.each([
    [400, 'source-refused', /`mountPath` and `namespace`/],
    [403, 'source-refused', /`mountPath` and `namespace`/],
    [404, 'source-refused', /`mountPath` and `namespace`/],
    [472, 'source-unreachable', /primary/],
    [500, 'source-unreachable', /log of Vault/],
    [503, 'source-unreachable', /Unseal/],
  ])('answer %d to a login, of which nothing is quoted however short', (status, code, hint) => {
    for (const auth of Object.values(logins)) {
      const error = refuse(auth, status, canary);
      expect(faultsOf(error, { subject: `(${status})`, code, hint })).toEqual([]);
      expect(error.message.includes('for the role "')).toBe(code === 'source-refused' && 'role' in auth);
    }
  });

  // Words of Vault 1.21; those that the tests of the logins bring about for real are here as well, for OpenBao's sake.
  test.each([
    ['kubernetes', 'invalid role name "x"', /no such role/, /`role`/],
    ['kubernetes', 'service account name not authorized', /this name/, /`bound_service_account_names`/],
    ['kubernetes', 'namespace not authorized', /namespace/, /`bound_service_account_namespaces`/],
    ['kubernetes', 'invalid audience (aud) claim: no match', /another audience/, /`audience`/],
    ['kubernetes', 'invalid expiration time (exp) claim: token is expired', /expired/, /projected token/],
    ['kubernetes', 'invalid not before (nbf) claim: token not yet valid', /not valid yet/, /clocks/],
    ['kubernetes', 'permission denied', /did not confirm/, /`system:auth-delegator`/],
    ['kubernetes', 'could not load backend configuration', /not configured/, /configuration/],
    ['jwt', 'role "x" could not be found', /no such role/, /`role`/],
    ['jwt', 'error validating token: aud claim does not match any', /another audience/, /`bound_audiences`/],
    ['jwt', 'error validating token: invalid expiration time (exp) claim', /expired/, /`auth.token`/],
    [
      'jwt',
      'error validating token: invalid issued at: token issued in the future',
      /not valid yet/,
      /clocks/,
    ],
    ['jwt', 'error validating token: invalid issuer (iss) claim', /issuer/, /`bound_issuer`/],
    ['jwt', 'error validating token: invalid subject (sub) claim', /lacks a claim/, /`bound_subject`/],
    ['jwt', 'error validating claims: claim "x" is missing', /lacks a claim/, /`bound_claims`/],
    ['jwt', 'error verifying token signature: none', /key that the method does not know/, /keys/],
    ['jwt', 'could not load configuration', /not configured/, /configuration/],
  ] as const)('a %s login refused with: %s', (method, words, problem, hint) => {
    for (const status of [400, 403, 500]) {
      const error = refuse(logins[method], status, `${words} ${canary}`);
      expect(faultsOf(error, { subject: `(${status}): `, code: 'source-refused', hint })).toEqual([]);
      expect(error.message).toMatch(problem);
      // Or it would read as a path that is forbidden to this identity.
      expect(error.remoteCode).toBeUndefined();
    }
  });

  test.each([
    [{ ...logins.approle, mountPath: 'team/roles' }, 'the AppRole of auth/team/roles'],
    [logins.userpass, 'the user voxsync of auth/userpass'],
    [logins.jwt, 'the role ci of auth/jwt'],
    [logins.kubernetes, 'the role voxsync of auth/kubernetes'],
    [{ ...logins.cert, role: 'app' }, 'the role app of auth/cert'],
    [logins.cert, 'the certificate for auth/cert'],
  ])('%j is called %s', (auth, name) => {
    expect(nameOf(auth)).toBe(name);
  });

  test.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /`ca: \{ file: … \}`/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /`ca: \{ file: … \}`/],
    ['UNABLE_TO_GET_ISSUER_CERT', /`ca: \{ file: … \}`/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /`ca: \{ file: … \}`/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /`ca: \{ file: … \}`/],
    ['CERT_HAS_EXPIRED', /Renew the certificate/],
    ['CERT_NOT_YET_VALID', /clock/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /`serverName`/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /http: instead of https:/],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', /http: instead of https:/],
    ['ERR_OSSL_PEM_NO_START_LINE', /PEM/],
    ['ERR_OSSL_UNSUPPORTED', /without a passphrase/],
    ['ERR_MISSING_PASSPHRASE', /without a passphrase/],
    ['ERR_OSSL_X509_KEY_VALUES_MISMATCH', /both files at once/],
    ['ECONNREFUSED', /address, the network/],
    ['ENOTFOUND', /address, the network/],
  ])('a connection that fails with %s', (kind, hint) => {
    const thrown = Object.assign(new Error(canary), { code: kind });
    const error = connectionFailure('vault', 'https://vault.example:8200', {
      thrown,
      isRenewed: false,
    });
    expect(
      faultsOf(error, { subject: 'https://vault.example:8200', code: 'source-unreachable', hint }),
    ).toEqual([]);
    expect(error.message).toContain(kind);
  });
});

describe('files', () => {
  test.each([
    ['EACCES', /the user that voxsync runs as \(uid \d+\) read access/],
    ['EPERM', /the user that voxsync runs as \(uid \d+\) read access/],
    ['ENOENT', /`path` of the source/],
    ['EISDIR', /`path` of the source/],
  ])('%s', (kind, hint) => {
    const error = unreadable(Object.assign(new Error('no'), { code: kind }), 'local (secrets.yaml)');
    expect(
      faultsOf(error, { subject: `secrets.yaml) cannot be read: ${kind}`, code: 'source-invalid', hint }),
    ).toEqual([]);
  });

  test('one that is never the same twice', () => {
    expect(
      faultsOf(changing('local (secrets.yaml)'), {
        subject: 'keeps changing',
        code: 'source-invalid',
        hint: /rename it into its place/,
      }),
    ).toEqual([]);
  });
});

// The kinds of failure that AWS and its SDK name, and which name is of which kind.
import type { ErrorCode } from '../../errors.ts';
import { isArn } from './naming.ts';

/** What was asked when it failed. */
export interface Call {
  /** The source's id in the config. */
  readonly id: string;
  readonly operation: 'ListSecrets' | 'DescribeSecret' | 'GetSecretValue' | 'BatchGetSecretValue';
  /** The secret that was asked for, where it was one. */
  readonly secret?: string | undefined;
}

/** A failure as its names tell it. */
export interface Symptom {
  /** The name AWS or the SDK gave it, or the system's code. */
  readonly name: string;
  readonly status?: number | undefined;
  /** Looked at for one word, and for the ARN of who was refused; nothing else of it is shown. */
  readonly text?: string | undefined;
}

/** What a kind of failure is called, and what to do about it. */
export interface Kind {
  readonly code: ErrorCode;
  readonly problem: string;
  /** `who` is whom AWS refused. */
  readonly hint?: ((call: Call, who: string) => string) | undefined;
}

/** The kinds of failure, by what a person can do about them. */
export const kinds = {
  denied: {
    code: 'source-refused',
    problem: 'was denied',
    hint: (call, who) =>
      `Allow ${who} \`secretsmanager:${call.operation}\`${scopeOf(call)}; look for an explicit deny as well.${elsewhere(call)}`,
  },
  undecryptable: {
    code: 'source-refused',
    problem: 'could not decrypt',
    hint: (_call, who) => `Allow ${who} \`kms:Decrypt\` on the key of the secret.`,
  },
  credentials: {
    code: 'source-refused',
    problem: 'was refused for its credentials',
    hint: () => 'Check the AWS credentials, the profile or role that voxsync runs with, and this clock.',
  },
  throttled: { code: 'source-throttled', problem: 'was throttled' },
  unreachable: { code: 'source-unreachable', problem: 'failed' },
  unknown: { code: 'secret-not-found', problem: 'did not find it' },
  state: {
    code: 'secret-invalid',
    problem: 'is not possible now',
    hint: () => 'Look at the state of the secret in the AWS console.',
  },
  parameter: {
    code: 'secret-invalid',
    problem: 'was not understood',
    hint: () => 'Check the spelling of the name or ARN, the version and the stage.',
  },
  answer: { code: 'source-answer-invalid', problem: 'was not answered as AWS does' },
  region: {
    code: 'config-invalid',
    problem: 'needs a region',
    hint: () => 'Set `region` of the source, AWS_REGION, or a region in the profile.',
  },
  endpoint: {
    code: 'config-invalid',
    problem: 'has no address to go to',
    hint: () => 'Write `endpoint` of the source as an address: `https://HOST`.',
  },
  defect: { code: 'unexpected', problem: 'failed' },
} as const satisfies Record<string, Kind>;

/** The names of the kinds. */
export type KindName = keyof typeof kinds;

/** The first that matches a name tells its kind. */
const patterns: readonly (readonly [RegExp, KindName])[] = [
  [/^(AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized)/, 'denied'],
  [/^(DecryptionFailure|KMS\w*)$/, 'undecryptable'],
  [
    /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature)/,
    'credentials',
  ],
  [
    /^(MissingAuthenticationToken|ExpiredToken|RequestExpired|InvalidAccessKeyId|OptInRequired)/,
    'credentials',
  ],
  [/^(\w*Credentials\w*Error|TokenProviderError|InvalidIdentityToken|IDPRejectedClaim)/, 'credentials'],
  [/^(Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|LimitExceeded|SlowDown)/, 'throttled'],
  [/^ERR_INVALID_URL$/, 'endpoint'],
  [/^(Internal|ServiceUnavailable|TimeoutError|AbortError|RequestTimeout|E[A-Z_]{3,}$)/, 'unreachable'],
  [/^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|HPE_)/, 'unreachable'],
  [/^ResourceNotFound/, 'unknown'],
  [/^InvalidRequest/, 'state'],
  [/^(InvalidParameter|Validation)/, 'parameter'],
  [/^(SyntaxError|TypeError|RangeError|InvalidNextToken|Serialization)/, 'answer'],
];

/** The kind of a failure: by its name, else by its HTTP status. */
export function classify({ name, status, text }: Symptom): KindName {
  const known = patterns.find(([pattern]) => pattern.test(name))?.[1];
  if (known === 'denied' && /\bkms\b/i.test(text ?? '')) return 'undecryptable';
  if (name === 'Error' && text === 'Region is missing') return 'region';
  // An answer that cannot be parsed may be the page of a gateway: then its status tells more.
  if (known !== undefined && known !== 'answer') return known;
  return (status === undefined ? undefined : kindOfStatus(status, known)) ?? known ?? 'defect';
}

function kindOfStatus(status: number, known: KindName | undefined): KindName {
  if (status === 429) return 'throttled';
  if (status >= 500) return 'unreachable';
  return known === undefined && (status === 401 || status === 403) ? 'credentials' : 'answer';
}

/** Whom AWS says it refused; only what is an ARN of an identity to the letter is taken from its text. */
export function whoIn({ text = '' }: Symptom): string | undefined {
  const refused =
    /^User: (arn:aws[a-z-]{0,10}:(?:sts|iam)::\d{12}:[\w+=,.@/-]{1,200}) is not authorized/.exec(text);
  return refused?.[1];
}

/** Whose account an ARN names, only its reader knows. */
function elsewhere({ secret }: Call): string {
  if (secret === undefined || !isArn(secret)) return '';
  return ' Where it belongs to another account, its resource policy must allow the same, and its KMS key must be one of that account, not `aws/secretsmanager`.';
}

function scopeOf({ operation, secret }: Call): string {
  if (operation === 'ListSecrets' || operation === 'BatchGetSecretValue') return ' on `*`';
  return secret === undefined ? '' : ' on this secret';
}

// Users and roles for tests, as a matcher of the proxy before moto: who signs is told by the access key, who may become whom by trust policies.
import { accountIn } from '../../../src/sources/aws-secrets-manager/naming.ts';
import type { Fault, Matcher, SeenRequest } from '../../proxy/faulty-proxy.ts';
import { awsError } from '../../proxy/faulty-proxy.ts';
import type { IamPolicy } from './iam.ts';
import { enforce, isAllowed } from './iam.ts';
import type { SeenCall } from './sts.ts';
import { callOf, stsError } from './sts.ts';

interface Identity {
  readonly arn: string;
  readonly policy: IamPolicy;
}

export interface Role extends Identity {
  /** A token of a service account, or the identity that may assume the role. */
  readonly trusts: { readonly token: string } | { readonly arn: string; readonly externalId?: string };
  /** How long its sessions last; an hour when not given. */
  readonly lastsMs?: number;
}

export interface Directory {
  /** By their access keys. */
  readonly users?: Readonly<Record<string, Identity>>;
  readonly roles?: readonly Role[];
  /** The full ARNs of the secrets that there are. */
  readonly arns: readonly string[];
  /** Who of another account may reach a secret, by its ARN, as its resource policy tells it. */
  readonly shared?: Readonly<Record<string, readonly string[]>>;
}

/** A call, and in whose name it was made; no name when nobody signed it or AWS would not know the key. */
export interface JudgedCall extends SeenCall {
  readonly by: string | undefined;
  /** What it was answered with instead of being passed on. */
  readonly refusal: string | undefined;
}

interface Session {
  readonly identity: Identity;
  /** As AWS calls it: the user, or the session of the role. */
  readonly arn: string;
  readonly endsAt: number;
}

export interface Identities {
  readonly matcher: Matcher;
  /** What came, in order. */
  readonly calls: JudgedCall[];
  /** Knows a further access key from now on, until it ends. */
  admit(key: string, identity: Identity, endsAt: number): void;
}

/** Judges every request. */
export function startIdentities(directory: Directory): Identities {
  const sessions = new Map<string, Session>();
  const calls: JudgedCall[] = [];
  const admit: Identities['admit'] = (key, identity, endsAt) =>
    void sessions.set(key, { identity, arn: identity.arn, endsAt });
  for (const [key, identity] of Object.entries(directory.users ?? {})) admit(key, identity, Infinity);
  const matcher: Matcher = (request) => {
    const call = callOf(request);
    const session = sessions.get(call.key);
    const fault = judge(directory, sessions, { call, request, session });
    const refusal = fault?.kind === 'answer' ? `${call.operation} ${fault.status}` : undefined;
    calls.push({ ...call, by: session?.identity.arn, refusal });
    return fault;
  };
  return { matcher, calls, admit };
}

interface Case {
  readonly call: SeenCall;
  readonly request: SeenRequest;
  readonly session: Session | undefined;
}

function judge(directory: Directory, sessions: Map<string, Session>, one: Case): Fault | undefined {
  const { call, request, session } = one;
  if (call.operation === 'AssumeRoleWithWebIdentity') return judgeRole(directory, sessions, one);
  const stranger = judgeKey(session, request.amzTarget === '');
  if (stranger !== undefined) return stranger;
  if (call.operation === 'AssumeRole') return judgeRole(directory, sessions, one);
  if (call.operation === 'GetCallerIdentity') return undefined;
  return session && judgeSecret(directory, session, request);
}

/** STS and Secrets Manager have names of their own for a key that nobody knows, or no more. */
function judgeKey(session: Session | undefined, isSts: boolean): Fault | undefined {
  if (session === undefined)
    return isSts ? stsError(403, 'InvalidClientTokenId') : awsError(400, 'UnrecognizedClientException');
  if (session.endsAt > Date.now()) return undefined;
  return isSts ? stsError(403, 'ExpiredToken') : awsError(400, 'ExpiredTokenException');
}

function judgeRole(
  { roles = [] }: Directory,
  sessions: Map<string, Session>,
  { call, session }: Case,
): Fault {
  const role = roles.find(({ arn }) => arn === call.parameters['RoleArn']);
  if (role !== undefined && isTrusted(role, call, session?.identity)) return grant(sessions, role);
  const who = session === undefined ? 'Not authorized' : `User: ${session.arn} is not authorized`;
  return stsError(403, 'AccessDenied', `${who} to perform: sts:${call.operation}`);
}

function isTrusted({ arn, trusts }: Role, { parameters }: SeenCall, caller: Identity | undefined): boolean {
  if ('token' in trusts) return parameters['WebIdentityToken'] === trusts.token;
  return (
    caller !== undefined &&
    caller.arn === trusts.arn &&
    parameters['ExternalId'] === trusts.externalId &&
    isAllowed(caller.policy, 'sts:AssumeRole', arn)
  );
}

/** Lets moto give out the keys, and remembers whose they are and for how long. */
function grant(sessions: Map<string, Session>, role: Role): Fault {
  const { lastsMs = 3_600_000 } = role;
  const change = (body: string): string => {
    const endsAt = Date.now() + lastsMs;
    const [, key = ''] = /<AccessKeyId>([^<]+)</.exec(body) ?? [];
    const [, arn = ''] = /<Arn>([^<]+)</.exec(body) ?? [];
    sessions.set(key, { identity: role, arn, endsAt });
    return body.replace(/<Expiration>[^<]*</, `<Expiration>${new Date(endsAt).toISOString()}<`);
  };
  return { kind: 'rewrite', change };
}

/** moto knows accounts, and no resource policies: what is shared is asked for in the name of its account. */
function judgeSecret(
  directory: Directory,
  { identity, arn }: Session,
  request: SeenRequest,
): Fault | undefined {
  const refusal = enforce(identity.policy, directory.arns, arn)(request);
  const secret = String(JSON.parse(request.body).SecretId ?? '');
  const account = accountIn(secret);
  if (refusal !== undefined || account === undefined || account === accountIn(identity.arn)) return refusal;
  const isShared = directory.shared?.[secret]?.includes(identity.arn) === true;
  if (!isShared) return awsError(400, 'AccessDeniedException');
  return { kind: 'headers', headers: { 'x-moto-account-id': account } };
}

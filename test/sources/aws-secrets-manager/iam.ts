// A small IAM for tests: judges requests to AWS Secrets Manager by a policy, as a matcher of the proxy before moto.
import type { Statement } from '../../../src/sources/aws-secrets-manager/policy.ts';
import type { Fault, Matcher, SeenRequest } from '../../proxy/faulty-proxy.ts';
import { awsError } from '../../proxy/faulty-proxy.ts';

export interface IamPolicy {
  readonly Statement: readonly Statement[];
}

/**
 * Denies what the policy does not allow. `arns` are the full ARNs of the secrets that there are; what is asked by
 * another name is judged by that name, which only `*` allows. `who` is told in a denial.
 */
export function enforce(policy: IamPolicy, arns: readonly string[], who = userArn): Matcher {
  const denied = (what: string) => denial(who, what);
  return (request) => {
    const operation = /^secretsmanager\.(\w+)$/.exec(request.amzTarget)?.[1];
    if (operation === undefined) return denied(request.amzTarget);
    if (operation === 'BatchGetSecretValue') return judgeBatch(policy, who);
    const resource = operation === 'ListSecrets' ? '*' : fullArn(secretIdOf(request), arns);
    return isAllowed(policy, `secretsmanager:${operation}`, resource)
      ? undefined
      : denied(`${operation} on ${resource}`);
  };
}

const userArn = 'arn:aws:iam::123456789012:user/voxsync';

/** AWS asks for GetSecretValue on each secret of a batch, and names those that it denies among the errors. */
function judgeBatch(policy: IamPolicy, who: string): Fault | undefined {
  if (!isAllowed(policy, 'secretsmanager:BatchGetSecretValue', '*'))
    return denial(who, 'BatchGetSecretValue on *');
  const change = (body: string): string => {
    const answer = JSON.parse(body);
    const values: readonly { ARN: string }[] = answer.SecretValues ?? [];
    const kept = values.filter(({ ARN }) => isAllowed(policy, 'secretsmanager:GetSecretValue', ARN));
    const refused = values
      .filter((value) => !kept.includes(value))
      .map(({ ARN }) => ({
        SecretId: ARN,
        ErrorCode: 'AccessDeniedException',
        Message: `User: ${who} is not authorized`,
      }));
    return JSON.stringify({
      ...answer,
      SecretValues: kept,
      Errors: [...(answer.Errors ?? []), ...refused],
    });
  };
  return { kind: 'rewrite', change };
}

/** Whether a statement allows the action, such as `sts:AssumeRole`, on the resource; both may hold wildcards. */
export function isAllowed({ Statement }: IamPolicy, action: string, resource: string): boolean {
  return Statement.some(
    ({ Action, Resource }) =>
      Action.some((pattern) => matches(pattern, action)) &&
      (typeof Resource === 'string' ? [Resource] : Resource).some((pattern) => matches(pattern, resource)),
  );
}

/** The policy without the actions and resources that match. */
export function withoutPart({ Statement }: IamPolicy, pattern: RegExp): IamPolicy {
  const kept = (texts: readonly string[]) => texts.filter((text) => !pattern.test(text));
  return {
    Statement: Statement.map(({ Sid, Effect, Action, Resource }) => ({
      Sid,
      Effect,
      Action: kept(Action),
      Resource: typeof Resource === 'string' ? Resource : kept(Resource),
    })),
  };
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split(/(\$\{[*?$]\}|[*?])/).map((part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    const sign = /^\$\{([*?$])\}$/.exec(part)?.[1];
    return (sign ?? part).replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('')}$`, 's').test(text);
}

function secretIdOf({ body }: SeenRequest): string {
  return String(JSON.parse(body).SecretId);
}

function fullArn(secret: string, arns: readonly string[]): string {
  const isMeant = (arn: string): boolean =>
    arn === secret || arn.slice(0, -7) === secret || arn.slice(0, -7).endsWith(`:secret:${secret}`);
  return arns.find(isMeant) ?? secret;
}

/** AWS tells whom it refused. */
function denial(who: string, what: string): Fault {
  return awsError(
    400,
    'AccessDeniedException',
    `User: ${who} is not authorized to perform: secretsmanager:${what}`,
  );
}

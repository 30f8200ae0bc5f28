// Logins that Vault refused, told for the person who has to mend them. Vault's words are looked through, never quoted: they may repeat what was sent.
import { VoxsyncError } from '../../errors.ts';
import { errorsOf, type Answer } from './answers.ts';
import { unavailability } from './refusals.ts';
import type { LoginAuth } from './settings.ts';

/** What Vault's words betray of the reason. */
interface Reason {
  readonly sign: RegExp;
  readonly problem: string;
  readonly hint: string;
}

const notConfigured: Reason = {
  sign: /could not load (?:backend )?configuration/,
  problem: 'the method is mounted there, but not configured',
  hint: 'Write the configuration of the method in Vault, or check `mountPath`.',
};

const early: Reason = {
  sign: /token not yet valid|token issued in the future/,
  problem: 'the token is not valid yet',
  hint: 'Check the clocks of Vault and of whoever signs the token.',
};

const expired = { sign: /\(exp\) claim/, problem: 'the token has expired' } as const;
const otherAudience = { sign: /\baud\b|\baudience/, problem: 'the token is for another audience' } as const;

const kubernetesReasons: readonly Reason[] = [
  notConfigured,
  {
    sign: /invalid role name/,
    problem: 'there is no such role',
    hint: 'Check `role` and `mountPath`, or make the role in Vault.',
  },
  {
    sign: /service account name not authorized/,
    problem: 'the role does not bind a service account of this name',
    hint: 'Add the service account to `bound_service_account_names` of the role, or let voxsync run as one that it names.',
  },
  {
    sign: /namespace not authorized/,
    problem: 'the role does not bind the namespace of the service account',
    hint: 'Add the namespace to `bound_service_account_namespaces` of the role, or let voxsync run in one that it names.',
  },
  {
    ...otherAudience,
    hint: 'Mount a projected token with the `audience` of the role and set `auth.token` to its file, or change the `audience` of the role.',
  },
  {
    ...expired,
    hint: 'Set `auth.token` to the file of a projected token, which Kubernetes renews there, and not to a copy.',
  },
  early,
  {
    sign: /permission denied/,
    problem: 'Kubernetes did not confirm the token, or Vault could not ask it',
    hint: 'The service account, or the pod that the token is bound to, may be gone: then start a new pod. Otherwise check `mountPath`, and in Vault `kubernetes_host`, `kubernetes_ca_cert`, and that its reviewer has the cluster role `system:auth-delegator`.',
  },
];

const jwtReasons: readonly Reason[] = [
  notConfigured,
  {
    sign: /^role .* could not be found/,
    problem: 'there is no such role',
    hint: 'Check `role` and `mountPath`, or make the role in Vault.',
  },
  {
    ...otherAudience,
    hint: 'Ask for a token with one of the `bound_audiences` of the role, or add its audience there.',
  },
  { ...expired, hint: 'Give a new token in `auth.token`; it is read anew at each login.' },
  early,
  {
    sign: /\(iss\) claim/,
    problem: 'the token has another issuer than the method expects',
    hint: 'Check `bound_issuer` of the method, and `mountPath`.',
  },
  {
    sign: /\bsub\)? claim|^error validating claims/,
    problem: 'the token lacks a claim that the role binds',
    hint: 'Check `role`, and its `bound_subject` and `bound_claims`.',
  },
  {
    sign: /signature/,
    problem: 'the token is signed with a key that the method does not know',
    hint: 'Check the keys that the method verifies with, and `mountPath`.',
  },
];

const reasons: Readonly<Partial<Record<LoginAuth['method'], readonly Reason[]>>> = {
  kubernetes: kubernetesReasons,
  jwt: jwtReasons,
};

const lockout = 'After a few wrong logins Vault refuses right ones too, for a quarter of an hour.';
const place = '`mountPath` and `namespace`';

/** For a refusal without a sign. */
const hints: Readonly<Record<LoginAuth['method'], string>> = {
  approle: `Check \`roleId\` and \`secretId\` (a SecretID expires and may be used up), and ${place}. ${lockout}`,
  userpass: `Check \`username\` and \`password\`, and ${place}. ${lockout}`,
  jwt: `Check \`role\`, whether the token has expired, the issuer, audience and claims that the role binds, and ${place}.`,
  kubernetes: `Check \`role\`, the service account, namespace and audience that it binds, whether Vault may review tokens, and ${place}.`,
  cert: `Check that a certificate role trusts the authority of \`certificate\`, its names and its end, and check \`role\` and ${place}.`,
};

/** The error of a login that was not answered with a 200; `path` is for people. */
export function loginRefusal(id: string, path: string, auth: LoginAuth, answer: Answer): VoxsyncError {
  const { status } = answer;
  const reason = reasonOf(auth, answer);
  const down = unavailability(id, `login at ${path} failed`, answer);
  if (reason === undefined && down !== undefined) return down;
  const role = 'role' in auth && auth.role !== undefined ? ` for the role ${JSON.stringify(auth.role)}` : '';
  const problem = reason === undefined ? '' : `: ${reason.problem}`;
  const message = `${id}: Vault refused the login at ${path}${role} (${status})${problem}`;
  // Without its status as a code: a 403 there would read as a path that is forbidden to this identity.
  return new VoxsyncError('source-refused', message, { hint: reason?.hint ?? hints[auth.method] });
}

function reasonOf({ method }: LoginAuth, { body }: Answer): Reason | undefined {
  const words = errorsOf(body) ?? [];
  return reasons[method]?.find(({ sign }) => words.some((text) => sign.test(text)));
}

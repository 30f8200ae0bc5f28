// Roles that are assumed on top of the SDK's own credentials, one after the other, and assumed anew before they expire.
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { VoxsyncError } from '../../errors.ts';
import type { Credentials, GiveCredentials } from './credentials.ts';
import { codeOf } from './credentials.ts';
import { symptomOf } from './failures.ts';
import { withFreshKeys } from './fresh-keys.ts';
import { whoIn } from './kinds.ts';
import { accountIn } from './naming.ts';

export interface AssumedRole {
  /** `arn:aws:iam::123456789012:role/NAME`. */
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  /** What CloudTrail calls us. `voxsync` when not given. */
  readonly sessionName?: string | undefined;
  /** How long the role is held before it is assumed anew. What STS takes for granted, an hour, when not given. */
  readonly durationMs?: number | undefined;
}

/** While they last this long, old credentials are good enough when new ones cannot be had. */
const usableMs = 30_000;

/**
 * The credentials of the last role, or `own` where there is none. STS is where AWS_ENDPOINT_URL_STS says, else in the
 * region of `shared`. Rejects with a `VoxsyncError` that names the role.
 */
export function assumeRoles(
  id: string,
  roles: readonly AssumedRole[],
  own: GiveCredentials,
  shared: STSClientConfig,
): GiveCredentials {
  return roles.reduce((credentials, role) => {
    const client = new STSClient({ ...shared, credentials });
    return keepUsable(() => assumeRole(id, role, client));
  }, own);
}

async function assumeRole(id: string, role: AssumedRole, client: STSClient): Promise<Credentials> {
  const subject = `${id}: AssumeRole ${role.roleArn}`;
  const ask = () => client.send(new AssumeRoleCommand(inputOf(role)));
  const given = await withFreshKeys(client, ask).catch((error: unknown) => {
    throw failureOf(subject, error);
  });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given.Credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
    throw new VoxsyncError('source-answer-invalid', `${subject} gave no credentials`);
  const expiration = Expiration === undefined ? {} : { expiration: Expiration };
  const accountId = accountIn(role.roleArn);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...expiration,
    ...(accountId === undefined ? {} : { accountId }),
  };
}

function inputOf({ roleArn, externalId, sessionName, durationMs }: AssumedRole) {
  return {
    RoleArn: roleArn,
    RoleSessionName: sessionName ?? 'voxsync',
    ExternalId: externalId,
    DurationSeconds: durationMs === undefined ? undefined : Math.floor(durationMs / 1000),
  };
}

function failureOf(subject: string, thrown: unknown): VoxsyncError {
  // Our own credentials were not to be had, or those of the role before.
  if (thrown instanceof VoxsyncError) return thrown;
  const symptom = symptomOf(thrown);
  const { code, name } = codeOf(symptom);
  const hint = symptom.name.startsWith('Validation')
    ? 'Check `roleArn`, and `duration` against the longest session of the role: one hour where roles are chained.'
    : `Allow ${whoIn(symptom) ?? 'the identity before it'} \`sts:AssumeRole\` on this role, and name that identity in the role's trust policy, with the same external id.`;
  return new VoxsyncError(code, `${subject} failed (${name})`, {
    hint: code === 'source-refused' ? hint : undefined,
    remoteCode: `sts:${name}`,
  });
}

/** Gives the credentials held before when new ones cannot be had and the old ones are still good. */
function keepUsable(fetch: GiveCredentials): GiveCredentials {
  let held: Credentials | undefined;
  return async () => {
    try {
      held = await fetch();
    } catch (error) {
      const isUsable = (held?.expiration?.getTime() ?? 0) - Date.now() > usableMs;
      if (held === undefined || !isUsable) throw error;
    }
    return held;
  };
}

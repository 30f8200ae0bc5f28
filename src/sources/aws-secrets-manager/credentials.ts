// The SDK's own chain of credentials, with failures that say what was tried and what to do.
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ErrorCode } from '../../errors.ts';
import { VoxsyncError } from '../../errors.ts';
import { shownName, symptomOf } from './failures.ts';
import type { Symptom } from './kinds.ts';
import { classify } from './kinds.ts';
import { refuseToBeHeard } from './node-debug.ts';

type FromChain = SecretsManagerClient['config']['credentials'];
export type Credentials = Awaited<ReturnType<FromChain>>;
/** Gives credentials, asking for new ones where those held are about to expire, or where it is told to. */
export type GiveCredentials = (options?: { readonly forceRefresh?: boolean }) => Promise<Credentials>;

/** The credentials of the chain. Rejects with a `VoxsyncError`; no text of the chain's own errors is shown. */
export function explained(id: string, profile: string | undefined, chain: FromChain): GiveCredentials {
  return async (options) => {
    refuseToBeHeard(id, profile);
    try {
      return await chain(options);
    } catch (error) {
      const { code, name } = codeOf(symptomOf(error));
      throw new VoxsyncError(code, `${id}: no AWS credentials (${name}); tried ${tried(profile)}`, {
        hint: code === 'source-refused' ? hintFor(profile) : undefined,
        remoteCode: `credentials:${name}`,
      });
    }
  };
}

/** The account of a client's credentials, where they tell it. */
export async function accountOf(client: SecretsManagerClient): Promise<string | undefined> {
  const credentials = await client.config.credentials().catch(() => undefined);
  return credentials?.accountId;
}

/** How a failure to get credentials is to be told. A missing file is no missing network. */
export function codeOf(symptom: Symptom): { readonly code: ErrorCode; readonly name: string } {
  const name = shownName(symptom.name);
  if (/^(ENOENT|EACCES|EISDIR|EPERM)$/.test(name)) return { code: 'source-refused', name };
  const kind = classify(symptom);
  if (kind === 'throttled') return { code: 'source-throttled', name };
  if (kind === 'unreachable') return { code: 'source-unreachable', name };
  return { code: kind === 'region' ? 'config-invalid' : 'source-refused', name };
}

/** The places that the SDK looks in after profile and environment, by the variable that leads there. */
const places = [
  ['AWS_WEB_IDENTITY_TOKEN_FILE', 'web identity'],
  ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'container credentials'],
  ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'container credentials'],
] as const;

function tried(profile: string | undefined): string {
  const named = profileOf(profile);
  if (named !== undefined) return `the profile ${JSON.stringify(named)}`;
  const set = places.filter(([variable]) => process.env[variable] !== undefined);
  const others = set.map(([variable, place]) => `${place} (${variable}${forRole(variable)})`);
  const metadata = process.env['AWS_EC2_METADATA_DISABLED'] === 'true' ? 'switched off' : 'not answering';
  const last = others.length > 0 ? [] : ['web identity and container credentials (not set)'];
  return [
    'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    'the profile "default"',
    ...others,
    ...last,
    ...(others.length > 0 ? [] : [`instance metadata (${metadata})`]),
  ].join(', ');
}

function forRole(variable: string): string {
  const role = process.env['AWS_ROLE_ARN'];
  return variable === 'AWS_WEB_IDENTITY_TOKEN_FILE' && role !== undefined ? `, for ${role}` : '';
}

function hintFor(profile: string | undefined): string {
  const named = profileOf(profile);
  if (named !== undefined)
    return `Check that \`aws sts get-caller-identity --profile ${named}\` works for this user; after \`aws sso login --profile ${named}\`, where it is a profile of SSO.`;
  if (process.env['AWS_WEB_IDENTITY_TOKEN_FILE'] !== undefined)
    return "Check AWS_ROLE_ARN, that the token file can be read, and that the role's trust policy names the issuer and the service account.";
  return 'Set AWS_PROFILE or `profile`, the two variables, or run voxsync with a role: web identity, Pod Identity, task or instance role.';
}

function profileOf(profile: string | undefined): string | undefined {
  return profile ?? process.env['AWS_PROFILE'];
}

// The schemas of the sources: one member of the union for each kind that the config can name.
import * as z from 'zod';
import type { Flaw } from './flaw.ts';
import { flawMessage, refuse } from './flaw.ts';
import { address, document, duration, text } from './schema-values.ts';
import { at } from './tree.ts';

const minute = 60_000;
const hour = 60 * minute;

const awsRoleSchema = z
  .strictObject({
    roleArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, {
        error: flawMessage({
          reason: 'is no ARN of a role',
          hint: 'write one such as arn:aws:iam::123456789012:role/voxsync',
        }),
      })
      .describe('ARN of the role.'),
    externalId: text()
      .optional()
      .describe("External id that the role's trust policy asks for; it is no secret."),
    sessionName: z
      .string()
      .regex(/^[\w+=,.@-]{2,64}$/, {
        error: flawMessage({
          reason: 'is no session name',
          hint: 'use 2 to 64 letters, digits and _+=,.@-',
        }),
      })
      .optional()
      .describe('Name of the session, as CloudTrail shows it; `voxsync` when not given.'),
    duration: duration(15 * minute, 12 * hour)
      .optional()
      .describe('How long the role is held before it is assumed anew; an hour when not given.'),
  })
  .transform(({ duration, ...rest }) => ({ ...rest, durationMs: duration }));

const awsRolesSchema = z
  .union([awsRoleSchema, z.array(awsRoleSchema).min(1)], {
    error: flawMessage({
      reason: 'is no role',
      hint: 'write { roleArn: ARN }, or a list of these to assume one after the other',
    }),
  })
  .superRefine(refuse(chainFlaw))
  .transform((roles) => (Array.isArray(roles) ? roles : [roles]));

function chainFlaw(roles: unknown): Flaw | undefined {
  const chained: unknown[] = Array.isArray(roles) ? roles.slice(1) : [];
  if (!chained.some((role) => Number(at(role, 'durationMs') ?? 0) > hour)) return undefined;
  return {
    reason: 'holds a chained role for more than an hour',
    hint: 'AWS grants an hour at most from the second role on: shorten its duration',
  };
}

const awsSchema = z
  .strictObject({
    kind: z.literal('aws-secrets-manager').describe('AWS Secrets Manager.'),
    region: text()
      .optional()
      .describe(
        'AWS region; without it AWS_REGION, then the profile, decide. A reference by ARN goes to its own region.',
      ),
    endpoint: address().optional().describe('Another address than that of AWS.'),
    profile: text().optional().describe('A profile of the shared AWS configuration files.'),
    useFipsEndpoint: z
      .boolean()
      .optional()
      .describe('Uses addresses with FIPS 140 validated cryptography; not with `endpoint`.'),
    useDualstackEndpoint: z
      .boolean()
      .optional()
      .describe('Uses addresses that answer over IPv6 as well; not with `endpoint`.'),
    assumeRole: awsRolesSchema
      .optional()
      .describe('A role to assume, or a list of them to assume one after the other.'),
    timeout: duration().optional().describe('How long one call may take, its repetitions included.'),
  })
  .superRefine(refuse(endpointFlaw))
  .transform(({ timeout, ...rest }) => ({ ...rest, timeoutMs: timeout }));

function endpointFlaw(aws: {
  endpoint?: string | undefined;
  useFipsEndpoint?: boolean | undefined;
  useDualstackEndpoint?: boolean | undefined;
}): Flaw | undefined {
  if (aws.endpoint === undefined || (aws.useFipsEndpoint ?? aws.useDualstackEndpoint) === undefined)
    return undefined;
  return {
    reason: 'gives an endpoint of its own, and which of those of AWS to use',
    hint: 'remove endpoint, or useFipsEndpoint and useDualstackEndpoint',
  };
}

const mountPath = () =>
  text().default('approle').describe('Where the auth method is mounted, without `auth/`.');

const vaultAuthSchema = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('token').describe('A token that somebody else issues and renews.'),
    token: document().describe('The token.'),
  }),
  z.strictObject({
    method: z.literal('approle').describe('An AppRole.'),
    roleId: text().describe('The role id; it is no secret.'),
    secretId: document().describe('The secret id.'),
    mountPath: mountPath(),
  }),
]);
/** How voxsync logs in to Vault. */
export type VaultAuth = z.output<typeof vaultAuthSchema>;

const vaultSchema = z
  .strictObject({
    kind: z.literal('vault').describe('HashiCorp Vault or OpenBao, key-value engine.'),
    address: address().describe('Address of the server; plain http only to a loopback address.'),
    mount: text().default('secret').describe('Mount of the key-value engine.'),
    kvVersion: z.literal([1, 2]).optional().describe('Version of the engine; detected when not given.'),
    namespace: text().optional().describe('Namespace (Vault Enterprise, OpenBao).'),
    ca: document()
      .optional()
      .describe("The certificate authorities to trust (PEM), in place of the system's."),
    serverName: text()
      .optional()
      .describe('Name that the certificate must carry, where it is not that of `address`.'),
    timeout: duration().optional().describe('How long one call may take.'),
    auth: vaultAuthSchema.describe('How to log in.'),
  })
  .transform(({ timeout, ...rest }) => ({ ...rest, timeoutMs: timeout }));

const fileSchema = z.strictObject({
  kind: z.literal('file').describe('One local file; its top-level keys are the secrets.'),
  path: text().describe('Path of the file.'),
  format: z
    .enum(['yaml', 'json', 'dotenv'])
    .optional()
    .describe('Format of the file; by its name when not given (`.json`, `.env`, else YAML).'),
});

const directorySchema = z.strictObject({
  kind: z
    .literal('directory')
    .describe('A directory, such as a mounted Kubernetes Secret; each file is a secret.'),
  path: text().describe('Path of the directory.'),
});

export const sourceSettingsSchema = z.discriminatedUnion('kind', [
  awsSchema,
  vaultSchema,
  fileSchema,
  directorySchema,
]);
/** A source, by its `kind`. Paths are absolute once loaded. */
export type SourceSettings = z.output<typeof sourceSettingsSchema>;

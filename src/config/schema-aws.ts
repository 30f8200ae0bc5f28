// The schema of AWS Secrets Manager as a source: where it is, and as whom we come.
import * as z from 'zod';
import type { Flaw } from './flaw.ts';
import { flawMessage, refuse } from './flaw.ts';
import { address, duration, text } from './schema-values.ts';
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

/** A source of kind `aws-secrets-manager`. */
export const awsSchema = z
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

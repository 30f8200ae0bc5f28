// The schema of AWS Secrets Manager as a source: where it is, and as whom we come.
import * as z from 'zod/mini';
import type { Flaw } from './flaw.ts';
import { flawMessage, refuse } from './flaw.ts';
import { address, duration, form, text } from './schema-values.ts';
import { described, optional, transformed } from './schema-words.ts';
import { at } from './tree.ts';

const minute = 60_000;
const hour = 60 * minute;

const awsRoleSchema = transformed(
  z.strictObject({
    roleArn: described(
      form(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, {
        reason: 'is no ARN of a role',
        hint: 'write one such as arn:aws:iam::123456789012:role/voxsync',
      }),
      'ARN of the role.',
    ),
    externalId: optional(text(), "External id that the role's trust policy asks for; it is no secret."),
    sessionName: optional(
      form(/^[\w+=,.@-]{2,64}$/, {
        reason: 'is no session name',
        hint: 'use 2 to 64 letters, digits and _+=,.@-',
      }),
      'Name of the session, as CloudTrail shows it; `voxsync` when not given.',
    ),
    duration: optional(
      duration(15 * minute, 12 * hour),
      'How long the role is held before it is assumed anew; an hour when not given.',
    ),
  }),
  ({ duration, ...rest }) => ({ ...rest, durationMs: duration }),
);

const awsRolesSchema = transformed(
  z
    .union([awsRoleSchema, z.array(awsRoleSchema).check(z.minLength(1))], {
      error: flawMessage({
        reason: 'is no role',
        hint: 'write { roleArn: ARN }, or a list of these to assume one after the other',
      }),
    })
    .check(refuse(chainFlaw)),
  (roles) => (Array.isArray(roles) ? roles : [roles]),
);

function chainFlaw(roles: unknown): Flaw | undefined {
  const chained: unknown[] = Array.isArray(roles) ? roles.slice(1) : [];
  if (!chained.some((role) => Number(at(role, 'durationMs') ?? 0) > hour)) return undefined;
  return {
    reason: 'holds a chained role for more than an hour',
    hint: 'AWS grants an hour at most from the second role on: shorten its duration',
  };
}

/** A source of kind `aws-secrets-manager`. */
export const awsSchema = transformed(
  z
    .strictObject({
      kind: described(z.literal('aws-secrets-manager'), 'AWS Secrets Manager.'),
      region: optional(
        text(),
        'AWS region; without it AWS_REGION, then the profile, decide. A reference by ARN goes to its own region.',
      ),
      endpoint: optional(address(), 'Another address than that of AWS.'),
      profile: optional(text(), 'A profile of the shared AWS configuration files.'),
      useFipsEndpoint: optional(
        z.boolean(),
        'Uses addresses with FIPS 140 validated cryptography; not with `endpoint`.',
      ),
      useDualstackEndpoint: optional(
        z.boolean(),
        'Uses addresses that answer over IPv6 as well; not with `endpoint`.',
      ),
      assumeRole: optional(
        awsRolesSchema,
        'A role to assume, or a list of them to assume one after the other.',
      ),
      timeout: optional(
        duration(),
        'How long one call may take, its repetitions included; 30s when not given.',
      ),
    })
    .check(refuse(endpointFlaw)),
  ({ timeout, ...rest }) => ({ ...rest, timeoutMs: timeout }),
);

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
